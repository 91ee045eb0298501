"""Which cases stand on a page of a list: by key, newest first, quick however many cases there are.

A filter with several branches or states is one question for each of them, and their answers are merged: each question then has an
index whose order is the list's, and reads no more cases than a page shows. As one question both databases would rather read all.

    open cases of two branches = merge(branch a, waiting; branch a, sign_off; branch b, waiting; branch b, sign_off)
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select, true, tuple_
from sqlalchemy.orm import Session

from teller_assist.review.branches import ALL_BRANCHES
from teller_assist.review.tables import AlertRow, Branch, Case

Place = tuple[str, str]  # (received, case_id): where a case stands in the list


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list shows; what is left empty restricts nothing.

    Attributes
    ----------
    states
        Of the review.
    begin, end
        Moments of receipt, UTC; the end is excluded.
    """

    only_alerts: bool = False
    alert_kind: str = ""
    states: tuple[str, ...] = ()
    branch_id: str = ALL_BRANCHES
    teller: str = ""
    station_id: str = ""
    business_kind: str = ""
    begin: str = ""
    end: str = ""

    @property
    def by_time_alone(self) -> bool:
        """Whether nothing but a span of time restricts it: the index by time leads to every case of it."""
        return not (self.only_alerts or self.alert_kind or self.states or self.teller or self.station_id or self.business_kind)


def page_places(session: Session, branch_id: str, wanted: CaseFilter, after: Place | None, limit: int) -> list[Place]:
    """Return the places of the cases on a page, newest first.

    Parameters
    ----------
    branch_id
        Whose cases; "": all branches'.
    """
    parts = [list(_part(session, one, state, wanted, after, limit)) for one, state in _questions(session, branch_id, wanted)]
    return list(itertools.islice(heapq.merge(*parts, reverse=True), limit))


def _questions(session: Session, branch_id: str, wanted: CaseFilter) -> Iterator[tuple[str, str]]:
    """Yield a branch and a state for each question; "": of all."""
    branches: Sequence[str] = [branch_id]
    if branch_id == ALL_BRANCHES and not wanted.by_time_alone:
        branches = list(session.scalars(select(Branch.branch_id)))
    # An alert's kind leads by itself; its cases are few.
    states = wanted.states if wanted.states and not wanted.alert_kind else ("",)
    return itertools.product(branches, states)


def _part(session: Session, branch_id: str, state: str, wanted: CaseFilter, after: Place | None, limit: int) -> Iterator[Place]:
    query = _by_kind(branch_id, wanted) if wanted.alert_kind else _by_case(branch_id, state, wanted)
    received, case_id = (AlertRow.received, AlertRow.case_id) if wanted.alert_kind else (Case.received, Case.case_id)
    if after is not None:
        query = query.where(tuple_(received, case_id) < after)
    if wanted.begin:
        query = query.where(received >= wanted.begin)
    if wanted.end:
        query = query.where(received < wanted.end)
    for row in session.execute(query.order_by(received.desc(), case_id.desc()).limit(limit)):
        yield row[0], row[1]


def _by_case(branch_id: str, state: str, wanted: CaseFilter) -> Select[str, str]:
    query = select(Case.received, Case.case_id)
    if branch_id != ALL_BRANCHES:
        query = query.where(Case.branch_id == branch_id)
    return query.where(*_restricted(state, wanted, led=False))


def _by_kind(branch_id: str, wanted: CaseFilter) -> Select[str, str]:
    """Be led by the alerts' own index: some kinds are rare."""
    query = select(AlertRow.received, AlertRow.case_id).join(Case, AlertRow.case_id == Case.case_id)
    query = query.where(AlertRow.branch_id == branch_id, AlertRow.kind == wanted.alert_kind)
    if wanted.states:
        query = query.where(Case.state.in_(wanted.states))
    return query.where(*_restricted("", wanted, led=True))


def _restricted(state: str, wanted: CaseFilter, *, led: bool) -> Iterator[ColumnElement[bool]]:
    """Yield what restricts a question; the first leads to the cases by its index, unless something else does.

    SQLite knows no statistics and would take any of the indexes: those of the others are kept from it. In the order of how few
    cases there are of each, as a rule: a teller's, a station's, those with alerts, in a state, of one kind of business.
    """
    for column, value in (
        (Case.teller, wanted.teller),
        (Case.station_id, wanted.station_id),
        (Case.with_alerts, wanted.only_alerts),
        (Case.state, state),
        (Case.business_kind, wanted.business_kind),
    ):
        if value and column is Case.with_alerts:
            # SQLite looks a comparison up in its index, and nothing else.
            yield and_(Case.with_alerts) if led else Case.with_alerts == true()
        elif value:
            yield (func.coalesce(column, "") if led else column) == value
        led = led or bool(value)
