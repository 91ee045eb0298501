"""A made-up customer whose footage is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from teller_assist.devices.opening import DEVICES
from teller_assist.devices.supervision import OpenedDevice
from teller_assist.evidence.id_number import check_character
from teller_assist.evidence.pictures import Pixels
from tests.stand_ins.plugin_devices import devices_of

ROOT = Path(__file__).resolve().parents[3]

FIRST_17 = "19000119900315017"
NUMBER = FIRST_17 + check_character(FIRST_17)
PASSPORT = """
document_type = "P"
issuing_state = "UTO"
nationality = "UTO"
number = "XA0000012"
primary_identifier = "SAMPLE"
secondary_identifier = "MARTA"
sex = "female"
birth_date = 1988-03-14
valid_until = 2033-05-01
"""
BANK_CARD = 'number = "9900000000000010"\nvalid_until = "2030-11"\nholder_name = "SAMPLE/MARTA"\n'
FOOTAGE_FRAMES_PER_S = 10.0
Opened = OpenedDevice


def drawn_frame(number: int, width: int = 160, height: int = 120) -> Pixels:
    """A frame whose brightness tells its number: 40 for the first, 6 more for each one after it."""
    frame = np.full((height, width, 3), 40 + 6 * number, np.uint8)
    cv2.circle(frame, (width // 2, height // 2), height // 4, (90, 140, 200), -1)
    return frame


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Three seconds of drawn frames at 10 frames a second, 160x120."""
    path = tmp_path_factory.mktemp("recording") / "live.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FOOTAGE_FRAMES_PER_S, (160, 120))
    if not writer.isOpened():
        pytest.skip("this OpenCV cannot write a recording")
    for number in range(30):
        writer.write(drawn_frame(number))
    writer.release()
    return path.read_bytes()


@pytest.fixture
def customer(tmp_path: Path, recording: bytes) -> Path:
    """The folder of one customer, drawn."""
    folder = tmp_path / "customer"
    folder.mkdir()
    (folder / "live.mp4").write_bytes(recording)
    cv2.imwrite(str(folder / "chip.jpg"), np.full((126, 102, 3), 128, np.uint8))
    cv2.imwrite(str(folder / "card_front.jpg"), np.full((638, 1011, 3), 230, np.uint8))
    told = f'name = "林晓样"\nnumber = "{NUMBER}"\nbusiness_kind = "activation"\nnetcheck = "MATCH_NO_PHOTO"\n'
    (folder / "customer.toml").write_text(told, encoding="utf-8")
    return folder


@pytest.fixture
def foreigner(customer: Path) -> Path:
    """The customer's folder, a foreigner's now: a passport in place of the ID card, and a bank card."""
    (customer / "chip.jpg").rename(customer / "passport.jpg")
    (customer / "passport.toml").write_text(PASSPORT, encoding="utf-8")
    (customer / "bank_card.toml").write_text(BANK_CARD, encoding="utf-8")
    return customer


@pytest.fixture
def opened(customer: Path) -> Iterator[Callable[..., Any]]:
    """Open one device of the plugin in its own process; every one is closed at the end."""
    usual = {"folder": str(customer), "width_px": 320, "height_px": 240}
    with devices_of(ROOT, "simulated_counter") as open_one:
        yield lambda kind, **settings: open_one(DEVICES[kind], usual | settings)
