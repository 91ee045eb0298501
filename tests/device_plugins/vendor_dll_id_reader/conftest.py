"""A vendor's library built with gcc; the plugin in its own process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from teller_assist.devices.id_card_reader import IdCardReaderDevice
from tests.stand_ins.plugin_devices import devices_of
from tests.stand_ins.vendor_reader import VendorStandIn, build_library

PLUGIN = Path(__file__).resolve().parents[3] / "device_plugins" / "vendor_dll_id_reader"


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
    with devices_of(plugin_copy.parents[1], plugin_copy.name) as open_one:
        yield lambda settings: open_one(IdCardReaderDevice, settings)
