"""The scanner's HTTP service that is a program: what it says, how it ends. The plugin's tests look through it, fault by fault."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.client import IncompleteRead
from typing import Any

import pytest

from teller_assist.demonstration.stand_ins.scanner_card import drawn_card_fields
from teller_assist.demonstration.stand_ins.scanner_faults import HTTP_FAULTS, WEBSOCKET_FAULTS, ScannerFault
from teller_assist.demonstration.stand_ins.scanner_http import ScannerHttp
from teller_assist.demonstration.stand_ins.scanner_pages import ScannerPages, drawn_pages
from teller_assist.errors import ResourceError
from teller_assist.settings.home import installation_root
from tests.stand_ins.ports import port_to_come_back_to

Serve = Callable[..., ScannerHttp]


@pytest.fixture(scope="module")
def pages() -> ScannerPages:
    return drawn_pages((160, 120), (80, 60))


@pytest.fixture
def serve(pages: ScannerPages) -> Iterator[Serve]:
    running: list[tuple[ScannerHttp, threading.Thread]] = []

    def start(**options: Any) -> ScannerHttp:
        scanner = ScannerHttp(options.pop("port", 0), pages, drawn_card_fields(installation_root()), **options)
        thread = threading.Thread(target=scanner.serve)
        thread.start()
        running.append((scanner, thread))
        return scanner

    yield start
    for scanner, thread in running:
        scanner.close()
        thread.join(5.0)
        assert not thread.is_alive()


def asked(scanner: ScannerHttp, command: str, body: bytes = b"{}") -> dict[str, Any]:
    request = urllib.request.Request(f"http://127.0.0.1:{scanner.port}/{command}", body)
    with urllib.request.urlopen(request, timeout=5.0) as answer:  # noqa: S310
        return dict(json.loads(answer.read()))


def stream_of(scanner: ScannerHttp, path: str = "video=stream&camidx=0") -> Any:
    return urllib.request.urlopen(f"http://127.0.0.1:{scanner.port}/{path}", timeout=5.0)


def test_every_value_is_text_and_code_0_means_done(serve: Serve) -> None:
    scanner = serve()
    assert asked(scanner, "video=status") == {"code": "0", "video0": "ok", "video1": "ok"}
    assert asked(scanner, "device=getequipmenttype") == {"code": "0", "data": "STAND-IN"}
    assert asked(scanner, "video=nothing")["code"] == "2"
    card = asked(scanner, "card=idcard")["IDCardInfo"]
    assert all(isinstance(value, str) for value in card.values())


def test_a_still_is_taken_only_while_somebody_looks(serve: Serve, pages: ScannerPages) -> None:
    scanner = serve()
    assert asked(scanner, "video=grabimage", b'{"camidx":"0"}')["code"] == "1"
    with stream_of(scanner) as stream:
        assert stream.read1(20).startswith(b"--frame")
        assert asked(scanner, "video=status")["video0"] == "run"
        told = asked(scanner, "video=grabimage", b'{"camidx":"0"}')
        assert base64.b64decode(told["photoBase64"]) == pages.still(0)
        assert asked(scanner, "video=grabimage", b'{"camidx":"1"}')["code"] == "1", "the other lens is closed"


@pytest.mark.parametrize("path", ["video=stream&camidx=1", "?video=stream&camidx=1", "video=stream&camidx=1?1700000000000"])
def test_pictures_are_shown_by_every_published_form_of_the_address(serve: Serve, path: str) -> None:
    with stream_of(serve(), path) as stream:
        assert stream.read1(20).startswith(b"--frame")


def test_an_empty_body_is_answered_with_something_else_than_json(serve: Serve) -> None:
    with pytest.raises(json.JSONDecodeError):
        asked(serve(), "card=idcard", b"")


def test_a_service_that_goes_ends_by_itself_and_cuts_every_connection(serve: Serve) -> None:
    scanner = serve(fault=ScannerFault.SERVICE_GONE, fault_after_s=0.3)
    with stream_of(scanner) as stream:
        began_s = time.monotonic()
        try:
            while stream.read1(65_536):
                pass
        except (OSError, IncompleteRead):
            pass
    assert 0.1 < time.monotonic() - began_s < 3.0
    with pytest.raises(OSError, match=r"refused|reset|closed"):
        asked(scanner, "video=status")


def test_closing_cuts_a_client_that_asks_for_nothing_and_leaves_no_thread(serve: Serve) -> None:
    scanner = serve()
    with socket.create_connection(("127.0.0.1", scanner.port), timeout=5.0) as silent, stream_of(scanner) as stream:
        assert stream.read1(20)
        scanner.close()
        assert silent.recv(1) == b""
    assert not [thread for thread in threading.enumerate() if "process_request_thread" in thread.name]


def test_its_port_is_free_again_and_one_that_is_taken_is_said(serve: Serve, pages: ScannerPages) -> None:
    scanner = serve(port=port_to_come_back_to())
    with pytest.raises(ResourceError) as caught:
        ScannerHttp(scanner.port, pages, {})
    assert caught.value.reason == "address_in_use"
    scanner.close()
    assert asked(serve(port=scanner.port), "video=status")["code"] == "0"


def test_every_fault_belongs_to_one_service_at_least() -> None:
    assert {*HTTP_FAULTS, *WEBSOCKET_FAULTS} == set(ScannerFault)
