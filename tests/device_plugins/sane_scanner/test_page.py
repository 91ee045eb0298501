"""One page, and how a scan ends that nobody wants any more; the scanner is told, not there."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from teller_assist_sdk import DeviceProblem

from device_plugins.sane_scanner.page import PageScan, as_jpeg, judged_size

Progress = Callable[[int, int], None]


class ToldScanner:
    """Sends lines, or none, until it is cancelled."""

    def __init__(self, lines: int, size: tuple[int, int] = (400, 300), raises: Exception | None = None) -> None:
        self._lines, self._size, self._raises = lines, size, raises
        self.cancelled = threading.Event()
        self.cancels = 0

    def get_parameters(self) -> Any:
        return ("color", 1, self._size, 8, self._size[0] * 3)

    def fileno(self) -> int:
        raise RuntimeError("Operation not supported")

    def start(self) -> None:
        if self._raises is not None:
            raise self._raises

    def snap(self, progress: Progress) -> Image.Image:
        line = 0
        while line != self._lines and not self.cancelled.is_set():
            line += 1
            progress(line, self._size[1])
        if self._lines == 0:
            self.cancelled.wait(20)
        return Image.new("RGB", (self._size[0], max(line, 1)))

    def cancel(self) -> None:
        self.cancels += 1
        self.cancelled.set()


def test_a_page_is_what_the_scanner_sent() -> None:
    scanner = ToldScanner(lines=300)
    assert PageScan(scanner, threading.Event()).run().size == (400, 300)
    assert scanner.cancels == 0


def given_up(scanner: ToldScanner) -> float:
    """Give a running scan up after a moment; returns how long it then took to end."""
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(DeviceProblem) as caught:
        PageScan(scanner, cancel).run()
    ended_s = time.monotonic()
    cancel.wait()
    assert (caught.value.code, caught.value.hint) == ("device_timeout", "given up")
    assert scanner.cancels == 1
    return ended_s


@pytest.mark.parametrize("lines", [-1, 0], ids=["while lines come", "while none comes"])
def test_a_scan_that_is_given_up_ends_within_half_a_second(lines: int) -> None:
    began_s = time.monotonic()
    assert given_up(ToldScanner(lines)) - began_s < 0.6 + 0.5  # half a second of it for a busy machine


def test_a_page_without_end_is_ended() -> None:
    scanner = ToldScanner(lines=-1, size=(1_000_000, -1))
    with pytest.raises(DeviceProblem) as caught:
        PageScan(scanner, threading.Event()).run()
    assert (caught.value.code, caught.value.hint) == ("plugin_failed", "more than 20 lines")
    assert scanner.cancels == 1


def test_what_the_library_raises_comes_through_and_the_scanner_is_idle_again() -> None:
    scanner = ToldScanner(lines=1, raises=RuntimeError("Document feeder jammed"))
    with pytest.raises(RuntimeError, match="jammed"):
        PageScan(scanner, threading.Event()).run()
    assert scanner.cancels == 1
    assert not [thread for thread in threading.enumerate() if thread.name == "cancel"]


@pytest.mark.parametrize(
    ("size", "hint"),
    [
        ((9000, 12000), "page of 108 megapixels, at most 20: lower resolution_dpi, or set width_mm and height_mm"),
        ((0, 100), "page of 0x100 pixels"),
    ],
)
def test_a_page_of_a_size_that_nobody_can_use_is_not_scanned(size: tuple[int, int], hint: str) -> None:
    with pytest.raises(DeviceProblem) as caught:
        judged_size(ToldScanner(1, size))
    assert (caught.value.code, caught.value.hint) == ("plugin_failed", hint)


def test_a_picture_says_its_resolution() -> None:
    picture = Image.open(io.BytesIO(as_jpeg(Image.new("L", (40, 30)), 299.72)))
    assert (picture.format, picture.mode, picture.info["dpi"]) == ("JPEG", "L", (300, 300))


@pytest.mark.full
def test_a_picture_that_is_too_long_gets_a_lower_quality() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (2600, 2400, 3), np.uint8)
    data = as_jpeg(Image.fromarray(noise), 300)
    assert len(data) <= 5_500_000
    with pytest.raises(DeviceProblem) as caught:
        as_jpeg(Image.fromarray(np.tile(noise, (1, 2, 1))), 300)
    assert caught.value.code == "plugin_failed"
