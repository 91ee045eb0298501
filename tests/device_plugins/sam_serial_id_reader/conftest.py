"""The plugin's own modules join the search path; a stand-in reader on a pseudo terminal, and the plugin in its own process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.opening import open_device
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.schema import DevicesSettings
from tests.stand_ins.authorities import AnyFiles

ROOT = Path(__file__).resolve().parents[3]
for folder in (ROOT, ROOT / "teller_assist" / "devices" / "sdk"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)


@pytest.fixture
def sam(tmp_path: Path) -> Iterator[Any]:
    """A reader that is plugged in, without a card."""
    pytest.importorskip("pty", reason="pseudo terminals are there on Linux only")
    from teller_assist.demonstration.stand_ins.sam_reader import SamReader

    with SamReader(tmp_path / "reader") as reader:
        yield reader


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    """The plugin's settings, complete, for the stand-in."""
    return {
        "port": str(tmp_path / "reader"),
        "baud_rate": 115_200,
        "newest_address": False,
        "photo_decoder": "test-webp",
        "photo_library": "",
        "photo_library_sha256": "",
        "photo_function": "_Z6unpackPcS_i",
        "photo_key": 608,
        "photo_colour_order": "bgr",
    }


@pytest.fixture
def open_plugin(settings: dict[str, Any]) -> Iterator[Callable[..., IdCardReaderDevice]]:
    """Open the plugin through the product's host; all are closed at the end."""
    opened: list[IdCardReaderDevice] = []

    def open_one(**changed: Any) -> IdCardReaderDevice:
        device = open_device(
            ROOT,
            "sam_serial_id_reader",
            IdCardReaderDevice,
            settings | changed,
            devices_settings=DevicesSettings(restart_after_s=0.1),
            authority=AnyFiles(),
            limits=LIMITS,
            on_state=lambda kind, state: None,
        )
        opened.append(device)
        return device

    yield open_one
    for device in opened:
        device.close()
