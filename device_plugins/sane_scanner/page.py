"""One page: from the first line that the scanner sends to the picture, ended soon after nobody wants it any more."""

from __future__ import annotations

import contextlib
import io
import select
import threading
import time
from typing import Any

from PIL import Image
from teller_assist_sdk import DeviceProblem

from .problems import sane_errors

MOST_PIXELS = 20_000_000  # the product decodes no larger picture
_MOST_BYTES = 5_500_000  # an answer has 8 MB, and a picture travels in base64
_QUALITIES = (92, 80, 60)
_LOOK_S = 0.05
_SILENT_S = 0.15
# A helper thread of a backend that is cancelled while it begins may die with a lock of the C library in its hands, and this
# process hangs for ever (seen with SANE 1.2.1: once in 100 scans whose first read failed). So it gets the time to begin.
_SETTLE_S = 0.05
_FIRST_DATA_S = 5.0


class PageScan:
    """One scan of an opened scanner; used once.

    Parameters
    ----------
    handle
        What python-sane opened; its options are set.
    cancel
        Set by whoever gives up.
    """

    def __init__(self, handle: Any, cancel: threading.Event) -> None:
        self._handle, self._cancel = handle, cancel
        self._done = threading.Event()
        self._once = threading.Lock()
        self._is_cancelled = self._is_too_long = False
        self._most_lines = MOST_PIXELS

    def run(self) -> Image.Image:
        """Scan and return the page, mode L or RGB.

        Raises
        ------
        DeviceProblem
            device_timeout: given up; plugin_failed: the page has no end.
        sane_errors
            What the library raises; the scanner is idle again.
        """
        watcher = threading.Thread(target=self._watch, name="cancel", daemon=True)
        watcher.start()
        try:
            picture = self._scanned()
        except sane_errors(DeviceProblem):
            self._stop()  # the library ends a scan that began, not one that could not begin
            self._tell_why_stopped()
            raise
        finally:
            self._done.set()
            watcher.join()
        self._tell_why_stopped()  # some backends end a cancelled scan as if the page ended there
        return picture

    def _scanned(self) -> Image.Image:
        width, _ = judged_size(self._handle)
        self._most_lines = MOST_PIXELS // width
        self._handle.start()
        self._await_data()
        picture: Image.Image = self._handle.snap(progress=self._line_came)
        return picture

    def _await_data(self) -> None:
        """Wait a moment; before it for the first bytes, where the backend has a descriptor for them (SANE Standard, 4.3.14)."""
        descriptor = -1
        with contextlib.suppress(*sane_errors()):  # most have none
            descriptor = self._handle.fileno()
        if descriptor >= 0:
            self._await_bytes(descriptor)
        self._cancel.wait(_SETTLE_S)

    def _await_bytes(self, descriptor: int) -> None:
        until_s = time.monotonic() + _FIRST_DATA_S  # then the read itself shows what is the matter
        while not self._cancel.is_set() and time.monotonic() < until_s:
            if select.select([descriptor], [], [], _LOOK_S)[0]:
                return

    def _line_came(self, line: int, _lines: int) -> None:
        """Take the news of a line, in the thread that scans; must not raise: python-sane would crash."""
        self._is_too_long = self._is_too_long or line > self._most_lines
        if self._is_too_long or self._cancel.is_set():
            self._stop()

    def _watch(self) -> None:
        """Cancel from outside where no line comes: SANE permits that at any time (SANE Standard 1.06, 4.3.12)."""
        while not self._done.wait(_LOOK_S):
            if self._cancel.is_set():
                if not self._done.wait(_SILENT_S):
                    self._stop()
                return

    def _stop(self) -> None:
        with self._once:
            if not self._is_cancelled:
                self._is_cancelled = True
                with contextlib.suppress(*sane_errors()):  # it may have ended meanwhile; that it did not shows at the next call
                    self._handle.cancel()

    def _tell_why_stopped(self) -> None:
        if self._cancel.is_set():
            raise DeviceProblem("device_timeout", "given up")
        if self._is_too_long:
            raise DeviceProblem("plugin_failed", f"more than {self._most_lines} lines")


def judged_size(handle: Any) -> tuple[int, int]:
    """Return the page's width and height in pixels as the scanner announces them; the height is -1 where it cannot say.

    Raises
    ------
    DeviceProblem
        plugin_failed: the page would have no width, or too many pixels.
    """
    width, height = handle.get_parameters()[2]
    if width < 1:
        raise DeviceProblem("plugin_failed", f"page of {width}x{height} pixels")
    if width * height > MOST_PIXELS:
        told = f"page of {width * height / 1e6:.0f} megapixels, at most {MOST_PIXELS / 1e6:.0f}"
        raise DeviceProblem("plugin_failed", f"{told}: lower resolution_dpi, or set width_mm and height_mm")
    return int(width), int(height)


def as_jpeg(picture: Image.Image, dpi: float) -> bytes:
    """Return a page as JPEG, as good as an answer may be long.

    Raises
    ------
    DeviceProblem
        plugin_failed: too long at any quality.
    """
    for quality in _QUALITIES:
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=quality, dpi=(round(dpi), round(dpi)))
        if stream.tell() <= _MOST_BYTES:
            return stream.getvalue()
    raise DeviceProblem("plugin_failed", f"picture of {stream.tell()} bytes")
