"""Brings what waits to the branch server: in order, again and again, on a thread of its own. Nobody waits for it.

Every few minutes, and at the start, it also tells how the station fares; that the way is open is known from it, too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from teller_assist.errors import BranchRefusedError, KnownError
from teller_assist.settings.logs import Subject, logger_for
from teller_assist.settings.schema import BranchSettings

# The server will never take these as they are: another content under the same number, too large, no shape of ours.
NEVER_TAKEN = frozenset({409, 413, 422})
_logger = logger_for(Subject.BRANCH)


class Deliverer(Protocol):
    """What the courier carries, one piece at a time."""

    def deliver_next(self) -> bool:
        """Deliver one piece; returns whether there may be more. Raises KnownError where it did not arrive."""

    def beat(self) -> None:
        """Tell the server how the station fares. Raises KnownError where it did not arrive."""


@dataclass(frozen=True)
class Reach:
    """How the way to the server fares.

    Attributes
    ----------
    reachable
        None: not tried yet. True with a problem: it answers and refuses.
    """

    reachable: bool | None
    problem: KnownError | None


class Courier:
    """The thread.

    Parameters
    ----------
    changed
        Called when ``reach`` changed.
    """

    def __init__(self, deliverer: Deliverer, settings: BranchSettings, changed: Callable[[], None]) -> None:
        self._deliverer, self._settings, self._changed = deliverer, settings, changed
        self._closed = threading.Event()
        self._wanted = threading.Event()
        self._failures = 0
        self._beat_due_s = time.monotonic()
        self.reach = Reach(None, None)
        # A request that hangs must not keep the program: it ends within its time-out, or with the process.
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something new; it is tried at once, also during a wait."""
        self._wanted.set()

    def close(self, timeout_s: float) -> None:
        """Stop after the piece that is under way, or leave it behind."""
        self._closed.set()
        self._wanted.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        wait_s = 0.0
        while not self._closed.is_set():
            self._wanted.wait(wait_s if self._failures else max(0.0, self._beat_due_s - time.monotonic()))
            self._wanted.clear()
            if not self._closed.is_set():
                wait_s = self._deliver_all()

    def _deliver_all(self) -> float:
        """Deliver until nothing is left or something fails; returns how long to wait then."""
        try:
            while not self._closed.is_set() and self._deliverer.deliver_next():
                self._arrived()
            self._beat_if_due()
        except KnownError as error:
            self._failed(error)
            return self._wait_s(error)
        self._arrived()
        return 0.0

    def _beat_if_due(self) -> None:
        if not self._closed.is_set() and time.monotonic() >= self._beat_due_s:
            self._deliverer.beat()
            self._beat_due_s = time.monotonic() + self._settings.heartbeat_every_s

    def _wait_s(self, error: KnownError) -> float:
        doubled = self._settings.retry_first_s * float(2 ** min(self._failures - 1, 16))
        return min(max(doubled, float(error.facts.get("retry_after_s", 0))), self._settings.retry_most_s)

    def _arrived(self) -> None:
        if self._failures:
            _logger.info("the branch server takes records again")
        self._failures = 0
        self._become(Reach(True, None))

    def _failed(self, error: KnownError) -> None:
        self._failures += 1
        if self._failures == 1:  # an outage is logged once, its end once
            _logger.info("records wait: %s", error)
        self._become(Reach(isinstance(error, BranchRefusedError), error))

    def _become(self, reach: Reach) -> None:
        known = (self.reach.reachable, getattr(self.reach.problem, "reason", ""))
        self.reach = reach
        if known != (reach.reachable, getattr(reach.problem, "reason", "")):
            self._changed()
