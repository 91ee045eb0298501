"""A simulated counter that cannot be set up leaves nothing running."""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from teller_assist.demonstration.customers import read_customers
from teller_assist.demonstration.simulated_counter import SimulatedCounter
from teller_assist.errors import PictureError
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.home import installation_root
from teller_assist.settings.schema import DevicesSettings
from tests.stand_ins.equipment import NAME, NUMBER

LIMITS = PictureLimits(2_000_000, 4_000_000)


def test_a_photograph_that_is_none_opens_no_device(tmp_path: Path) -> None:
    folder = tmp_path / "01"
    folder.mkdir()
    for picture in ("live_1.jpg", "chip.jpg"):
        cv2.imwrite(str(folder / picture), np.full((126, 102, 3), 128, np.uint8))
    (folder / "netcheck.jpg").write_bytes(b"no picture")
    (folder / "customer.toml").write_text(
        f'name = "{NAME}"\nnumber = "{NUMBER}"\nbusiness_kind = "activation"\n', encoding="utf-8"
    )
    counter = SimulatedCounter(
        installation_root(), lambda: read_customers(tmp_path), devices_settings=DevicesSettings(), limits=LIMITS
    )
    with pytest.raises(PictureError):
        counter.open(lambda kind, state: None)
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("device-")] == []
