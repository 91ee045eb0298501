"""The plugin's own modules join the search path; a vendor's library built with gcc; the plugin in its own process."""

from __future__ import annotations

import shutil
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
from tests.stand_ins.vendor_reader import VendorStandIn, build_library

ROOT = Path(__file__).resolve().parents[3]
PLUGIN = ROOT / "device_plugins" / "vendor_dll_id_reader"
for folder in (ROOT, ROOT / "teller_assist" / "devices" / "sdk"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


@pytest.fixture(scope="session")
def built_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in library, built once."""
    return build_library(tmp_path_factory.mktemp("library"))


@pytest.fixture
def vendor(tmp_path: Path, built_library: Path) -> VendorStandIn:
    """The stand-in library and the card on its reader."""
    return VendorStandIn(tmp_path / "vendor", built_library)


@pytest.fixture
def plugin_copy(tmp_path: Path) -> Path:
    """A copy of the plugin's folder, to which a vendor adds what is its own."""
    copy = tmp_path / "device_plugins" / PLUGIN.name
    shutil.copytree(PLUGIN, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture
def opened(plugin_copy: Path) -> Iterator[Callable[..., IdCardReaderDevice]]:
    """Open the reader in its own process; every one is closed at the end."""
    devices: list[IdCardReaderDevice] = []

    def make(settings: dict[str, Any]) -> IdCardReaderDevice:
        device = open_device(
            plugin_copy.parents[1],
            plugin_copy.name,
            IdCardReaderDevice,
            settings,
            devices_settings=DevicesSettings(restart_after_s=0.1),
            authority=AnyFiles(),
            limits=PictureLimits(2_000_000, 4_000_000),
            on_state=lambda kind, state: None,
        )
        devices.append(device)
        return device

    yield make
    for device in devices:
        device.close()
