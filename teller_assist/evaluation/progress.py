"""Lines about how far a long run has come."""

from __future__ import annotations

import time
from collections.abc import Callable

EVERY_S = 5.0
_BAR_CELLS = 20


class ProgressLines:
    """A bar, a count, a pace and the time that is left, every few seconds and at the end.

    Parameters
    ----------
    what
        The name of the work.
    total
        Steps in all; without any, nothing is told.
    tell
        Gets the lines.
    """

    def __init__(self, what: str, total: int, tell: Callable[[str], None]) -> None:
        self._what, self._total, self._tell = what, total, tell
        self._done = 0
        self._started_s = self._told_s = time.monotonic()

    def step(self) -> None:
        """Count one step."""
        self._done += 1
        now_s = time.monotonic()
        if now_s - self._told_s >= EVERY_S or self._done == self._total:
            self._told_s = now_s
            self._tell(self._line(now_s - self._started_s))

    def _line(self, spent_s: float) -> str:
        full = _BAR_CELLS * self._done // self._total
        pace = self._done / max(spent_s, 1e-9)
        left_s = round((self._total - self._done) / pace)
        bar = "#" * full + "." * (_BAR_CELLS - full)
        return f"{self._what} [{bar}] {self._done}/{self._total}, {pace:.1f}/s, {left_s // 60}:{left_s % 60:02d} left"
