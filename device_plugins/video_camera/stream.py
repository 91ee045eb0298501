"""One connection to a camera, opened and read in a thread of its own: a driver may not return.

Whoever looks waits for the newest picture, never for the driver. That a source says it is open means nothing; pictures do.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt
from teller_assist_sdk import DeviceProblem

Pixels = npt.NDArray[np.uint8]

FAILED_READS_MAX = 5  # in a row; a single one is a damaged picture
_FAILED_READ_PAUSE_S = 0.02
_STOP_LOOK_S = 0.1


class Source(Protocol):
    """Where pictures come from."""

    def read(self) -> Pixels | None:
        """Return the next picture, uint8, shape (height, width, 3), BGR; None where this one failed. May raise DeviceProblem."""

    def release(self) -> None:
        """Let it go; called by the thread that reads."""


class Stream:
    """Reads from the moment it is made until ``close`` or until the source is lost.

    Parameters
    ----------
    opening
        Opens the source; raises DeviceProblem where that is not possible now.

    Attributes
    ----------
    taken
        Number of pictures read so far; the newest picture has this number.
    failed
        Number of reads that failed.
    """

    def __init__(self, opening: Callable[[], Source]) -> None:
        self.taken = self.failed = 0
        self._opening = opening
        self._changed = threading.Condition()
        self._newest: Pixels | None = None
        self._problem: DeviceProblem | None = None
        self._heard_s = time.monotonic()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="source", daemon=True)
        self._thread.start()

    def picture_after(self, number: int, silence_s: float, stop: threading.Event) -> tuple[int, Pixels] | None:
        """Wait for a picture newer than one, and return the newest with its number; None once ``stop`` is set.

        Raises
        ------
        DeviceProblem
            The source is lost, or no picture came for ``silence_s``.
        """
        began_s = time.monotonic()
        with self._changed:
            while not stop.is_set():
                if self.taken > number and self._newest is not None:
                    return self.taken, self._newest
                if self._problem is not None:
                    raise DeviceProblem(self._problem.code, self._problem.hint)
                if time.monotonic() - max(began_s, self._heard_s) >= silence_s:
                    raise DeviceProblem("device_missing", f"no picture for {silence_s:g} s")
                self._changed.wait(_STOP_LOOK_S)
        return None

    def is_live(self, silence_s: float) -> bool:
        """Return whether a picture came within the last ``silence_s``."""
        return self.taken > 0 and self._problem is None and time.monotonic() - self._heard_s < silence_s

    def close(self, wait_s: float) -> bool:
        """Ask the thread to let the source go; return whether it did within ``wait_s``."""
        self._closing.set()
        self._thread.join(wait_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            source = self._opening()
            try:
                self._read(source)
            finally:
                source.release()
        except DeviceProblem as problem:
            self._end(problem)
        except (OSError, ValueError, cv2.error) as error:  # only its kind is told: its text may hold an address with a password
            self._end(DeviceProblem("device_missing", type(error).__name__))

    def _read(self, source: Source) -> None:
        in_a_row = 0
        while not self._closing.is_set():
            pixels = source.read()
            if pixels is not None:
                in_a_row = 0
                self._take(pixels)
                continue
            in_a_row += 1
            self.failed += 1
            if in_a_row >= FAILED_READS_MAX:
                raise DeviceProblem("device_missing", f"{in_a_row} reads in a row failed")
            self._closing.wait(_FAILED_READ_PAUSE_S)

    def _take(self, pixels: Pixels) -> None:
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            raise DeviceProblem("plugin_failed", f"pictures of shape {pixels.shape}, {pixels.dtype}")
        with self._changed:
            self._newest = pixels
            self.taken += 1
            self._heard_s = time.monotonic()
            self._changed.notify_all()

    def _end(self, problem: DeviceProblem) -> None:
        with self._changed:
            self._problem = problem
            self._changed.notify_all()
