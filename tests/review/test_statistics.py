"""A branch's figures: exact counts, exact intervals, and nothing stated that the counts do not carry."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.decision.judgement import AlertKind
from teller_assist.review.confirming import CONFIRMED_BY, Verdict, verdict
from teller_assist.review.people import LoggedIn, Role
from teller_assist.review.periods import Period, between, last_days, month_days
from teller_assist.review.review_kinds import Finding, ReviewOutcome, ReviewState, Round
from teller_assist.review.shares import NoShare, Quantile, Share, quantile, share
from teller_assist.review.statistics import DECISION_ENDS_S, BranchStatistics, KindFigures, Statistics
from tests.stand_ins.reviewed import NOW, ReviewedBranch, refusal

IMPOSTOR = ("impostor", "review", "live_chip_differs")
QUALITY = ("quality", "info", "quality")
PATH = ("non_face_path", "review", "face_refused")
UTC = datetime.UTC
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[ReviewedBranch]:
    made = ReviewedBranch(tmp_path / "server")
    yield made
    made.close()


@pytest.fixture
def manager(branch: ReviewedBranch) -> LoggedIn:
    return branch.person("manager")


@pytest.fixture
def signer(branch: ReviewedBranch) -> LoggedIn:
    return branch.person("signer")


def days(number: int = 7) -> Period:
    return last_days(number, NOW, UTC)


def counted(branch: ReviewedBranch, person: LoggedIn, period: Period | None = None, branch_id: str = "") -> BranchStatistics:
    """Figures that no earlier look has kept."""
    return Statistics(branch.records.database, branch.clock).of(person, period or days(), branch_id)


def kind(figures: BranchStatistics, wanted: AlertKind) -> KindFigures:
    (found,) = (one for one in figures.kinds if one.kind is wanted)
    return found


def close(branch: ReviewedBranch, person: LoggedIn, signer: LoggedIn, case_id: str, finding: Finding) -> None:
    reviewing = branch.records.reviewing
    state = reviewing.record_finding(person, case_id, Round.FIRST, finding, ReviewOutcome.PROCEED)
    if state is ReviewState.SIGN_OFF:
        (found,) = reviewing.of(signer, case_id).findings
        state = reviewing.sign_off(signer, case_id, found.number, agreed=True)
    assert state is ReviewState.CLOSED


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.30850),  # 1 - 0.025 ** (1 / 10)
        (10, 10, 0.69150, 1.0),
        (1, 1, 0.025, 1.0),
        (0, 1, 0.0, 0.975),
        (5, 10, 0.18709, 0.81291),
        (1, 1000, 0.0000253, 0.0055589),
    ],
)
def test_a_share_stands_with_the_interval_of_clopper_and_pearson(count: int, of: int, low: float, high: float) -> None:
    found = share(count, of, none="nothing")
    assert isinstance(found, Share)
    assert found.value == count / of
    assert found.ci95 == pytest.approx((low, high), abs=5e-6)


def test_a_share_of_nothing_or_of_too_few_is_no_number() -> None:
    assert share(0, 0, none="nothing") == NoShare("nothing", 0)
    assert share(3, 9, none="nothing", least=10, few="too_few") == NoShare("too_few", 9)
    assert isinstance(share(3, 10, none="nothing", least=10, few="too_few"), Share)


def test_a_median_lies_between_observed_durations_and_few_of_them_give_no_interval() -> None:
    assert quantile([(60, 1)], 0.5) == Quantile(60, None)
    hundred = [(seconds, 1) for seconds in range(1, 101)]
    # Binomial (100, 1/2): 2.5 % lie at 40 or below, 97.5 % at 60 or below.
    assert quantile(hundred, 0.5) == Quantile(50, (40, 61))
    assert quantile(hundred, 0.9) == Quantile(90, (84, 96))
    assert quantile([(10, 27), (20, 3)], 0.9).seconds == 10, "nine tenths of thirty are 27"


def test_every_kind_of_alert_says_what_confirms_it_and_the_right_person_clears_it() -> None:
    assert set(CONFIRMED_BY) == set(AlertKind)
    assert verdict(AlertKind.KINSHIP, Finding.TWIN) is Verdict.CONFIRMED
    assert verdict(AlertKind.KINSHIP, Finding.IMPOSTOR) is Verdict.OTHER
    assert verdict(AlertKind.IMPOSTOR, Finding.QUALITY) is Verdict.OTHER
    for one in AlertKind:
        assert {verdict(one, Finding.GENUINE), verdict(one, Finding.FALSE_ALARM)} == {Verdict.CLEARED}


def test_a_branch_without_customers_has_no_rates(branch: ReviewedBranch, manager: LoggedIn) -> None:
    figures = counted(branch, manager)
    assert (figures.customers, figures.alerted, figures.kinds, figures.cameras) == (0, NoShare("no_customers", 0), (), ())
    assert [one.customers for one in figures.hours] == [0] * 24
    assert (figures.decisions.closed, figures.decisions.median, sum(figures.decisions.bars)) == (0, None, 0)
    assert [(one.cases, one.oldest) for one in figures.open_now] == [(0, "")] * 4


@pytest.mark.full
def test_alerts_are_counted_by_customers_and_ppv_by_what_closed_cases_were_found_to_be(
    branch: ReviewedBranch, manager: LoggedIn, signer: LoggedIn
) -> None:
    for _ in range(6):
        branch.arrive()
    branch.arrive(QUALITY)
    cases = [branch.arrive(IMPOSTOR), branch.arrive(IMPOSTOR, QUALITY), branch.arrive(IMPOSTOR), branch.arrive(IMPOSTOR)]
    found = (Finding.IMPOSTOR, Finding.GENUINE, Finding.QUALITY)
    for case_id, finding in zip(cases, found, strict=False):
        close(branch, manager, signer, case_id, finding)
    figures = counted(branch, manager)
    assert isinstance(figures.alerted, Share)
    assert (figures.customers, figures.alerted.count, figures.alerted.of) == (11, 5, 11)
    impostor, quality = kind(figures, AlertKind.IMPOSTOR), kind(figures, AlertKind.QUALITY)
    assert isinstance(impostor.alerted, Share)
    assert (impostor.alerted.count, impostor.waiting, impostor.reviewed) == (4, 1, 3)
    assert (impostor.confirmed, impostor.cleared, impostor.other) == (1, 1, 1)
    assert impostor.ppv == share(1, 3, none="")
    assert (quality.reviewed, quality.confirmed, quality.cleared, quality.ppv) == (1, 0, 1, share(0, 1, none=""))
    assert [one.kind for one in figures.kinds] == [AlertKind.IMPOSTOR, AlertKind.QUALITY], "the frequent ones first"
    assert [(one.state, one.cases) for one in figures.open_now if one.cases] == [(ReviewState.WAITING, 1)]


def test_what_nobody_reviewed_and_what_only_states_a_fact_has_no_ppv(
    branch: ReviewedBranch, manager: LoggedIn, signer: LoggedIn
) -> None:
    branch.arrive(IMPOSTOR)
    close(branch, manager, signer, branch.arrive(PATH), Finding.GENUINE)
    figures = counted(branch, manager)
    assert kind(figures, AlertKind.IMPOSTOR).ppv == NoShare("none_reviewed", 0)
    path = kind(figures, AlertKind.NON_FACE_PATH)
    assert (path.reviewed, path.ppv) == (1, NoShare("states_a_fact", 1))


def test_only_the_last_finding_of_a_closed_case_counts(branch: ReviewedBranch, manager: LoggedIn, signer: LoggedIn) -> None:
    case_id = branch.arrive(("kinship", "review", "possible_twin"))
    reviewing, third = branch.records.reviewing, branch.person("third")
    reviewing.record_finding(manager, case_id, Round.FIRST, Finding.GENUINE, ReviewOutcome.PROCEED)
    reviewing.record_finding(signer, case_id, Round.SECOND, Finding.RELATIVE, ReviewOutcome.TWO_TELLERS)
    assert kind(counted(branch, manager), AlertKind.KINSHIP).reviewed == 0, "it is not closed"
    reviewing.record_finding(third, case_id, Round.RESOLVING, Finding.TWIN, ReviewOutcome.TWO_TELLERS)
    last = reviewing.of(manager, case_id).findings[-1]
    reviewing.sign_off(manager, case_id, last.number, agreed=True)
    kinship = kind(counted(branch, manager), AlertKind.KINSHIP)
    assert (kinship.reviewed, kinship.confirmed, kinship.cleared) == (1, 1, 0)


def test_time_to_a_decision_runs_from_receipt_to_the_entry_that_closed_the_case(
    branch: ReviewedBranch, manager: LoggedIn, signer: LoggedIn
) -> None:
    for minutes in (2, 3, 20):
        case_id = branch.arrive(IMPOSTOR)
        branch.move(minutes * MINUTE)
        close(branch, manager, signer, case_id, Finding.GENUINE)
    branch.arrive(IMPOSTOR)
    decisions = counted(branch, manager).decisions
    assert decisions.closed == 3, "what waits has no time yet"
    assert (decisions.median, decisions.p90) == (Quantile(180, None), Quantile(1200, None))
    bars = dict(zip((*DECISION_ENDS_S, 0), decisions.bars, strict=True))
    assert {end: cases for end, cases in bars.items() if cases} == {120: 1, 300: 1, 1800: 1}


def test_a_clock_that_went_back_makes_no_time_below_none(branch: ReviewedBranch, manager: LoggedIn, signer: LoggedIn) -> None:
    case_id = branch.arrive(IMPOSTOR)
    branch.move(-5 * MINUTE)
    close(branch, manager, signer, case_id, Finding.GENUINE)
    assert counted(branch, manager).decisions.median == Quantile(0, None)


def test_hours_are_those_of_the_wall_and_of_when_the_customer_was_there(branch: ReviewedBranch, manager: LoggedIn) -> None:
    branch.arrive(created="2026-12-01T01:59:59.000Z")
    branch.arrive(IMPOSTOR, created="2026-12-01T02:00:00Z")
    branch.arrive(created="2026-11-30T02:30:00.000Z")
    china = datetime.timezone(datetime.timedelta(hours=8))
    hours = counted(branch, manager, last_days(7, NOW, china)).hours
    assert {one.hour: one.customers for one in hours if one.customers} == {9: 1, 10: 2}
    assert hours[10].alerted == share(1, 2, none="")


def test_cameras_are_told_apart_and_what_is_no_plugins_name_is_none(branch: ReviewedBranch, manager: LoggedIn) -> None:
    def camera(plugin: object) -> list[dict[str, object]]:
        return [{"kind": "camera", "state": "ready", "plugin": plugin}]

    branch.arrive(devices=camera("uvc_camera"))
    branch.arrive(QUALITY, devices=camera("uvc_camera"))
    branch.arrive(devices=camera("other.camera"))
    branch.arrive(devices=camera("<b>王\0</b>"))
    branch.arrive(devices=camera(7))
    branch.arrive()
    cameras = counted(branch, manager).cameras
    assert [(one.station_name, one.camera, one.customers) for one in cameras] == [
        ("main-1", "", 3),
        ("main-1", "other.camera", 1),
        ("main-1", "uvc_camera", 2),
    ]
    assert cameras[2].quality == share(1, 2, none="")
    assert cameras[1].quality == share(0, 1, none="")


def test_only_the_days_asked_for_count(branch: ReviewedBranch, manager: LoggedIn) -> None:
    branch.arrive()
    branch.move(datetime.timedelta(days=1))
    branch.arrive()
    today = NOW.date()
    for first, last, customers in ((0, 0, 1), (0, 1, 2), (1, 1, 1), (2, 9, 0)):
        period = Period(today + datetime.timedelta(days=first), today + datetime.timedelta(days=last), UTC)
        assert counted(branch, manager, period).customers == customers


def test_a_manager_counts_the_own_branch_and_an_auditor_any_of_them_or_all(branch: ReviewedBranch, manager: LoggedIn) -> None:
    branch.arrive(IMPOSTOR)
    branch.arrive(station=branch.other_station)
    branch.arrive(station=branch.other_station)
    auditor = branch.person("auditor", Role.AUDITOR, "")
    assert counted(branch, manager).branch_ids == ("main",)
    assert counted(branch, manager).customers == 1
    assert counted(branch, auditor).customers == 3
    north = counted(branch, auditor, branch_id="north")
    assert (north.customers, north.kinds) == (2, ())
    assert refusal(lambda: counted(branch, manager, branch_id="north")) == "not_found"
    assert refusal(lambda: counted(branch, auditor, branch_id="nowhere")) == "not_found"
    for role in (Role.TELLER, Role.IT):
        assert refusal(lambda: counted(branch, branch.person("somebody", role))) == "not_permitted"  # noqa: B023


def test_the_same_question_is_counted_once_a_minute(branch: ReviewedBranch, manager: LoggedIn) -> None:
    seconds = [0.0]
    statistics = Statistics(branch.records.database, branch.clock, clock=lambda: seconds[0])
    branch.arrive()
    assert statistics.of(manager, days()).customers == 1
    branch.arrive()
    assert statistics.of(manager, days()).customers == 1
    assert statistics.of(manager, days(30)).customers == 2, "another question"
    seconds[0] = 60.0
    assert statistics.of(manager, days()).customers == 2


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-12-02", "2026-12-01"), ("2025-01-01", "2026-12-01"), ("", ""), ("2026-02-30", "2026-03-01"), ("9999-12-31",) * 2],
)
def test_days_that_are_none_are_refused(first: str, last: str) -> None:
    assert refusal(lambda: between(first, last, UTC)) == "body_malformed"


def test_a_month_is_all_its_days() -> None:
    found = month_days("2028-02", UTC)
    assert (found.begin, found.end) == ("2028-02-01T00:00:00.000Z", "2028-03-01T00:00:00.000Z")
    for text in ("2026-13", "2026-1", "x", "9999-12"):
        assert refusal(lambda: month_days(text, UTC)) == "body_malformed"  # noqa: B023


def test_what_was_closed_before_the_migration_gets_its_time(tmp_path: Path) -> None:
    """The columns of the statistics come to a database that holds a closed case."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from sqlalchemy import create_engine, text

    from teller_assist.review.migrations.versions import v0007_dashboard

    engine = create_engine(f"sqlite:///{tmp_path / 'earlier.sqlite3'}")
    with engine.begin() as connection:
        columns = "case_id, branch_id, received, created, station_id, with_alerts, teller_login, state, state_since"
        connection.execute(text(f"CREATE TABLE cases ({columns})"))
        for case_id, state in (("a", "closed"), ("b", "waiting")):
            values = {"case_id": case_id, "state": state, "at": "2026-12-01T09:00:00.000Z", "since": "2026-12-01T09:02:05.500Z"}
            insert = "INSERT INTO cases (case_id, received, state, state_since) VALUES (:case_id, :at, :state, :since)"
            connection.execute(text(insert), values)
        with Operations.context(MigrationContext.configure(connection)):
            v0007_dashboard.upgrade()
        rows = connection.execute(text("SELECT case_id, camera, teller_judgement, closed_after_s FROM cases ORDER BY case_id"))
        assert [tuple(row) for row in rows] == [("a", "", "", 125), ("b", "", "", None)]
    engine.dispose()
