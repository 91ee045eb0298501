"""The scanner's WebSocket service that is a program: what it says, and how it ends."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from teller_assist.demonstration.stand_ins.scanner_faults import ScannerFault
from teller_assist.demonstration.stand_ins.scanner_pages import ScannerPages, drawn_pages
from teller_assist.demonstration.stand_ins.scanner_websocket import ScannerWebSocket
from teller_assist.errors import ResourceError

Serve = Callable[..., ScannerWebSocket]


@pytest.fixture(scope="module")
def pages() -> ScannerPages:
    return drawn_pages((160, 120), (80, 60))


@pytest.fixture
def serve(pages: ScannerPages) -> Iterator[Serve]:
    running: list[tuple[ScannerWebSocket, threading.Thread]] = []

    def start(**options: Any) -> ScannerWebSocket:
        scanner = ScannerWebSocket(options.pop("port", 0), pages, **options)
        thread = threading.Thread(target=scanner.serve)
        thread.start()
        running.append((scanner, thread))
        return scanner

    yield start
    for scanner, thread in running:
        scanner.close()
        thread.join(5.0)
        assert not thread.is_alive()


def client_of(scanner: ScannerWebSocket) -> ClientConnection:
    return connect(f"ws://127.0.0.1:{scanner.port}/", proxy=None, legacy=True)


def answer_to(client: ClientConnection, command: str) -> str:
    """Return the answer, with the pictures between left out."""
    client.send(command)
    while True:
        message = str(client.recv(timeout=5.0))
        if message.startswith("Begin"):
            return message


def test_pictures_come_once_a_lens_was_opened_and_stop_when_it_is_closed(serve: Serve, pages: ScannerPages) -> None:
    with client_of(serve()) as client:
        with pytest.raises(TimeoutError):
            client.recv(timeout=0.1)
        assert answer_to(client, "bStartPlay2()") == "BeginbStartPlay2trueEndbStartPlay2"
        assert base64.b64decode(client.recv(timeout=5.0)) == pages.moving(1, 0)
        assert answer_to(client, "bStopPlay()") == "BeginbStopPlaytrueEndbStopPlay"
        with pytest.raises(TimeoutError):
            client.recv(timeout=0.1)


@pytest.mark.parametrize("command", ["bSaveJPGEx", "bSaveJPGEx()", "sGetBase64"])
def test_a_still_stands_between_its_commands_name(serve: Serve, pages: ScannerPages, command: str) -> None:
    name = command.strip("()")
    with client_of(serve()) as client:
        assert answer_to(client, command) == f"Begin{name}falseEnd{name}", "no lens is open"
        answer_to(client, "bStartPlay")
        still = answer_to(client, command).removeprefix(f"Begin{name}").removesuffix(f"End{name}")
        assert base64.b64decode(still) == pages.still(0)


def test_a_lens_that_does_not_open_says_false(serve: Serve) -> None:
    with client_of(serve(fault=ScannerFault.BUSY)) as client:
        assert answer_to(client, "bStartPlay()") == "BeginbStartPlayfalseEndbStartPlay"


def test_a_service_that_goes_ends_by_itself(serve: Serve) -> None:
    with client_of(serve(fault=ScannerFault.SERVICE_GONE, fault_after_s=0.3)) as client, pytest.raises(ConnectionClosed):
        client.recv(timeout=5.0)


def test_closing_cuts_every_connection_and_leaves_no_thread(serve: Serve) -> None:
    scanner = serve()
    before = threading.active_count()
    with socket.create_connection(("127.0.0.1", scanner.port), timeout=5.0), client_of(scanner) as client:
        client.send("bStartPlay()")
        began_s = time.monotonic()
        scanner.close()
        assert time.monotonic() - began_s < 1.5, "also where a client never asked for anything"
        with contextlib.suppress(ConnectionClosed):
            while client.recv(timeout=5.0):
                pass
    assert threading.active_count() < before + 1


def test_a_service_that_hangs_ends_when_it_is_told_to(serve: Serve) -> None:
    scanner = serve(fault=ScannerFault.SILENT)
    with socket.create_connection(("127.0.0.1", scanner.port), timeout=5.0) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")  # fmt: skip
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_a_port_that_is_taken_is_said(serve: Serve, pages: ScannerPages) -> None:
    with pytest.raises(ResourceError) as caught:
        ScannerWebSocket(serve().port, pages)
    assert caught.value.reason == "address_in_use"
