"""How many requests one sender may send, a bucket of tokens each; how many large ones are taken in at once."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from teller_assist.errors import RequestError

PER_MINUTE = 600
LARGE_AT_ONCE = 60  # bodies of cases that are being read: with their largest size this bounds what strangers can make us hold
GUESSES_PER_MINUTE = 60  # behind a proxy all people share one address, and a shift begins for all at once
_SENDERS_MOST = 10_000


class RateLimit:
    """Lets a sender send so many requests a minute, a minute's worth at once.

    Parameters
    ----------
    clock
        Monotonic, in seconds.
    """

    def __init__(self, per_minute: int = PER_MINUTE, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}  # sender -> tokens left, when that was

    def take(self, sender: str) -> None:
        """Count one request.

        Raises
        ------
        RequestError
            "too_many_requests", with the seconds to wait as the fact ``retry_after_s``.
        """
        now_s = self._clock()
        with self._lock:
            left, since_s = self._buckets.pop(sender, (float(self._per_minute), now_s))
            left = min(float(self._per_minute), left + (now_s - since_s) * self._per_minute / 60)
            self._buckets[sender] = (left - 1 if left >= 1 else left, now_s)
            while len(self._buckets) > _SENDERS_MOST:
                del self._buckets[next(iter(self._buckets))]
        if left < 1:
            raise RequestError("too_many_requests", retry_after_s=max(1, math.ceil((1 - left) * 60 / self._per_minute)))


class AtOnce:
    """Lets so many things go on at once; entered and left in the server's event loop only."""

    def __init__(self, most: int) -> None:
        self._most, self._now = most, 0

    def __enter__(self) -> None:
        """Begin one.

        Raises
        ------
        RequestError
            "too_many_requests", with the seconds to wait as the fact ``retry_after_s``.
        """
        if self._now >= self._most:
            raise RequestError("too_many_requests", retry_after_s=1)
        self._now += 1

    def __exit__(self, *_error: object) -> None:
        """End it."""
        self._now -= 1
