"""Figures for whoever watches the server: counts and times, nobody's data."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from teller_assist.errors import DatabaseError
from teller_assist.review.records import BranchRecords

_COUNTED_EVERY_S = 60.0  # counting a million cases takes longer than a look at the figures may


class Metrics:
    """One server's figures: of its answers, told always, and of its records, told while the database answers.

    Parameters
    ----------
    clock_s
        Monotonic.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s, self._lock = clock_s, threading.Lock()
        self._counts: Mapping[str, int] = {}
        self._counted_s = 0.0
        self._answering, self._registry = CollectorRegistry(), CollectorRegistry()
        self.answers = Counter(
            "teller_assist_answers", "Answers by route and status", ("route", "status"), registry=self._answering
        )
        self.seconds = Histogram(
            "teller_assist_answer_seconds", "Time from request to answer", ("route",), registry=self._answering
        )
        self._database = Gauge(
            "teller_assist_database_answers",
            "1: the database answers, 0: it does not, and the figures of the records are not told",
            registry=self._answering,
        )
        self._cases = Gauge("teller_assist_cases", "Cases kept", registry=self._registry)
        self._alerts = Gauge("teller_assist_alerts", "Alerts kept", registry=self._registry)
        self._missing = Gauge(
            "teller_assist_announced_without_case", "Announced station numbers without a case yet", registry=self._registry
        )
        self._persons = Gauge(
            "teller_assist_persons", "Persons whose faces were compared here, counted every hour", registry=self._registry
        )
        self._watched = {
            name: Gauge(f"teller_assist_{name}", told, registry=self._registry)
            for name, told in (
                ("station_alerts_open", "Alerts about stations or the server that are neither over nor acknowledged"),
                ("second_place", "1: signed heads are kept in a second place, 0: there is none"),
                ("second_place_failing", "1: the last try to write there failed, or the chain differs from what is there"),
                ("second_place_behind", "Audit entries that are not vouched for there yet"),
                ("chain_checked_until", "The last audit entry that the running check has looked at"),
                ("chain_broken", "1: the running check found a fault"),
            )
        }

    def text(self, records: BranchRecords) -> bytes:
        """Return the figures in Prometheus' text form; whoever watches sees the refusals of an outage while it lasts."""
        try:
            of_records = self._of_records(records)
        except DatabaseError:
            self._database.set(0)
            return generate_latest(self._answering)
        self._database.set(1)
        return generate_latest(self._answering) + of_records

    def _of_records(self, records: BranchRecords) -> bytes:
        counts, persons = self._counted(records), records.retention.counted
        self._persons.set(0 if persons is None else persons.persons)
        self._cases.set(counts["cases"])
        self._alerts.set(counts["alerts"])
        self._missing.set(counts["announced_without_case"])
        heads, check = records.proof.heads.state(), records.proof.check.state()
        told = {
            "station_alerts_open": records.proof.alerts.open_count(),
            "second_place": int(heads.is_set),
            "second_place_failing": int(not heads.writable or heads.differs),
            "second_place_behind": heads.behind if heads.is_set else 0,
            "chain_checked_until": check.until,
            "chain_broken": int(check.fault is not None),
        }
        for name, value in told.items():
            self._watched[name].set(value)
        return generate_latest(self._registry)

    def _counted(self, records: BranchRecords) -> Mapping[str, int]:
        """Return the counts of cases, at most a minute old; who comes while they are made waits for them."""
        with self._lock:
            if not self._counts or self._clock_s() - self._counted_s >= _COUNTED_EVERY_S:
                self._counts, self._counted_s = records.cases.counts(), self._clock_s()
            return self._counts
