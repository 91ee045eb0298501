"""The plugin in its own process, over a real PC/SC service with imitated readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.travel_document_reader import TravelDocumentReaderDevice
from tests.stand_ins.pcsc_daemon import PcscDaemon, running_daemon
from tests.stand_ins.plugin_devices import devices_of

ROOT = Path(__file__).resolve().parents[3]
READY_WITHIN_S = 20.0


@pytest.fixture
def daemon() -> Iterator[PcscDaemon]:
    """A PC/SC service with an empty reader."""
    with running_daemon() as one:
        yield one


@pytest.fixture
def open_plugin(daemon: PcscDaemon) -> Iterator[Callable[..., TravelDocumentReaderDevice]]:
    """Open the plugin through the product's host and wait until it is ready; all are closed at the end."""
    settings = {"reader": "00 00", "device": "", "csca_folder": "", "piece_bytes": 223}
    with devices_of(ROOT, "pcsc_travel_document") as open_one:

        def ready(**changed: Any) -> TravelDocumentReaderDevice:
            device: TravelDocumentReaderDevice = open_one(TravelDocumentReaderDevice, settings | changed)
            device.wait_until_ready(READY_WITHIN_S)
            return device

        yield ready
