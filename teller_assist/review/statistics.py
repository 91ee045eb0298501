"""A branch's figures over some days: how often alerts come, how often they were right, how long a decision takes, where and when.

One case is one customer at a counter. Every share stands with its counts and its exact interval, or with why there is none.
"""

from __future__ import annotations

import datetime
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import utc_text
from teller_assist.decision.judgement import AlertKind
from teller_assist.errors import RequestError
from teller_assist.review import statistics_queries as queries
from teller_assist.review.confirming import CONFIRMED_BY, Verdict, verdict
from teller_assist.review.database import Database
from teller_assist.review.people import LoggedIn
from teller_assist.review.periods import Period
from teller_assist.review.review_kinds import OPEN_STATES, Finding, ReviewState
from teller_assist.review.rights import Action, require
from teller_assist.review.shares import NoShare, Quantile, Share, quantile, share
from teller_assist.review.stations import Now
from teller_assist.review.statistics_queries import Scope
from teller_assist.review.tables import Branch, Station

KEPT_S = 60.0
_KEPT_MOST = 64
_MINUTE_S, _HOUR_S = 60, 3600
# Where the bars of the time to a decision end, in seconds; the last one has no end.
DECISION_ENDS_S = (60, 120, 300, 600, 900, 1800, _HOUR_S, 4 * _HOUR_S, 24 * _HOUR_S)


@dataclass(frozen=True)
class KindFigures:
    """One kind of alert.

    Attributes
    ----------
    alerted
        Customers with such an alert, of all.
    waiting, reviewed, confirmed, cleared, other
        Of those: still open; closed with a finding; what that finding says about the alert, see ``confirming``.
    ppv
        Confirmed of reviewed.
    """

    kind: AlertKind
    alerted: Share | NoShare
    waiting: int
    reviewed: int
    confirmed: int
    cleared: int
    other: int
    ppv: Share | NoShare


@dataclass(frozen=True)
class HourFigures:
    """One hour of the day, as the server's clock on the wall shows it; a zone off by half an hour counts by the hour's begin."""

    hour: int
    customers: int
    alerted: Share | NoShare


@dataclass(frozen=True)
class CameraFigures:
    """One camera at one station; camera is its plugin, "" where no case named one.

    Attributes
    ----------
    quality
        Customers with an alert of picture quality.
    """

    station_id: str
    station_name: str
    branch_id: str
    camera: str
    customers: int
    alerted: Share | NoShare
    quality: Share | NoShare


@dataclass(frozen=True)
class DecisionTimes:
    """From the receipt of a case to the decision that closed it; what is still open is not among them.

    Attributes
    ----------
    closed
        How many were.
    median, p90
        None: none was closed.
    bars
        How many took up to each of ``DECISION_ENDS_S``, the last one longer.
    """

    closed: int
    median: Quantile | None
    p90: Quantile | None
    bars: tuple[int, ...]


@dataclass(frozen=True)
class OpenCases:
    """What is open now, whatever its day; oldest is when the oldest was received, "" where there is none."""

    state: ReviewState
    cases: int
    oldest: str


@dataclass(frozen=True)
class BranchStatistics:
    """All figures of one period.

    Attributes
    ----------
    branch_ids
        Whose cases.
    made
        When they were counted.
    """

    period: Period
    branch_ids: tuple[str, ...]
    made: str
    customers: int
    alerted: Share | NoShare
    kinds: tuple[KindFigures, ...]
    hours: tuple[HourFigures, ...]
    cameras: tuple[CameraFigures, ...]
    decisions: DecisionTimes
    open_now: tuple[OpenCases, ...]


