"""A clock that never runs backwards: what was over once (a signature's window, a session, a lock) stays over.

While the machine's clock is behind a moment that is known already, time goes on from that moment at its ordinary pace.
"""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable

Now = Callable[[], datetime.datetime]


class SteadyClock:
    """The present moment, or later where the machine's clock went back. Safe for several threads.

    Parameters
    ----------
    now
        The machine's clock, with a time zone.
    monotonic_s
        Seconds that never run back.
    """

    def __init__(self, now: Now, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._now, self._monotonic_s = now, monotonic_s
        self._lock = threading.Lock()
        self._last, self._last_s = now(), monotonic_s()

    def __call__(self) -> datetime.datetime:
        """Return the moment."""
        with self._lock:
            now, now_s = self._now(), self._monotonic_s()
            gone_on = self._last + datetime.timedelta(seconds=now_s - self._last_s)
            self._last, self._last_s = (now if now >= self._last else gone_on), now_s
            return self._last

    def know(self, moment: datetime.datetime) -> None:
        """Go on from a moment that is on record, where the clock is behind it."""
        with self._lock:
            self._last = max(self._last, moment)

    def ahead_s(self) -> float:
        """Return by how many seconds this clock is ahead of the machine's; 0 in the ordinary case."""
        return (self() - self._now()).total_seconds()
