"""Everything that watches over one server's record, joined."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from teller_assist.review.audit_log import AuditLog
from teller_assist.review.clock import Now, SteadyClock
from teller_assist.review.database import Database
from teller_assist.review.heads import Heads
from teller_assist.review.running_check import RunningCheck
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.station_alerts import StationAlerts, StationWhy
from teller_assist.review.station_health import StationHealth
from teller_assist.review.station_watch import StationWatch

_AHEAD_LEAST_S = 2.0


@dataclass(frozen=True)
class ProofPolicy:
    """What is watched, and how closely.

    Attributes
    ----------
    heads_folder
        The second place for signed heads; None: there is none.
    head_every_entries, head_every
        A head is written after so many entries, or so long after the last one.
    case_within
        How long after the announcement of its number a case may come.
    silent_after
        How long a station may send nothing.
    """

    heads_folder: Path | None = None
    head_every_entries: int = 100
    head_every: datetime.timedelta = datetime.timedelta(minutes=1)
    case_within: datetime.timedelta = datetime.timedelta(hours=12)
    silent_after: datetime.timedelta = datetime.timedelta(hours=26)


class Proof:
    """One server's proof.

    Parameters
    ----------
    data
        The data folder, to tell whether the second place lies on the same disk.
    """

    def __init__(self, database: Database, keys: PrivateKeys, clock: SteadyClock, data: Path, policy: ProofPolicy) -> None:
        now: Now = clock
        self._clock = clock
        self.alerts = StationAlerts(database, keys, now)
        self.health = StationHealth(database, now)
        self.log = AuditLog(database, keys)
        self.check = RunningCheck(database, keys, self.alerts, now)
        self.watch = StationWatch(database, self.alerts, now, case_within=policy.case_within, silent_after=policy.silent_after)
        self.heads = Heads(
            database,
            keys,
            self.alerts,
            now,
            data=data,
            folder=policy.heads_folder,
            every_entries=policy.head_every_entries,
            every=policy.head_every,
        )

    def look(self) -> None:
        """Look at stations and clock once; for whoever keeps the time.

        Raises
        ------
        DatabaseError, ResourceError
        """
        self.alerts.set_server(StationWhy.CLOCK_WENT_BACK, wrong=self._clock.ahead_s() > _AHEAD_LEAST_S)
        self.watch.look()
