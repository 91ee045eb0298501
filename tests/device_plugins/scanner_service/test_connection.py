"""One HTTP connection: what a service may do wrong, and what environment and service cannot make us do."""

from __future__ import annotations

import gzip
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from teller_assist_sdk import DeviceProblem

from device_plugins.scanner_service.http_service import HttpService
from device_plugins.scanner_service.websocket_service import WebSocketService

NEVER = threading.Event()
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Scripted = Callable[..., int]
Ask = Callable[..., Any]


@pytest.fixture
def ask(settings: dict[str, Any]) -> Ask:
    """Ask a port for the lenses' states."""

    def one(port: int, limit_s: float = 1.0, cancel: threading.Event = NEVER) -> Any:
        return HttpService(settings | {"port": port}).ask("video=status", {}, limit_s, cancel)

    return one


def body_of(body: bytes) -> bytes:
    return OK + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked(body: bytes) -> bytes:
    return OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize("answer", [body_of(b'{"code":"0"}'), chunked(b'{"code":"0"}'), OK + b'\r\n{"code":"0"}'])
def test_an_answer_is_read_however_its_length_is_told(ask: Ask, scripted: Scripted, answer: bytes) -> None:
    assert ask(scripted(answer)).is_done


@pytest.mark.parametrize(
    ("answer", "code", "hint"),
    [
        (b"HTTP/1.1 503 Busy\r\n\r\n", "device_missing", "HTTP status 503"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\n\r\n",
            "plugin_failed",
            "HTTP status 302: a redirect is not followed",
        ),
        (OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}"), "plugin_failed", "a compressed answer is not read"),
        (b"SSH-2.0-OpenSSH_9\r\n", "plugin_failed", "what answers speaks no HTTP: BadStatusLine"),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200, "plugin_failed", "what answers speaks no HTTP: HTTPException"),
        (b"", "device_missing", "the connection ended: RemoteDisconnected"),
        (OK + b'Content-Length: 50\r\n\r\n{"code":"0"', "device_missing", "the connection ended in the middle of an answer"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", "device_missing", "the connection ended: IncompleteRead"),
        (body_of(b"<error/>"), "plugin_failed", "the answer is no JSON"),
        (body_of(b" " * 13_000_000), "plugin_failed", "an answer of more than 12000000 bytes"),
    ],
)
def test_what_is_no_answer_is_told_as_it_is(ask: Ask, scripted: Scripted, answer: bytes, code: str, hint: str) -> None:
    with pytest.raises(DeviceProblem) as caught:
        ask(scripted(answer), limit_s=5.0)
    assert (caught.value.code, caught.value.hint) == (code, hint)


@pytest.mark.parametrize("pieces", [(), (OK,), tuple(bytes([one]) for one in OK * 20), (OK + b"\r\n", *(b" ",) * 2000)])
def test_an_answer_that_never_ends_is_cut_off_at_the_limit(ask: Ask, scripted: Scripted, pieces: tuple[bytes, ...]) -> None:
    port = scripted(*pieces, pause_s=0.01, stays=True)
    began_s = time.monotonic()
    with pytest.raises(DeviceProblem) as caught:
        ask(port, limit_s=0.3)
    assert caught.value.code == "device_timeout"
    assert time.monotonic() - began_s < 2.0


def test_a_cancel_cuts_off_an_answer(ask: Ask, scripted: Scripted) -> None:
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    began_s = time.monotonic()
    with pytest.raises(DeviceProblem) as caught:
        ask(scripted(OK, stays=True), limit_s=20.0, cancel=cancel)
    assert (caught.value.code, caught.value.hint) == ("device_timeout", "given up")
    assert time.monotonic() - began_s < 2.0


def test_no_thread_is_left_behind(ask: Ask, scripted: Scripted) -> None:
    port = scripted(body_of(b'{"code":"0"}'))
    before = threading.active_count()
    for _ in range(20):
        ask(port)
    assert threading.active_count() <= before


@pytest.mark.parametrize("protocol", [HttpService, WebSocketService])
def test_a_proxy_of_the_environment_is_never_asked(
    protocol: type, settings: dict[str, Any], scripted: Scripted, make_scanner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = scripted(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
    for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        monkeypatch.setenv(name.upper(), f"http://127.0.0.1:{proxy}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert os.environ["http_proxy"]
    name = "http_38088" if protocol is HttpService else "websocket_1818"
    source = protocol(settings | {"protocol": name, "port": make_scanner(name).port}).opened()
    assert source.read().startswith(b"\xff\xd8\xff")
    source.release()
