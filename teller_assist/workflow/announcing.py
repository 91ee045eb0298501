"""Telling whoever listens that something changed, and a clock that ticks on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Announcer:
    """Calls every listener without a payload; what changed, the listener asks for."""

    def __init__(self) -> None:
        self._listeners: tuple[tuple[Callable[[], None], Callable[[], None]], ...] = ()

    def subscribe(self, changed: Callable[[], None], preview: Callable[[], None]) -> None:
        """Add a listener: for changes of the view, and for new preview frames."""
        self._listeners = (*self._listeners, (changed, preview))

    def changed(self) -> None:
        """Tell that the view changed."""
        for changed, _ in self._listeners:
            changed()

    def frame_shown(self) -> None:
        """Tell that a preview frame waits."""
        for _, preview in self._listeners:
            preview()

    def close(self) -> None:
        """Tell nobody anything any more."""
        self._listeners = ()


class Clock:
    """Calls a function again and again.

    Parameters
    ----------
    tick
        Expected to return soon.
    """

    def __init__(self, step_s: float, tick: Callable[[], None]) -> None:
        self._step_s = step_s
        self._tick = tick
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock")
        self._thread.start()

    def close(self) -> None:
        """Stop it and wait for its thread."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.wait(self._step_s):
            self._tick()
