"""The server checks its own chain while it runs: slice by slice, all of it once a day, what is new as it comes."""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass, replace

from sqlalchemy import select

from teller_assist.alerts.canonical import utc_text
from teller_assist.review.audit import link_of
from teller_assist.review.audit_check import ChainFault, ChainWalk, Tampering
from teller_assist.review.clock import Now
from teller_assist.review.database import Database
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.station_alerts import StationAlerts, StationWhy
from teller_assist.review.tables import AuditEntry
from teller_assist.settings.logs import Subject, logger_for

SLICE = 500  # entries: some tens of milliseconds, so that no station waits
_ANEW_AFTER = datetime.timedelta(days=1)


@dataclass(frozen=True)
class CheckState:
    """How far the check has come.

    Attributes
    ----------
    until
        The last entry that this pass has looked at.
    complete_at, complete_entries
        When everything there was had last been looked at, and how much that was; "" and 0: not yet since the start.
    fault
        The first that was found; None: none.
    """

    until: int = 0
    complete_at: str = ""
    complete_entries: int = 0
    fault: ChainFault | None = None


class RunningCheck:
    """One server's check. ``step`` is to be called by one thread."""

    def __init__(self, database: Database, keys: PrivateKeys, alerts: StationAlerts, now: Now) -> None:
        self._database, self._keys, self._alerts, self._now = database, keys, alerts, now
        self._lock = threading.Lock()
        self._state = CheckState()
        self._begin()

    def state(self) -> CheckState:
        """Return how far it has come."""
        with self._lock:
            return self._state

    def step(self) -> bool:
        """Look at the next slice; returns whether there is more to look at now.

        Raises
        ------
        DatabaseError, ResourceError
        """
        if self.state().fault is not None:
            return False  # the first fault stays told: somebody has to look
        if self._now() - self._begun > _ANEW_AFTER:
            self._begin()
        query = select(AuditEntry).where(AuditEntry.number > self._walk.index).order_by(AuditEntry.number).limit(SLICE)
        with self._database.reading() as session:
            links = [replace(link_of(row), suite=self._keys.suite) for row in session.scalars(query)]
            newest = session.scalar(select(AuditEntry.number).order_by(AuditEntry.number.desc()).limit(1)) or 0
        for link in links:
            fault = self._walk.take(link)
            if fault is None and self._walk.unsigned is not None:
                fault = ChainFault(self._walk.unsigned, Tampering.HEAD_SIGNATURE)
            if fault is not None:
                self._found(fault)
                return False
        if newest < self._walk.index:
            self._found(ChainFault(newest + 1, Tampering.TRUNCATED))
            return False
        self._note(done=self._walk.index == newest)
        return self._walk.index < newest

    def _begin(self) -> None:
        self._walk, self._begun = ChainWalk(self._keys.public), self._now()

    def _note(self, *, done: bool) -> None:
        with self._lock:
            self._state = replace(self._state, until=self._walk.index)
            if done:
                at = utc_text(self._now())
                self._state = replace(self._state, complete_at=at, complete_entries=self._walk.index)

    def _found(self, fault: ChainFault) -> None:
        with self._lock:
            self._state = replace(self._state, until=self._walk.index, fault=fault)
        logger_for(Subject.BRANCH).error("the audit chain is not whole: entry %d, %s", fault.index, fault.kind.value)
        self._alerts.set_server(StationWhy.CHAIN_BROKEN, wrong=True)