class Statistics:
    """The statistics of one server; counted at most once a minute for the same branch and days.

    Parameters
    ----------
    clock
        Monotonic, in seconds.
    """

    def __init__(self, database: Database, now: Now, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._now, self._clock = database, now, clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[tuple[str, ...], Period], tuple[float, BranchStatistics]] = {}

    def of(self, person: LoggedIn, period: Period, branch_id: str = "") -> BranchStatistics:
        """Return the figures of the person's branch, or of the one that somebody of all branches chooses; "" is all of them.

        Raises
        ------
        LoginError, RequestError
            "not_permitted"; "not_found": there is no such branch, or not for this person.
        """
        branch_ids = tuple(self.branches(person, branch_id))
        key = branch_ids, period
        with self._lock:  # who asks for the same meanwhile waits for the answer instead of counting again
            counted = self._kept.get(key)
            if counted is not None and self._clock() - counted[0] < KEPT_S:
                return counted[1]
            found = self._counted(period, branch_ids)
            self._kept.pop(key, None)
            self._kept[key] = self._clock(), found
            while len(self._kept) > _KEPT_MOST:
                del self._kept[next(iter(self._kept))]
        return found

    def branches(self, person: LoggedIn, branch_id: str = "") -> Mapping[str, str]:
        """Return the branches that a person may count, by id with their names; only the chosen one where one is.

        Raises
        ------
        LoginError, RequestError
            As for ``of``.
        """
        require(person, Action.SEE_STATISTICS)
        with self._database.reading() as session:
            rows = session.execute(select(Branch.branch_id, Branch.name).order_by(Branch.name, Branch.branch_id))
            named = {one: name for one, name in rows if person.sees(one) and branch_id in ("", one)}
        if not named:
            raise RequestError("not_found")
        return named

    def _counted(self, period: Period, branch_ids: tuple[str, ...]) -> BranchStatistics:
        scope = Scope(branch_ids, period.begin, period.end)
        with self._database.reading() as session:
            hours = _hours(queries.by_hour(session, scope), period)
            customers = sum(one.customers for one in hours)
            alerted = sum(one.alerted.count for one in hours if isinstance(one.alerted, Share))
            return BranchStatistics(
                period=period,
                branch_ids=branch_ids,
                made=utc_text(self._now()),
                customers=customers,
                alerted=_of_customers(alerted, customers),
                kinds=_kinds(session, scope, customers),
                hours=hours,
                cameras=_cameras(session, scope),
                decisions=_decisions(queries.durations(session, scope)),
                open_now=_open_now(session, branch_ids),
            )


def _of_customers(count: int, customers: int) -> Share | NoShare:
    return share(count, customers, none="no_customers")


def _hours(counted: Sequence[tuple[str, int, int]], period: Period) -> tuple[HourFigures, ...]:
    customers, alerted = Counter[int](), Counter[int]()
    for text, number, with_alerts in counted:
        moment = datetime.datetime.fromisoformat(f"{text}:00:00+00:00")
        hour = moment.astimezone(period.zone).hour
        customers[hour] += number
        alerted[hour] += with_alerts
    return tuple(HourFigures(hour, customers[hour], _of_customers(alerted[hour], customers[hour])) for hour in range(24))


def _kinds(session: Session, scope: Scope, customers: int) -> tuple[KindFigures, ...]:
    alerted, waiting = queries.alerts_by_kind(session, scope), queries.waiting_by_kind(session, scope)
    said = Counter[tuple[str, Verdict]]()
    for kind, finding, number in queries.findings_by_kind(session, scope):
        said[kind, verdict(AlertKind(kind), Finding(finding))] += number
    found = [_kind(kind, alerted.get(kind, 0), customers, waiting.get(kind, 0), said) for kind in AlertKind]
    return tuple(sorted((one for one in found if alerted.get(one.kind, 0)), key=lambda one: -alerted[one.kind]))


def _kind(kind: AlertKind, alerted: int, customers: int, waiting: int, said: Counter[tuple[str, Verdict]]) -> KindFigures:
    confirmed, cleared, other = (said[kind, one] for one in (Verdict.CONFIRMED, Verdict.CLEARED, Verdict.OTHER))
    reviewed = confirmed + cleared + other
    ppv = share(confirmed, reviewed, none="none_reviewed") if CONFIRMED_BY[kind] else NoShare("states_a_fact", reviewed)
    return KindFigures(kind, _of_customers(alerted, customers), waiting, reviewed, confirmed, cleared, other, ppv)


def _cameras(session: Session, scope: Scope) -> tuple[CameraFigures, ...]:
    counted, quality = queries.by_camera(session, scope), queries.quality_by_camera(session, scope)
    rows = session.execute(select(Station.station_id, Station.name, Station.branch_id))
    stations = {one: (name, branch_id) for one, name, branch_id in rows}
    found = [
        CameraFigures(
            station,
            *stations.get(station, ("", "")),
            camera,
            customers,
            _of_customers(alerted, customers),
            _of_customers(quality.get((station, camera), 0), customers),
        )
        for station, camera, customers, alerted in counted
    ]
    return tuple(sorted(found, key=lambda one: (one.branch_id, one.station_name, one.station_id, one.camera)))


def _decisions(durations: Sequence[tuple[int, int]]) -> DecisionTimes:
    closed = sum(cases for _, cases in durations)
    bars = [0] * (len(DECISION_ENDS_S) + 1)
    for seconds, cases in durations:
        bars[sum(seconds > end for end in DECISION_ENDS_S)] += cases
    if not closed:
        return DecisionTimes(0, None, None, tuple(bars))
    return DecisionTimes(closed, quantile(durations, 0.5), quantile(durations, 0.9), tuple(bars))


def _open_now(session: Session, branch_ids: tuple[str, ...]) -> tuple[OpenCases, ...]:
    counted = {state: (cases, oldest) for state, cases, oldest in queries.open_cases(session, branch_ids)}
    return tuple(OpenCases(state, *counted.get(state, (0, ""))) for state in OPEN_STATES)
