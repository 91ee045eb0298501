"""SANE's own test backend; the plugin in its own process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from teller_assist.devices.document_scanner import DocumentScannerDevice
from tests.stand_ins.plugin_devices import devices_of
from tests.stand_ins.sane_backend import SaneTestBackend

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def backend(tmp_path: Path) -> SaneTestBackend:
    """One scanner of SANE's test backend, plugged in."""
    return SaneTestBackend(tmp_path / "sane")


@pytest.fixture
def opened(backend: SaneTestBackend) -> Iterator[Callable[..., DocumentScannerDevice]]:
    """Open the scanner in its own process, ready or not; every one is closed at the end."""
    with devices_of(ROOT, "sane_scanner") as open_one:
        yield lambda given=None, **settings: open_one(DocumentScannerDevice, given or backend.settings(**settings))
