"""Reading a card that the teller asked for, on a worker of its own: waited for, read, tried again until nobody waits any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from teller_assist.errors import CardUnreadableError, DeviceError, EvidenceError, KnownError, PluginError

AGAIN_AFTER_S = 1.0
# Why the chip did not open, and will not by itself.
CLOSED = frozenset({"access_refused", "access_unsupported"})
CardT = TypeVar("CardT")


class FindsCards(Protocol):
    """A reader, as far as waiting needs it."""

    def wait_for_card(self, cancel: threading.Event) -> None:
        """Return once a card lies on it, or when cancelled."""


class AskedReading(Generic[CardT]):
    """One request of the teller's.

    Parameters
    ----------
    read
        Reads the card that lies there.
    done
        Told the card and the milliseconds of its reading.
    failed
        Told why a try failed, and whether it is tried again; not where the chip did not open: it will not by itself.
    """

    def __init__(
        self,
        reader: FindsCards,
        read: Callable[[threading.Event], CardT],
        *,
        done: Callable[[threading.Event, CardT, float], None],
        failed: Callable[[threading.Event, KnownError, bool], None],
    ) -> None:
        self._reader, self._read, self._done, self._failed = reader, read, done, failed

    def run(self, asked: threading.Event) -> None:
        """Read until it succeeds, the chip refuses, or ``asked`` is set: nobody waits for it any more."""
        while not asked.is_set():
            try:
                self._reader.wait_for_card(asked)
                if asked.is_set():
                    return
                started_s = time.perf_counter()
                card = self._read(asked)
            except (DeviceError, PluginError, EvidenceError) as error:
                refused = isinstance(error, CardUnreadableError) and error.facts.get("why") in CLOSED
                if not asked.is_set():
                    self._failed(asked, error, not refused)
                if refused:
                    return
                asked.wait(AGAIN_AFTER_S)
                continue
            self._done(asked, card, 1000 * (time.perf_counter() - started_s))
            return
