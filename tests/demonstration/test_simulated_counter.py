"""A simulated counter leaves nothing running where it cannot be set up; its devices can be tested while it plays."""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from teller_assist.demonstration.customers import read_customers
from teller_assist.demonstration.simulated_counter import SimulatedCounter
from teller_assist.devices.authority import PLUGINS_FOLDER, ShippedAuthority
from teller_assist.devices.plugins import PlacedPlugin
from teller_assist.devices.selftest import run_selftest
from teller_assist.errors import PictureError
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.home import installation_root
from teller_assist.settings.schema import DevicesSettings
from teller_assist.workflow.equipment import FURTHER_DEVICES, SESSION_DEVICES
from tests.stand_ins.equipment import NAME, NUMBER

LIMITS = PictureLimits(2_000_000, 4_000_000)


def counter_of(folder: Path, netcheck: bytes) -> SimulatedCounter:
    """A counter with one customer, whose photograph at the authority is what is given."""
    own = folder / "01"
    own.mkdir()
    for picture in ("live_1.jpg", "chip.jpg", "card_front.jpg"):
        cv2.imwrite(str(own / picture), np.full((126, 102, 3), 128, np.uint8))
    (own / "netcheck.jpg").write_bytes(netcheck)
    (own / "customer.toml").write_text(f'name = "{NAME}"\nnumber = "{NUMBER}"\nbusiness_kind = "activation"\n', encoding="utf-8")
    return SimulatedCounter(
        installation_root(), lambda: read_customers(folder), devices_settings=DevicesSettings(), limits=LIMITS
    )


def test_a_photograph_that_is_none_opens_no_device(tmp_path: Path) -> None:
    counter = counter_of(tmp_path, b"no picture")
    with pytest.raises(PictureError):
        counter.open(lambda kind, state: None)
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("device-")] == []


@pytest.mark.full
def test_each_device_can_be_tested_as_it_is_set_up_beside_the_one_that_plays(tmp_path: Path) -> None:
    picture = cv2.imencode(".jpg", np.full((126, 102, 3), 128, np.uint8))[1].tobytes()
    equipment = counter_of(tmp_path, picture).open(lambda kind, state: None)
    try:
        for kind, chosen in equipment.chosen.items():
            folder = installation_root() / PLUGINS_FOLDER / chosen.plugin
            placed = PlacedPlugin(chosen.plugin, folder, ShippedAuthority())
            told = run_selftest(placed, (kind,), {kind: chosen.settings}, DevicesSettings())
            assert [line.check for lines in told.values() for line in lines if not line.passed] == [], kind
        assert set(equipment.chosen) == {*SESSION_DEVICES, *FURTHER_DEVICES}
    finally:
        equipment.close()
