"""Whoever looks waits for a picture, never for the driver."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from teller_assist_sdk import DeviceProblem

from device_plugins.video_camera.stream import FAILED_READS_MAX, Pixels, Stream

NEVER = threading.Event()
PICTURE: Pixels = np.zeros((4, 6, 3), np.uint8)


class Scripted:
    """Answers each read from a list, then hangs until it is let go."""

    def __init__(self, answers: list[Pixels | None]) -> None:
        self.answers, self.go, self.released_by = answers, threading.Event(), ""

    def read(self) -> Pixels | None:
        if not self.answers:
            self.go.wait()
            return None
        return self.answers.pop(0)

    def release(self) -> None:
        self.released_by = threading.current_thread().name


@pytest.fixture
def playing() -> Iterator[Callable[..., tuple[Stream, Scripted]]]:
    made: list[tuple[Stream, Scripted]] = []

    def play(*answers: Pixels | None) -> tuple[Stream, Scripted]:
        source = Scripted(list(answers))
        made.append((Stream(lambda: source), source))
        return made[-1]

    yield play
    for stream, source in made:
        source.go.set()
        assert stream.close(2.0)


def test_the_newest_picture_is_returned_once(playing: Callable[..., tuple[Stream, Scripted]]) -> None:
    stream, _ = playing(PICTURE, PICTURE, PICTURE)
    while stream.taken < 3:
        time.sleep(0.01)
    newest = stream.picture_after(0, 1.0, NEVER)
    assert newest is not None
    assert newest[0] == 3
    with pytest.raises(DeviceProblem, match="device_missing"):
        stream.picture_after(3, 0.2, NEVER)


def test_a_driver_that_does_not_return_is_found_out_by_its_silence(playing: Callable[..., tuple[Stream, Scripted]]) -> None:
    stream, _ = playing(PICTURE)
    assert stream.picture_after(0, 1.0, NEVER)
    began_s = time.monotonic()
    with pytest.raises(DeviceProblem) as caught:
        stream.picture_after(1, 0.3, NEVER)
    assert 0.2 < time.monotonic() - began_s < 0.8
    assert caught.value.hint == "no picture for 0.3 s"
    assert not stream.is_live(0.2)
    assert not stream.close(0.1), "its thread still hangs in the driver"


def test_a_damaged_picture_is_no_loss_but_several_in_a_row_are(playing: Callable[..., tuple[Stream, Scripted]]) -> None:
    stream, source = playing(PICTURE, None, None, PICTURE, *[None] * FAILED_READS_MAX)
    with pytest.raises(DeviceProblem) as caught:
        stream.picture_after(2, 1.0, NEVER)
    assert caught.value.hint == "5 reads in a row failed"
    assert (stream.taken, stream.failed) == (2, 2 + FAILED_READS_MAX)
    assert stream.close(1.0)
    assert source.released_by == "source", "who reads releases: a driver is not torn down under a call"


def test_waiting_ends_when_it_is_stopped(playing: Callable[..., tuple[Stream, Scripted]]) -> None:
    stream, _ = playing()
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    began_s = time.monotonic()
    assert stream.picture_after(0, 10.0, stop) is None
    assert time.monotonic() - began_s < 1.0


@pytest.mark.parametrize("wrong", [np.zeros((4, 6), np.uint8), np.zeros((4, 6, 4), np.uint8), np.zeros((4, 6, 3), np.float32)])
def test_what_is_no_picture_ends_it(playing: Callable[..., tuple[Stream, Scripted]], wrong: Pixels) -> None:
    stream, _ = playing(wrong)
    with pytest.raises(DeviceProblem, match="plugin_failed"):
        stream.picture_after(0, 1.0, NEVER)


def test_an_errors_text_is_not_told() -> None:
    def fail() -> Scripted:
        raise OSError("rtsp://teller:secret@192.0.2.1/")

    stream = Stream(fail)
    with pytest.raises(DeviceProblem) as caught:
        stream.picture_after(0, 1.0, NEVER)
    assert caught.value.hint == "OSError"
    assert stream.close(1.0)
