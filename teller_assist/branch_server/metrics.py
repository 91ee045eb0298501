"""Figures for whoever watches the server: counts and times, nobody's data."""

from __future__ import annotations

import math
import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from teller_assist.review.records import BranchRecords

# A million announced numbers take more than a second to count, and whoever watches asks every few seconds.
_SLOW_S = 0.5
_HOLD_S = 60.0


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

        self._counted_s, self._took_s = -math.inf, 0.0

    def text(self, records: BranchRecords) -> bytes:
        """Return the figures in Prometheus' text form; where counting takes long, counts of the last minute."""
        begun_s = time.monotonic()
        if self._took_s > _SLOW_S and begun_s - self._counted_s < _HOLD_S:
            return generate_latest(self._registry)
        counts = records.cases.counts()
        self._counted_s, self._took_s = begun_s, time.monotonic() - begun_s
        self._cases.set(counts["cases"])
        self._alerts.set(counts["alerts"])
        self._missing.set(counts["announced_without_case"])
        return generate_latest(self._registry)
