"""The scanner through the product's own plugin host, in its own process, over both protocols."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from teller_assist.demonstration.stand_ins.scanner_faults import ScannerFault as Fault
from teller_assist.devices.document_scanner import DocumentScannerDevice
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import (
    DeviceBusyError,
    DeviceTimeoutError,
    KnownError,
    PictureError,
    PluginFailedError,
)

NEVER = threading.Event()
READY_S = 20.0
LONGEST_SCAN_S = 1.0
MakeScanner = Callable[..., Any]
Opener = Callable[..., DocumentScannerDevice]


@pytest.fixture(params=["http_38088", pytest.param("websocket_1818", marks=pytest.mark.full)])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def ready(device: DocumentScannerDevice) -> DocumentScannerDevice:
    device.wait_until_ready(READY_S)
    return device


def test_a_page_is_scanned_as_the_service_takes_it(opened: Opener, make_scanner: MakeScanner, protocol: str) -> None:
    device = ready(opened(protocol=protocol, port=make_scanner(protocol).port))
    began_s = time.monotonic()
    page = device.scan(NEVER)
    assert time.monotonic() - began_s < LONGEST_SCAN_S
    assert (page.width_px, page.height_px, page.role) == (640, 480, "document")
    assert page.pixels[54, 320].min() > 200, "the sheet"
    assert page.pixels[5, 5].max() < 120, "the mat"


def test_a_preview_shows_what_lies_under_the_lens(opened: Opener, make_scanner: MakeScanner, protocol: str) -> None:
    device = ready(opened(protocol=protocol, port=make_scanner(protocol).port))
    assert device.previews
    pixels = device.preview_frame(NEVER)
    assert pixels.shape == (480, 640, 3)
    assert np.abs(pixels[5, 5].astype(int) - (90, 80, 70)).max() < 25, "the mat, blue first"


def test_a_scanner_without_previews_scans(opened: Opener, make_scanner: MakeScanner, protocol: str) -> None:
    device = ready(opened(protocol=protocol, port=make_scanner(protocol).port, previews=False, lens="second"))
    assert not device.previews
    assert device.scan(NEVER).width_px == 320


@pytest.mark.full
def test_a_stream_that_stalls_is_opened_again_without_the_teller_noticing(
    opened: Opener, make_scanner: MakeScanner, protocol: str
) -> None:
    scanner = make_scanner(protocol, Fault.STALLED_STREAM, fault_after_s=1.0)
    device = ready(opened(protocol=protocol, port=scanner.port, silence_s=2.0))
    process, until_s = device.process, time.monotonic() + 5.0
    while device.status()["connections"] < 2 and time.monotonic() < until_s:
        device.preview_frame(NEVER)
    status = device.status()
    assert status["connections"] >= 2
    assert device.process is process
    assert device.scan(NEVER).width_px == 640


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    ("fault", "error"), [(Fault.BUSY, DeviceBusyError), pytest.param(Fault.REDIRECT, PluginFailedError, marks=pytest.mark.full)]
)
def test_a_lens_that_cannot_be_opened_is_told_with_its_reason(
    opened: Opener, make_scanner: MakeScanner, protocol: str, fault: Fault, error: type[KnownError]
) -> None:
    device = opened(protocol=protocol, port=make_scanner(protocol, fault).port)
    with pytest.raises(error):
        device.wait_until_ready(READY_S)


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_silent_service_is_told_as_such(opened: Opener, make_scanner: MakeScanner) -> None:
    device = opened(port=make_scanner("http_38088", Fault.SILENT).port)
    with pytest.raises(DeviceTimeoutError):
        device.wait_until_ready(READY_S)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.BAD_BASE64, PluginFailedError),
        (Fault.NOT_A_JPEG, PluginFailedError),
        pytest.param(Fault.HUGE_ANSWER, PluginFailedError, marks=pytest.mark.full),
        pytest.param(Fault.STILL_UNANSWERED, DeviceTimeoutError, marks=pytest.mark.full),
    ],
)
def test_a_still_that_is_none_is_told_and_the_next_one_is_taken(
    opened: Opener, make_scanner: MakeScanner, protocol: str, fault: Fault, error: type[KnownError]
) -> None:
    scanner = make_scanner(protocol)
    device = ready(opened(protocol=protocol, port=scanner.port))
    scanner.fault = fault
    with pytest.raises(error):
        device.scan(NEVER)
    assert device.state is DeviceState.READY
    scanner.fault = Fault.NONE
    device.preview_frame(NEVER)
    assert device.scan(NEVER).width_px == 640


@pytest.mark.full
def test_a_slow_service_is_waited_for(opened: Opener, make_scanner: MakeScanner, protocol: str) -> None:
    scanner = make_scanner(protocol)
    device = ready(opened(protocol=protocol, port=scanner.port, command_timeout_s=5.0, silence_s=3.0))
    scanner.fault = Fault.SLOW
    began_s = time.monotonic()
    assert device.scan(NEVER).width_px == 640
    assert time.monotonic() - began_s > 1.4


def test_a_cancelled_scan_ends_soon_and_the_process_lives_on(opened: Opener, make_scanner: MakeScanner, protocol: str) -> None:
    scanner = make_scanner(protocol)
    device = ready(opened(protocol=protocol, port=scanner.port))
    process = device.process
    scanner.fault = Fault.STILL_UNANSWERED
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(DeviceTimeoutError) as caught:
        device.scan(cancel)
    assert caught.value.facts["why"] == "cancelled"
    scanner.fault = Fault.NONE
    assert device.preview_frame(NEVER).shape == (480, 640, 3)
    assert device.process is process


def test_its_selftest_names_service_type_lenses_resolutions_and_a_still(opened: Opener, make_scanner: MakeScanner) -> None:
    scanner = make_scanner("http_38088")
    lines = {line.check: line.detail for line in ready(opened(port=scanner.port)).selftest()}
    assert lines["service"] == f"HTTP, 127.0.0.1 port {scanner.port}"
    assert lines["type"] == "STAND-IN"
    assert lines["lenses"] == "main run, second ok"
    assert lines["resolutions"] == "2592x1944 1600x1200 1024x768"
    assert lines["preview"] == "640x480 px"
    assert lines["still"].split()[1:3] == ["bytes", "in"]


def test_its_selftest_over_the_other_protocol_says_what_that_does_not_tell(opened: Opener, make_scanner: MakeScanner) -> None:
    scanner = make_scanner("websocket_1818")
    lines = {line.check: line.detail for line in ready(opened(protocol="websocket_1818", port=scanner.port)).selftest()}
    assert lines["service"] == f"WebSocket, 127.0.0.1 port {scanner.port}"
    assert lines["lenses"] == "main opened by bStartPlay()"
    assert lines["type"] == lines["resolutions"] == "not told by this protocol"


def test_a_selftest_finds_a_still_that_is_none(opened: Opener, make_scanner: MakeScanner) -> None:
    scanner = make_scanner("http_38088")
    device = ready(opened(port=scanner.port))
    scanner.fault = Fault.NOT_A_JPEG
    failed = [line for line in device.selftest() if not line.passed]
    assert [(line.check, line.detail) for line in failed] == [("still", "the picture: not a whole JPEG picture")]


def test_a_still_that_the_product_cannot_decode_is_no_page(
    opened: Opener, make_scanner: MakeScanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanner = make_scanner("http_38088")
    device = ready(opened(port=scanner.port))
    whole = scanner.pages.still(0)
    spoilt = bytearray(whole)
    at = spoilt.index(b"\xff\xc0")
    spoilt[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    monkeypatch.setattr(scanner.pages, "still", lambda lens: bytes(spoilt))
    with pytest.raises(PictureError):
        device.scan(NEVER)
