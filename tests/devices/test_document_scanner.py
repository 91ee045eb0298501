"""A document scanner from its plugin to the evidence: scans, and the preview of those that have one."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.errors import DeviceMissingError, DeviceTimeoutError, PluginFailedError
from tests.stand_ins.equipment import wait_until

Open = Callable[..., Any]
SCANNER = DeviceKind.DOCUMENT_SCANNER
NEVER = threading.Event()
READY_S = 10.0


def ready(device: Any) -> Any:
    device.wait_until_ready(READY_S)
    return device


def answer_to_preview(result: object) -> str:
    """The line by which a process answers its fourth call."""
    return json.dumps({"id": 4, "ok": True, "result": result})


def test_a_malformed_scan_is_refused(open_stand_in: Open) -> None:
    scanner = open_stand_in("misbehaving", SCANNER, fault="none", text="{}")
    with pytest.raises(PluginFailedError) as caught:
        scanner.scan(NEVER)
    assert caught.value.facts == {"plugin": "misbehaving", "operation": "scan", "why": "record"}


def test_a_scan_is_a_picture(open_stand_in: Open) -> None:
    scan = open_stand_in("willing", SCANNER).scan(NEVER)
    assert (scan.width_px, scan.height_px, scan.role) == (400, 300, "document")


# ---------------------------------------------------------------- preview


def test_only_a_scanner_that_says_so_has_a_preview(open_stand_in: Open) -> None:
    assert ready(open_stand_in("willing", SCANNER, previews=True)).previews
    assert not ready(open_stand_in("willing", SCANNER)).previews


def test_every_preview_is_a_new_frame_of_our_own(open_stand_in: Open) -> None:
    scanner = open_stand_in("willing", SCANNER, previews=True, width_px=80, height_px=60)
    frames = [scanner.preview_frame(NEVER) for _ in range(6)]  # more than the shared memory holds
    assert [int(frame[0, 0, 0]) for frame in frames] == [1, 2, 3, 4, 5, 6]
    for frame in frames:
        assert (frame.shape, frame.dtype) == ((60, 80, 3), np.uint8)
        assert (frame == frame[0, 0, 0]).all()
        assert not frame.flags.writeable


def test_a_scan_between_two_previews_disturbs_neither(open_stand_in: Open) -> None:
    scanner = open_stand_in("willing", SCANNER, previews=True)
    assert scanner.preview_frame(NEVER)[0, 0, 0] == 1
    assert scanner.scan(NEVER).width_px == 400
    assert scanner.preview_frame(NEVER)[0, 0, 0] == 2


@pytest.mark.parametrize("fault", ["frame_of_wrong_size", "frame_too_large", "raise"])
def test_a_preview_that_goes_wrong_is_told_and_scans_go_on(open_stand_in: Open, fault: str) -> None:
    scanner = open_stand_in("misbehaving", SCANNER, fault=fault, when="preview")
    with pytest.raises(PluginFailedError) as caught:
        scanner.preview_frame(NEVER)
    assert caught.value.facts["why"] == "reported"
    with pytest.raises(PluginFailedError, match="record"):  # of the stand-in's scan: it answers
        scanner.scan(NEVER)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (None, "nonsense"),
        ([1, 64, 48, 1], "nonsense"),
        ({"slot": 0, "width": 64, "height": 48}, "nonsense"),
        ({"slot": -1, "width": 64, "height": 48, "sequence": 1}, "nonsense"),
        ({"slot": 0.0, "width": 64, "height": 48, "sequence": 1}, "nonsense"),
        ({"slot": 4, "width": 64, "height": 48, "sequence": 1}, "frame_lie"),
        ({"slot": 0, "width": 65, "height": 48, "sequence": 1}, "frame_lie"),
        ({"slot": 0, "width": 2**53, "height": 2**53, "sequence": 1}, "frame_lie"),
        ({"slot": 0, "width": 64, "height": 48, "sequence": 0}, "frame_lie"),
        ({"slot": 0, "width": 64, "height": 48, "sequence": 7}, "frame_lie"),  # never written
    ],
)
@pytest.mark.logs_warnings
def test_a_lie_about_a_preview_ends_the_process(open_stand_in: Open, told: object, why: str) -> None:
    states: list[DeviceState] = []
    text = answer_to_preview(told)
    scanner = ready(open_stand_in("misbehaving", SCANNER, told=states, fault="nonsense", when="preview", text=text))
    process = scanner.process
    with pytest.raises(PluginFailedError) as caught:
        scanner.preview_frame(NEVER)
    assert caught.value.facts["why"] == why
    assert process.ended.wait(5.0)
    assert process.failure.facts["why"] == why


def test_a_stalled_preview_ends_at_its_time_limit_and_is_followed_by_a_scan(open_stand_in: Open) -> None:
    scanner = ready(open_stand_in("misbehaving", SCANNER, fault="wait_for_cancel", when="preview"))
    process = scanner.process
    with pytest.raises(DeviceTimeoutError) as caught:
        scanner.preview_frame(NEVER)
    assert (caught.value.facts["why"], caught.value.facts["operation"]) == ("time_limit", "preview")
    with pytest.raises(PluginFailedError, match="record"):
        scanner.scan(NEVER)
    assert not process.ended.is_set(), "its process was not killed over it"


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_preview_that_hangs_in_a_driver_is_killed_and_the_scanner_started_again(open_stand_in: Open) -> None:
    states: list[DeviceState] = []
    scanner = ready(open_stand_in("misbehaving", SCANNER, told=states, fault="hang", when="preview"))
    with pytest.raises(DeviceTimeoutError):
        scanner.preview_frame(NEVER)
    wait_until(lambda: states.count(DeviceState.READY) == 2)
    assert scanner.previews


def test_a_preview_is_given_up_soon(open_stand_in: Open) -> None:
    scanner, cancel = ready(open_stand_in("misbehaving", SCANNER, fault="wait_for_cancel", when="preview")), threading.Event()
    threading.Timer(0.1, cancel.set).start()
    began_s = time.monotonic()
    with pytest.raises(DeviceTimeoutError) as caught:
        scanner.preview_frame(cancel)
    assert caught.value.facts["why"] == "cancelled"
    assert time.monotonic() - began_s < 0.35


@pytest.mark.logs_warnings
def test_a_scanner_that_is_not_there_has_no_preview(open_stand_in: Open) -> None:
    scanner = open_stand_in("misbehaving", SCANNER, fault="problem", when="import", text="device_missing")
    with pytest.raises(DeviceMissingError):
        ready(scanner)
    assert not scanner.previews
    with pytest.raises(DeviceMissingError):
        scanner.preview_frame(NEVER)
