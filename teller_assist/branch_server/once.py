"""Secrets that a page shows once, after the form that made them: in memory, for the session that asked, gone when shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from teller_assist.wording import Sentences

_KEPT_S = 120.0
_KEPT_MOST = 100


class ShownOnce:
    """What waits to be shown, by session.

    Parameters
    ----------
    clock
        Monotonic, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[float, Sentences]] = {}

    def __repr__(self) -> str:
        return "ShownOnce(***)"

    def put(self, session: str, told: Sentences) -> None:
        """Have something shown on the next page of a session."""
        with self._lock:
            self._waiting[session] = (self._clock(), told)
            while len(self._waiting) > _KEPT_MOST:
                del self._waiting[next(iter(self._waiting))]

    def take(self, session: str) -> Sentences | None:
        """Return what waits for a session, and forget it; None: nothing, or nobody came for it in time."""
        with self._lock:
            since_s, told = self._waiting.pop(session, (0.0, None))
            return told if told is not None and self._clock() - since_s <= _KEPT_S else None
