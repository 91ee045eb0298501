"""Scanner services that are programs, and the plugin in its own process."""

from __future__ import annotations

import contextlib
import socket
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
from tests.stand_ins.ports import port_to_come_back_to

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
        port = port or port_to_come_back_to()
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


@pytest.fixture
def scripted() -> Iterator[Callable[..., int]]:
    """A server that answers its every visitor with given bytes, piece by piece; return its port."""
    servers: list[ScriptedServer] = []

    def make(*pieces: bytes, pause_s: float = 0.0, stays: bool = False) -> int:
        servers.append(ScriptedServer(pieces, pause_s, stays))
        return servers[-1].port

    yield make
    for server in servers:
        server.close()


class ScriptedServer:
    """Says the same to everybody, whatever was asked."""

    def __init__(self, pieces: tuple[bytes, ...], pause_s: float, stays: bool) -> None:
        self._pieces, self._pause_s, self._stays = pieces, pause_s, stays
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(OSError):
                visitor, _ = self._listener.accept()
                with visitor:
                    visitor.recv(65_536)
                    for piece in self._pieces:
                        visitor.sendall(piece)
                        self._closing.wait(self._pause_s)
                    if self._stays:
                        self._closing.wait()
                    visitor.shutdown(socket.SHUT_WR)
                    visitor.settimeout(1.0)
                    while visitor.recv(65_536):  # closed with something unread, what was sent would be lost
                        pass
