"""The lens's pictures: the newest is kept, a silent lens is opened again, and whoever waits learns why nothing comes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from teller_assist_sdk import DeviceProblem

from device_plugins.scanner_service.stream import PictureStream

NEVER = threading.Event()
LOST = DeviceProblem("device_timeout", "silent")


class PretendedSource:
    """Shows as many pictures as it was told to, then falls silent."""

    def __init__(self, pictures: int, *, ends: bool = True) -> None:
        self._left, self._ends = pictures, ends
        self._cut = threading.Event()
        self.released = False

    def read(self) -> bytes:
        if self._left == 0:
            if not self._ends:
                self._cut.wait(10.0)
            raise DeviceProblem(LOST.code, LOST.hint)
        self._left -= 1
        return b"picture"

    def cut(self) -> None:
        self._cut.set()

    def release(self) -> None:
        self.released = True


Make = Callable[[Callable[[], PretendedSource]], PictureStream[PretendedSource]]


@pytest.fixture
def make() -> Iterator[Make]:
    streams: list[PictureStream[PretendedSource]] = []

    def one(opening: Callable[[], PretendedSource]) -> PictureStream[PretendedSource]:
        streams.append(PictureStream(opening))
        return streams[-1]

    yield one
    for stream in streams:
        stream.close(2.0)


def test_a_silent_lens_is_opened_again_while_somebody_waits(make: Make) -> None:
    sources: list[PretendedSource] = []

    def opening() -> PretendedSource:
        sources.append(PretendedSource(2))
        return sources[-1]

    stream = make(opening)
    assert stream.picture_after(5, 5.0, NEVER)[1] == b"picture"
    assert stream.connections >= 3
    assert sources[0].released


def test_one_that_cannot_be_opened_is_told_at_once_and_tried_again(make: Make) -> None:
    busy = threading.Event()
    busy.set()

    def opening() -> PretendedSource:
        if busy.is_set():
            raise DeviceProblem("device_busy", "code 1")
        return PretendedSource(1, ends=False)

    stream = make(opening)
    with pytest.raises(DeviceProblem) as caught:
        stream.picture_after(0, 5.0, NEVER)
    assert (caught.value.code, caught.value.hint) == ("device_busy", "code 1")
    busy.clear()
    assert stream.picture_after(0, 5.0, NEVER) == (1, b"picture"), "it is tried again for whoever waits"


def test_one_that_is_open_and_never_shows_a_picture_is_told(make: Make) -> None:
    stream = make(lambda: PretendedSource(0))
    with pytest.raises(DeviceProblem) as caught:
        stream.picture_after(0, 5.0, NEVER)
    assert caught.value.hint == "silent"


def test_waiting_ends_at_its_limit_and_when_cancelled(make: Make) -> None:
    stream = make(lambda: PretendedSource(1, ends=False))
    stream.picture_after(0, 5.0, NEVER)
    with pytest.raises(DeviceProblem) as caught:
        stream.picture_after(1, 0.1, NEVER)
    assert (caught.value.code, caught.value.hint) == ("device_timeout", "no picture for 0.1 s")
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(DeviceProblem) as caught:
        stream.picture_after(1, 5.0, cancel)
    assert caught.value.hint == "given up"


def test_it_is_live_while_pictures_come(make: Make) -> None:
    stream = make(lambda: PretendedSource(1, ends=False))
    stream.picture_after(0, 5.0, NEVER)
    assert stream.is_live(60.0)
    time.sleep(0.05)
    assert not stream.is_live(0.01)


def test_closing_cuts_a_source_that_hangs(make: Make) -> None:
    source = PretendedSource(1, ends=False)
    stream = make(lambda: source)
    stream.picture_after(0, 5.0, NEVER)
    began_s = time.monotonic()
    stream.close(5.0)
    assert source.released
    assert time.monotonic() - began_s < 2.0
