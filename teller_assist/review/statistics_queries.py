"""What the statistics ask the database: sums over indexed columns, never row by row, with what both databases know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, distinct, func, select
from sqlalchemy.orm import Session, aliased

from teller_assist.decision.judgement import AlertKind
from teller_assist.review.review_kinds import OPEN_STATES, ReviewState
from teller_assist.review.tables import AlertRow, Case, FindingRow

_HOUR_CHARACTERS = 13  # YYYY-MM-DDTHH
_WITH_ALERTS = func.sum(case((Case.with_alerts, 1), else_=0))


@dataclass(frozen=True)
class Scope:
    """Which cases are counted.

    Attributes
    ----------
    begin, end
        Moments of receipt, UTC; the end is excluded.
    """

    branch_ids: tuple[str, ...]
    begin: str
    end: str

    def cases(self) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions on cases."""
        return Case.branch_id.in_(self.branch_ids), Case.received >= self.begin, Case.received < self.end

    def alerts(self) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions on alerts; every kind is named, so that their index leads to each."""
        kinds = AlertRow.kind.in_(tuple(AlertKind))
        return (
            AlertRow.branch_id.in_(self.branch_ids),
            kinds,
            AlertRow.received >= self.begin,
            AlertRow.received < self.end,
        )


def last_finding() -> ColumnElement[bool]:
    """Return the condition that a finding is its case's last one."""
    later = aliased(FindingRow)
    return FindingRow.number == select(func.max(later.number)).where(later.case_id == Case.case_id).scalar_subquery()


def by_hour(session: Session, scope: Scope) -> Sequence[tuple[str, int, int]]:
    """Return (hour in UTC with its day, customers, customers with alerts), by when they were at the counter."""
    hour = func.substr(Case.created, 1, _HOUR_CHARACTERS)
    query = select(hour, func.count(), _WITH_ALERTS).where(*scope.cases()).group_by(hour)
    return [(one, customers, alerted) for one, customers, alerted in session.execute(query)]


def by_camera(session: Session, scope: Scope) -> Sequence[tuple[str, str, int, int]]:
    """Return (station, camera, customers, customers with alerts)."""
    query = select(Case.station_id, Case.camera, func.count(), _WITH_ALERTS)
    query = query.where(*scope.cases()).group_by(Case.station_id, Case.camera)
    return [(station, camera, customers, alerted) for station, camera, customers, alerted in session.execute(query)]


def quality_by_camera(session: Session, scope: Scope) -> dict[tuple[str, str], int]:
    """Return how many customers of each station and camera had an alert of picture quality."""
    query = select(Case.station_id, Case.camera, func.count(distinct(Case.case_id)))
    query = query.join(AlertRow, AlertRow.case_id == Case.case_id)
    query = query.where(*scope.alerts(), AlertRow.kind == AlertKind.QUALITY).group_by(Case.station_id, Case.camera)
    return {(station, camera): customers for station, camera, customers in session.execute(query)}


def alerts_by_kind(session: Session, scope: Scope) -> dict[str, int]:
    """Return how many customers had an alert of each kind."""
    query = select(AlertRow.kind, func.count(distinct(AlertRow.case_id))).where(*scope.alerts()).group_by(AlertRow.kind)
    return dict(session.execute(query).all())


def waiting_by_kind(session: Session, scope: Scope) -> dict[str, int]:
    """Return how many customers with an alert of each kind wait for a decision."""
    query = select(AlertRow.kind, func.count(distinct(Case.case_id))).join(Case, Case.case_id == AlertRow.case_id)
    query = query.where(*scope.cases(), Case.state.in_(OPEN_STATES)).group_by(AlertRow.kind)
    return dict(session.execute(query).all())


def findings_by_kind(session: Session, scope: Scope) -> Sequence[tuple[str, str, int]]:
    """Return (alert kind, last finding, customers) of closed cases."""
    query = select(AlertRow.kind, FindingRow.finding, func.count(distinct(Case.case_id)))
    query = query.join(Case, Case.case_id == AlertRow.case_id).join(FindingRow, FindingRow.case_id == Case.case_id)
    query = query.where(*scope.cases(), Case.state == ReviewState.CLOSED, last_finding())
    return [
        (kind, found, customers) for kind, found, customers in session.execute(query.group_by(AlertRow.kind, FindingRow.finding))
    ]


def durations(session: Session, scope: Scope) -> list[tuple[int, int]]:
    """Return (seconds from receipt to decision, cases), by seconds."""
    query = select(Case.closed_after_s, func.count()).where(*scope.cases(), Case.state == ReviewState.CLOSED)
    query = query.group_by(Case.closed_after_s).order_by(Case.closed_after_s)
    return [(seconds, cases) for seconds, cases in session.execute(query) if seconds is not None]


def open_cases(session: Session, branch_ids: tuple[str, ...]) -> Sequence[tuple[str, int, str]]:
    """Return (state, cases, when the oldest was received) of what is open now, whatever its day."""
    query = select(Case.state, func.count(), func.min(Case.received))
    query = query.where(Case.branch_id.in_(branch_ids), Case.state.in_(OPEN_STATES)).group_by(Case.state)
    return [(state, cases, oldest) for state, cases, oldest in session.execute(query)]
