"""A one-place mailbox between threads: the newest value replaces the old one, so that nothing queues up."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class NewestSlot(Generic[T]):
    """The writer never waits; the reader gets the newest value once."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._value: T | None = None
        self._closed = False

    def put(self, value: T) -> None:
        """Leave a value; one that was not taken is replaced."""
        with self._condition:
            self._value = value
            self._condition.notify()

    def take(self, timeout_s: float = 0.0) -> T | None:
        """Return the newest value that was not taken yet; None when there is none within the time, or the slot is closed."""
        with self._condition:
            if self._value is None and timeout_s > 0 and not self._closed:
                self._condition.wait(timeout_s)
            value, self._value = self._value, None
            return value

    def clear(self) -> None:
        """Forget a value that was not taken."""
        with self._condition:
            self._value = None

    def close(self) -> None:
        """Wake a waiting reader for good."""
        with self._condition:
            self._closed = True
            self._value = None
            self._condition.notify_all()
