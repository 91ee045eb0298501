"""The lens's pictures, read in a thread of their own and opened again whenever they stop.

The services take a still only while they show moving pictures, so these are read all the time; only the newest is kept.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from teller_assist_sdk import DeviceProblem

_LOOK_S = _BETWEEN_S = 0.05
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 2.0


class PictureSource(Protocol):
    """One opened connection that shows pictures."""

    def read(self) -> bytes:
        """Return the next picture, a JPEG file; DeviceProblem where it is lost or silent."""

    def cut(self) -> None:
        """End what another thread reads, at once."""

    def release(self) -> None:
        """Let it go; called by the thread that reads."""


Source = TypeVar("Source", bound=PictureSource)


class PictureStream(Generic[Source]):
    """Reads from the moment it is made until ``close``.

    Parameters
    ----------
    opening
        Opens the source; raises DeviceProblem where that is not possible now.

    Attributes
    ----------
    taken
        Number of pictures so far; the newest has this number.
    connections
        How often the source was opened.
    source
        The source that is open now; None while there is none.
    """

    def __init__(self, opening: Callable[[], Source]) -> None:
        self.taken = self.connections = 0
        self.source: Source | None = None
        self._opening = opening
        self._changed = threading.Condition()
        self._newest = b""
        self._heard_s = float("-inf")
        self._problem: DeviceProblem | None = None
        self._closing, self._wanted = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="pictures", daemon=True)
        self._thread.start()

    def picture_after(self, number: int, limit_s: float, cancel: threading.Event) -> tuple[int, bytes]:
        """Wait for a picture newer than one, also while the source is opened again; return the newest with its number.

        Where it could not be opened the last time, that is tried again at once.

        Raises
        ------
        DeviceProblem
            Why the source cannot be opened; device_timeout: no picture came in ``limit_s``, or ``cancel`` was set.
        """
        until_s = time.monotonic() + limit_s
        with self._changed:
            known = self._problem
            self._wanted.set()
            while not cancel.is_set():
                if self.taken > number:
                    return self.taken, self._newest
                is_late = time.monotonic() >= until_s
                if self._problem is not None and (is_late or self._problem is not known):
                    raise DeviceProblem(self._problem.code, self._problem.hint)
                if is_late:
                    raise DeviceProblem("device_timeout", f"no picture for {limit_s:g} s")
                self._changed.wait(_LOOK_S)
        raise DeviceProblem("device_timeout", "given up")

    def is_live(self, silence_s: float) -> bool:
        """Return whether a picture came within the last ``silence_s``."""
        return time.monotonic() - self._heard_s < silence_s

    def close(self, wait_s: float) -> None:
        """Let the source go; one that does not return ends with the process."""
        self._closing.set()
        self._wanted.set()
        source = self.source
        if source is not None:
            source.cut()
        self._thread.join(wait_s)

    def _run(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._closing.is_set():
            before = self.taken
            self._wanted.clear()
            try:
                self._show()
            except DeviceProblem as problem:
                # What showed pictures until now is opened again at once, and nobody is told unless that fails.
                if self.taken > before:
                    wait_s = _FIRST_WAIT_S
                    self._closing.wait(_BETWEEN_S)
                    continue
                self._tell(problem)
            self._wanted.wait(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def _show(self) -> None:
        source = self._opening()
        self.source = source
        try:
            self.connections += 1
            while not self._closing.is_set():
                self._take(source.read())
        finally:
            self.source = None
            source.release()

    def _take(self, picture: bytes) -> None:
        with self._changed:
            self._newest, self._problem = picture, None
            self._heard_s = time.monotonic()
            self.taken += 1
            self._changed.notify_all()

    def _tell(self, problem: DeviceProblem) -> None:
        with self._changed:
            self._problem = problem
            self._changed.notify_all()
