"""Pages of a list: whatever is asked for, the merged answers are what one look at every case would give; each by its index."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from teller_assist.review.case_pages import CaseFilter
from teller_assist.review.cases import ListedCase
from teller_assist.review.engines import DatabaseKind
from teller_assist.review.people import LoggedIn, Role
from tests.stand_ins.cases import STATION, made_up_case
from tests.stand_ins.reviewed import INFO, KINSHIP, STOP, ReviewedBranch

_TELLERS = ("柜员一", "李柜员")
_KINDS = ("loss_report", "activation")


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[ReviewedBranch]:
    made = ReviewedBranch(tmp_path / "server")
    alerts = ((), (KINSHIP,), (INFO,), (INFO, STOP))
    stations = (STATION, made.other_station)
    for number, (some, station, teller) in enumerate(itertools.product(alerts, stations, _TELLERS)):
        transaction = {**made_up_case()["transaction"], "teller": teller, "business_kind": _KINDS[number % 3 % 2]}
        made.arrive(*some, station=station, transaction=transaction)
        if number % 3:  # some at one moment
            made.move(datetime.timedelta(minutes=1))
    yield made
    made.close()


def walked(branch: ReviewedBranch, person: LoggedIn, wanted: CaseFilter) -> list[ListedCase]:
    """Page by page."""
    found: list[ListedCase] = []
    after = None
    for _ in range(40):
        page = branch.records.cases.page(person, size=2, after=after, wanted=wanted)
        found += page.cases
        after = page.after
        if after is None:
            return found
    raise AssertionError("the pages have no end")


def fits(one: ListedCase, wanted: CaseFilter) -> bool:
    return (
        (bool(one.alerts) or not wanted.only_alerts)
        and (not wanted.alert_kind or wanted.alert_kind in {alert.kind for alert in one.alerts})
        and (not wanted.states or one.state in wanted.states)
        and wanted.branch_id in ("", one.branch_id)
        and wanted.teller in ("", one.teller)
        and wanted.station_id in ("", one.station_id)
        and wanted.business_kind in ("", one.business_kind)
    )


@pytest.mark.full
def test_every_combination_of_filters_gives_what_a_look_at_every_case_would(branch: ReviewedBranch) -> None:
    people = (branch.person("manager"), branch.person("auditor", Role.AUDITOR, branch_id=""))
    for person in people:
        every = walked(branch, person, CaseFilter())
        assert [(one.received, one.case_id) for one in every] == sorted(((o.received, o.case_id) for o in every), reverse=True)
        combinations = itertools.product(
            (False, True),
            ("", "kinship"),
            ((), ("waiting", "sign_off"), ("none",)),
            ("", "李柜员"),
            ("", STATION),
            ("", "activation"),
        )
        for alerts, kind, states, teller, station, business in combinations:
            wanted = CaseFilter(alerts, kind, states, "", teller, station, business)
            assert walked(branch, person, wanted) == [one for one in every if fits(one, wanted)], wanted
    assert len(every) == 16


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (CaseFilter(), "cases_by_branch"),
        (CaseFilter(only_alerts=True), "cases_by_alerts"),
        (CaseFilter(states=("waiting", "closed")), "cases_by_state"),
        (CaseFilter(teller="x"), "cases_by_teller"),
        (CaseFilter(station_id="x"), "cases_by_station"),
        (CaseFilter(business_kind="x"), "cases_by_business"),
        (CaseFilter(alert_kind="kinship"), "alerts_by_kind"),
        (CaseFilter(only_alerts=True, states=("closed",), teller="x", station_id="x", business_kind="x"), "cases_by_teller"),
        (CaseFilter(states=("closed",), business_kind="x", station_id="x"), "cases_by_station"),
        (CaseFilter(alert_kind="kinship", states=("closed",), teller="x", business_kind="x"), "alerts_by_kind"),
    ],
)
def test_each_question_of_a_branch_is_led_by_an_index_in_the_lists_order(
    branch: ReviewedBranch, wanted: CaseFilter, index: str
) -> None:
    """SQLite's plan: no other kind of database plans without knowing how many cases there are."""
    if branch.records.database.kind is not DatabaseKind.SQLITE:
        pytest.skip("PostgreSQL plans by what its statistics say")
    plans = _plans(branch, wanted)
    assert plans
    for plan in plans:
        assert f"INDEX {index} " in plan[0], plan
        assert not any("TEMP B-TREE" in step for step in plan), plan


def _plans(branch: ReviewedBranch, wanted: CaseFilter) -> list[list[str]]:
    from teller_assist.review.case_pages import page_places

    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool) -> None:
        asked.append((statement, parameters))

    engine = branch.records.database._reader
    event.listen(engine, "before_cursor_execute", note)
    try:
        with branch.records.database.reading() as session:
            page_places(session, "main", wanted, ("2026-12-01T09:00:00.000Z", "x"), 3)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with branch.records.database.reading() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
        connection = session.connection()
        return [
            [row[3].replace("COVERING ", "") for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
            for sql, values in asked
            if sql.startswith("SELECT")
        ]
