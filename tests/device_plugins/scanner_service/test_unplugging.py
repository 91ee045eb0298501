"""The service is killed and comes back, or its lens is unplugged: it is told at once, and the very next page is scanned."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from teller_assist.demonstration.stand_ins.scanner_faults import ScannerFault as Fault
from teller_assist.devices.document_scanner import DocumentScannerDevice
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import DeviceMissingError, KnownError
from tests.stand_ins.equipment import wait_until

NEVER = threading.Event()
MakeScanner = Callable[..., Any]
Opener = Callable[..., DocumentScannerDevice]

pytestmark = pytest.mark.logs_warnings


@pytest.fixture(params=["http_38088", pytest.param("websocket_1818", marks=pytest.mark.full)])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def scanner(make_scanner: MakeScanner, protocol: str) -> Any:
    return make_scanner(protocol)


@pytest.fixture
def device(opened: Opener, scanner: Any, protocol: str) -> DocumentScannerDevice:
    device = opened(protocol=protocol, port=scanner.port)
    device.wait_until_ready(20.0)
    return device


@pytest.fixture
def assert_the_very_next_page_is_scanned(
    make_scanner: MakeScanner, scanner: Any, protocol: str, device: DocumentScannerDevice
) -> Callable[[], None]:
    def check() -> None:
        make_scanner(protocol, port=scanner.port)
        assert device.scan(NEVER).width_px == 640
        assert (device.state, device.problem) == (DeviceState.READY, None)

    return check


@pytest.mark.full
def test_killed_while_idle_it_is_told_though_nobody_asks_and_comes_back(
    scanner: Any, device: DocumentScannerDevice, make_scanner: MakeScanner, protocol: str
) -> None:
    scanner.close()
    wait_until(lambda: device.state is DeviceState.RESTARTING)
    assert isinstance(device.problem, DeviceMissingError)
    with pytest.raises(DeviceMissingError):
        device.status()
    make_scanner(protocol, port=scanner.port)
    wait_until(lambda: device.state is DeviceState.READY)
    assert device.scan(NEVER).width_px == 640


def test_killed_while_previews_are_shown(
    scanner: Any, device: DocumentScannerDevice, assert_the_very_next_page_is_scanned: Callable[[], None]
) -> None:
    device.preview_frame(NEVER)
    scanner.close()
    began_s = time.monotonic()
    with contextlib.suppress(DeviceMissingError):
        while time.monotonic() - began_s < 5.0:
            device.preview_frame(NEVER)
    assert time.monotonic() - began_s < 3.0
    assert_the_very_next_page_is_scanned()


def test_killed_while_a_page_is_scanned(
    scanner: Any, device: DocumentScannerDevice, assert_the_very_next_page_is_scanned: Callable[[], None]
) -> None:
    scanner.fault = Fault.STILL_UNANSWERED
    threading.Timer(0.2, scanner.close).start()
    began_s = time.monotonic()
    with pytest.raises(DeviceMissingError):
        device.scan(NEVER)
    assert time.monotonic() - began_s < 1.8, "it is noticed, not waited out"
    assert_the_very_next_page_is_scanned()


def test_killed_and_started_again_unnoticed(
    scanner: Any, device: DocumentScannerDevice, make_scanner: MakeScanner, protocol: str
) -> None:
    process = device.process
    scanner.close()
    make_scanner(protocol, port=scanner.port)
    deadline_s = time.monotonic() + 60.0
    while True:  # the lost connection may be told once
        try:
            assert device.scan(NEVER).width_px == 640
            break
        except KnownError:
            assert time.monotonic() < deadline_s
    assert device.process is process or device.state is DeviceState.READY


@pytest.mark.full
def test_not_there_when_it_is_opened_it_is_found_once_it_is(opened: Opener, make_scanner: MakeScanner, protocol: str) -> None:
    scanner = make_scanner(protocol)
    scanner.close()
    device = opened(protocol=protocol, port=scanner.port)
    with pytest.raises(DeviceMissingError) as caught:
        device.wait_until_ready(20.0)
    assert caught.value.facts["why"] == "not_plugged_in"
    make_scanner(protocol, port=scanner.port)
    assert device.scan(NEVER).width_px == 640


@pytest.mark.full
def test_a_lens_that_is_unplugged_behind_a_service_that_stays(opened: Opener, make_scanner: MakeScanner) -> None:
    scanner = make_scanner("http_38088")
    device = opened(port=scanner.port)
    device.wait_until_ready(20.0)
    scanner.fault = Fault.LENS_UNPLUGGED
    wait_until(lambda: device.state is DeviceState.RESTARTING)
    scanner.fault = Fault.NONE
    assert device.scan(NEVER).width_px == 640


@pytest.mark.full
def test_killed_ten_times_at_random_moments(
    device: DocumentScannerDevice, make_scanner: MakeScanner, scanner: Any, protocol: str
) -> None:
    running = scanner
    for number in range(10):
        timer = threading.Timer(number / 10 * 0.15, running.close)
        timer.start()
        for call in (device.preview_frame, device.scan, device.preview_frame):
            with contextlib.suppress(DeviceMissingError):
                call(NEVER)
        timer.join()
        running = make_scanner(protocol, port=scanner.port)
    deadline_s = time.monotonic() + 60.0
    while True:
        try:
            assert device.scan(NEVER).width_px == 640
            break
        except DeviceMissingError:
            assert time.monotonic() < deadline_s
