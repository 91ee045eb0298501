"""Figures for whoever watches the server: counts and times, nobody's data."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from teller_assist.review.records import BranchRecords


class Metrics:
    """One server's figures, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.answers = Counter(
            "teller_assist_answers", "Answers by route and status", ("route", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "teller_assist_answer_seconds", "Time from request to answer", ("route",), registry=self._registry
        )
        self._cases = Gauge("teller_assist_cases", "Cases kept", registry=self._registry)
        self._alerts = Gauge("teller_assist_alerts", "Alerts kept", registry=self._registry)
        self._missing = Gauge(
            "teller_assist_announced_without_case", "Announced station numbers without a case yet", registry=self._registry
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
        """Return the figures in Prometheus' text form."""
        counts = records.cases.counts()
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
