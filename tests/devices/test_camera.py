"""Frames through shared memory."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.errors import DeviceMissingError, DeviceTimeoutError, KnownError, PluginFailedError
from tests.stand_ins.equipment import wait_until

Open = Callable[..., Any]
CAMERA = DeviceKind.CAMERA
WAIT_S = 10.0


def frames_until_failure(camera: Any, timeout_s: float = 1.0) -> KnownError:
    until_s = time.monotonic() + WAIT_S
    while time.monotonic() < until_s:
        try:
            camera.next_frame(timeout_s)
        except KnownError as error:
            return error
    raise AssertionError("it went on and on")


def test_frames_arrive_whole_in_order_and_read_only(open_stand_in: Open) -> None:
    camera = open_stand_in("willing", CAMERA, frames_per_s=200.0)
    frames = [camera.next_frame(WAIT_S) for _ in range(50)]
    for frame in frames:
        assert (frame.pixels.shape, frame.pixels.dtype) == ((48, 64, 3), np.uint8)
        assert not frame.pixels.flags.writeable
        assert set(np.unique(frame.pixels)) == {frame.sequence % 256}, "no pixel of another frame"
    sequences = [frame.sequence for frame in frames]
    assert sequences == sorted(set(sequences))
    assert [frame.received_s for frame in frames] == sorted(frame.received_s for frame in frames)


def test_a_slow_taker_gets_the_newest_frame_and_the_others_are_counted(open_stand_in: Open) -> None:
    camera = open_stand_in("willing", CAMERA, frames_per_s=100.0)
    first = camera.next_frame(WAIT_S)
    time.sleep(0.3)
    second = camera.next_frame(WAIT_S)
    assert second.sequence > first.sequence + 5
    assert camera.skipped_frames >= second.sequence - first.sequence - 2
    assert time.monotonic() - second.received_s < 0.2


def test_a_frame_is_given_once(open_stand_in: Open) -> None:
    camera = open_stand_in("willing", CAMERA, frames_per_s=0.1)
    camera.next_frame(WAIT_S)
    began_s = time.monotonic()
    with pytest.raises(DeviceTimeoutError) as caught:
        camera.next_frame(0.1)
    assert caught.value.facts == {"device": "camera", "why": "no_frame"}
    assert time.monotonic() - began_s < 1.0


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    "lie",
    [
        '{"slot": 4, "width": 64, "height": 48}',
        '{"slot": 0, "width": 65, "height": 48}',
        '{"slot": 0, "width": 6400, "height": 4800}',
        '{"slot": 0, "width": 0, "height": 48}',
        '{"slot": 0, "width": 9007199254740992, "height": 9007199254740992}',
    ],
)
def test_a_lie_about_a_frame_ends_the_plugin(open_stand_in: Open, lie: str) -> None:
    error = frames_until_failure(open_stand_in("misbehaving", CAMERA, fault="lie", text=lie, when="frames"))
    assert isinstance(error, PluginFailedError)
    assert error.facts["why"] in ("frame_lie", "out_of_order")


@pytest.mark.full
def test_an_announced_frame_that_was_never_written_is_dropped_and_counted(open_stand_in: Open) -> None:
    camera = open_stand_in("misbehaving", CAMERA, fault="lie", text='{"slot": 0, "width": 64, "height": 48}', when="frames")
    assert isinstance(frames_until_failure(camera), DeviceTimeoutError)
    assert camera.torn_frames == 1
    assert camera.state is DeviceState.READY


@pytest.mark.logs_warnings
@pytest.mark.parametrize("fault", ["frame_of_wrong_size", "frame_too_large", "raise"])
def test_a_camera_whose_frames_go_wrong_fails(open_stand_in: Open, fault: str) -> None:
    error = frames_until_failure(open_stand_in("misbehaving", CAMERA, fault=fault, when="frames"))
    assert isinstance(error, PluginFailedError)


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_camera_that_was_unplugged_is_missing_and_looked_for(open_stand_in: Open) -> None:
    told: list[DeviceState] = []
    camera = open_stand_in("misbehaving", CAMERA, told=told, fault="end_of_frames", when="frames")
    assert isinstance(frames_until_failure(camera), DeviceMissingError)
    until_s = time.monotonic() + WAIT_S
    while told.count(DeviceState.READY) < 4 and time.monotonic() < until_s:
        time.sleep(0.005)
    assert DeviceState.OUT_OF_ORDER not in told


@pytest.mark.logs_warnings
def test_sequence_numbers_go_on_rising_over_a_restart(open_stand_in: Open) -> None:
    camera = open_stand_in("misbehaving", CAMERA, fault="end_of_frames", when="frames")
    sequences: list[int] = []
    until_s = time.monotonic() + WAIT_S
    while len(sequences) < 8 and time.monotonic() < until_s:
        try:
            sequences.append(camera.next_frame(1.0).sequence)
        except KnownError:
            time.sleep(0.005)
    assert len(sequences) == 8
    assert sequences == sorted(set(sequences))


@pytest.mark.logs_warnings
def test_a_camera_that_crashes_tells_whoever_waits_at_once(open_stand_in: Open) -> None:
    camera = open_stand_in("misbehaving", CAMERA, fault="segfault", when="frames")
    began_s = time.monotonic()
    assert isinstance(frames_until_failure(camera), PluginFailedError)
    assert time.monotonic() - began_s < 5.0


@pytest.mark.full
@pytest.mark.parametrize("fault", ["hang", "hang_holding_the_interpreter"])
def test_a_camera_that_hangs_costs_its_taker_the_time_limit_only(open_stand_in: Open, fault: str) -> None:
    camera = open_stand_in("misbehaving", CAMERA, fault=fault, when="frames")
    camera.next_frame(WAIT_S)
    began_s = time.monotonic()
    assert isinstance(frames_until_failure(camera, 0.2), DeviceTimeoutError)
    assert time.monotonic() - began_s < 2.0
    camera.close()
    assert time.monotonic() - began_s < 3.0


def test_closing_wakes_whoever_waits_for_a_frame(open_stand_in: Open) -> None:
    camera = open_stand_in("willing", CAMERA, frames_per_s=0.1)
    camera.next_frame(WAIT_S)
    threading.Timer(0.1, camera.close).start()
    began_s = time.monotonic()
    with pytest.raises(KnownError):
        camera.next_frame(WAIT_S)
    assert time.monotonic() - began_s < 3.0


@pytest.mark.logs_warnings
@pytest.mark.full
def test_a_camera_that_hangs_without_a_call_is_found_out_and_started_again(
    open_stand_in: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("teller_assist.devices.camera._SILENT_AFTER_S", 0.3)
    camera = open_stand_in("willing", CAMERA, frames_per_s=50.0)
    camera.next_frame(WAIT_S)
    hung = camera.process
    os.kill(hung._process.pid, signal.SIGSTOP)
    wait_until(lambda: camera.process is not hung and camera.state is DeviceState.READY)
    camera.next_frame(WAIT_S)


@pytest.mark.full
def test_a_silent_camera_that_still_answers_is_left_alone(open_stand_in: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("teller_assist.devices.camera._SILENT_AFTER_S", 0.1)
    camera = open_stand_in("willing", CAMERA, frames_per_s=0.1)
    camera.next_frame(WAIT_S)
    process = camera.process
    time.sleep(2.5)  # two looks
    assert camera.process is process
    assert camera.state is DeviceState.READY
