"""Scanner services that are programs, and the plugin in its own process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.demonstration.stand_ins.scanner_card import drawn_card_fields
from teller_assist.demonstration.stand_ins.scanner_faults import ScannerFault
from teller_assist.demonstration.stand_ins.scanner_http import ScannerHttp
from teller_assist.demonstration.stand_ins.scanner_pages import ScannerPages, drawn_pages
from teller_assist.demonstration.stand_ins.scanner_websocket import ScannerWebSocket
from teller_assist.devices.document_scanner import DocumentScannerDevice
from teller_assist.devices.id_card_reader import IdCardReaderDevice
from tests.stand_ins.plugin_devices import devices_of

ROOT = Path(__file__).resolve().parents[3]
PROTOCOLS = {"http_38088": ScannerHttp, "websocket_1818": ScannerWebSocket}

Scanner = ScannerHttp | ScannerWebSocket
MakeScanner = Callable[..., Scanner]


@pytest.fixture(scope="session")
def pages() -> ScannerPages:
    """Small test pages."""
    return drawn_pages((640, 480), (320, 240))


@pytest.fixture(scope="session")
def card() -> dict[str, str]:
    """A drawn person's card."""
    return drawn_card_fields(ROOT)


@pytest.fixture
def make_scanner(pages: ScannerPages, card: dict[str, str]) -> Iterator[MakeScanner]:
    """Start a service; all are ended afterwards."""
    running: list[Scanner] = []

    def make(protocol: str, fault: ScannerFault = ScannerFault.NONE, port: int = 0, fault_after_s: float = 0.0) -> Scanner:
        others: dict[str, Any] = {"fault": fault, "fault_after_s": fault_after_s}
        if protocol == "http_38088":
            scanner: Scanner = ScannerHttp(port, pages, card, **others)
        else:
            scanner = ScannerWebSocket(port, pages, **others)
        threading.Thread(target=scanner.serve).start()
        running.append(scanner)
        return scanner

    yield make
    for scanner in running:
        scanner.close()


@pytest.fixture
def settings() -> dict[str, Any]:
    """The plugin's settings, complete; a test adds the port."""
    return {
        "protocol": "http_38088", "address": "127.0.0.1", "port": 0, "lens": "main", "rotation_deg": "0", "cut": False,
        "deskew": False, "resolution_index": -1, "dpi": 200, "previews": True, "open_timeout_s": 3.0, "command_timeout_s": 2.0,
        "silence_s": 0.5,
    }  # fmt: skip


@pytest.fixture
def opened(settings: dict[str, Any]) -> Iterator[Callable[..., DocumentScannerDevice]]:
    """Open the scanner in its own process; every one is closed at the end."""
    with devices_of(ROOT, "scanner_service") as open_one:
        yield lambda **changed: open_one(DocumentScannerDevice, settings | changed)


@pytest.fixture
def opened_reader(settings: dict[str, Any]) -> Iterator[Callable[..., IdCardReaderDevice]]:
    """Open the scanner's card reader in its own process; every one is closed at the end."""
    with devices_of(ROOT, "scanner_service") as open_one:
        yield lambda **changed: open_one(IdCardReaderDevice, settings | changed)
