"""The plug is pulled and put in again: SANE lists nothing, then the scanner again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from teller_assist.devices.document_scanner import DocumentScannerDevice
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import DeviceMissingError, KnownError
from tests.stand_ins.equipment import wait_until
from tests.stand_ins.sane_backend import SaneTestBackend

NEVER = threading.Event()
Opener = Callable[..., DocumentScannerDevice]

pytestmark = pytest.mark.logs_warnings


@pytest.mark.full
def test_pulled_it_is_told_as_missing_by_the_next_scan_and_comes_back_when_it_is_plugged_in(
    backend: SaneTestBackend, opened: Opener
) -> None:
    scanner = opened(backend.fault("IO_ERROR"))
    scanner.wait_until_ready(20.0)
    first = scanner.process
    backend.unplug()
    with pytest.raises(DeviceMissingError):
        scanner.scan(NEVER)
    with pytest.raises(DeviceMissingError) as caught:
        scanner.status()
    assert caught.value.facts["why"] == "not_plugged_in"
    backend.plug()
    wait_until(lambda: scanner.state is DeviceState.READY)
    assert scanner.status()["name"] == "test:0"
    assert scanner.process is not first


@pytest.mark.full
def test_not_there_when_it_is_opened_it_is_looked_for_by_one_process(backend: SaneTestBackend, opened: Opener) -> None:
    backend.unplug()
    scanner = opened()
    with pytest.raises(DeviceMissingError) as caught:
        scanner.wait_until_ready(20.0)
    assert caught.value.facts["why"] == "not_plugged_in"
    process = scanner.process
    time.sleep(2.2)  # two looks
    backend.plug()
    assert scanner.scan(NEVER).role == "document", "a teller who wants it need not wait for the next look"
    assert scanner.process is process, "no restart was needed"


@pytest.mark.full
def test_another_scanner_does_not_take_the_place_of_the_one_that_is_named(backend: SaneTestBackend, opened: Opener) -> None:
    backend.plug(2)
    scanner = opened({**backend.fault("IO_ERROR"), "device": "sane test:1"})
    scanner.wait_until_ready(20.0)
    backend.plug(1)
    for _ in range(2):
        with pytest.raises(DeviceMissingError):
            scanner.scan(NEVER)
    backend.plug(2)
    wait_until(lambda: scanner.state is DeviceState.READY)
    with pytest.raises(KnownError):
        scanner.scan(NEVER)
    assert scanner.status()["name"] == "test:1"
