"""Referred customers with a clock in the test's hands: minutes, time-outs, answers, restarts."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from teller_assist.alerts.answer_watch import CASES_MOST
from teller_assist.alerts.review_states import ReviewAnswer, ReviewFinding, ReviewOutcome, ReviewState
from teller_assist.alerts.states import Begun, Kept, SignedOn, SignOnWay
from teller_assist.alerts.waiting_file import FILE, WaitingCase, WaitingFile
from teller_assist.errors import ResourceError, SessionError
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.follow_up import follow_up
from teller_assist.workflow.matter import stated_identity
from teller_assist.workflow.view_reviews import ReviewAct, ReviewRow, ReviewStage
from teller_assist.workflow.waiting_reviews import Later, WaitingReviews
from tests.stand_ins.equipment import NAME, NUMBER

TELLER = SignedOn("", "柜员一", SignOnWay.NAME)
WITHIN_MINUTES = 15
MOMENT = datetime.datetime(2026, 11, 30, 9, 30, tzinfo=datetime.UTC)


class ToldAnswers:
    """Stands for the watching thread."""

    def __init__(self) -> None:
        self.watched: list[str] = []
        self.came: Callable[[ReviewAnswer], None] = lambda _answer: None

    def subscribe(self, came: Callable[[ReviewAnswer], None]) -> None:
        self.came = came

    def watch(self, case_ids: Iterable[str]) -> None:
        self.watched += case_ids

    def forget(self, case_id: str) -> None:
        self.watched.remove(case_id)


class Told:
    """A station's records, and the time, in a test's hands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now_s = 1000.0
        self.answers: Any = ToldAnswers()
        self.waiting_reviews = WaitingFile(folder)
        self.how_far: dict[str, Kept] = {}
        self.changes = 0

    def kept(self, case_id: str) -> Kept:
        return self.how_far.get(case_id, Kept.DELIVERED)

    def changed(self) -> None:
        self.changes += 1

    def open(self, now: datetime.datetime = MOMENT) -> WaitingReviews:
        return WaitingReviews(self, WITHIN_MINUTES, self.changed, clock=lambda: self.now_s, now=lambda: now)

    def pass_minutes(self, minutes: float) -> None:
        self.now_s += 60 * minutes

    def answer(self, case_id: str, state: ReviewState, **told: Any) -> None:
        usual = ReviewAnswer(case_id, "r", state, ReviewFinding.NONE, ReviewOutcome.NONE)
        self.answers.came(replace(usual, **told))


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


def customer(**changed: Any) -> Customer:
    usual = Customer(1, BusinessKind.LOSS_REPORT, reference="CBS-17", teller="柜员一")
    named = replace(usual, stated=stated_identity(NoChip.LOST, name=NAME, number=NUMBER))
    return replace(named, **changed)


def case_id(place: int) -> str:
    return f"{place:032x}"


def refer(reviews: WaitingReviews, place: int = 1, **changed: Any) -> str:
    reviews.refer(customer(**changed), Begun(place, case_id(place), MOMENT))
    return case_id(place)


def only(reviews: WaitingReviews) -> ReviewRow:
    [row] = reviews.view().rows
    return row


def test_minutes_count_up_and_the_window_is_told_once_a_minute(told: Told) -> None:
    reviews = told.open()
    refer(reviews)
    reviews.let_time_pass()
    assert not reviews.let_time_pass()
    told.pass_minutes(0.9)
    assert not reviews.let_time_pass()
    told.pass_minutes(0.2)
    assert reviews.let_time_pass()
    row = only(reviews)
    assert (row.stage, row.minutes, row.overdue, row.act) == (ReviewStage.WAITING, 1, False, None)
    assert row.masked_name not in ("", NAME)


@pytest.mark.parametrize("kept", [Kept.SAVED, Kept.NOT_SAVED, Kept.REFUSED])
def test_a_case_that_has_not_arrived_says_so_and_its_time_runs_all_the_same(told: Told, kept: Kept) -> None:
    reviews = told.open()
    one = refer(reviews)
    told.how_far[one] = kept
    assert only(reviews).stage is ReviewStage.UNDELIVERED
    told.pass_minutes(WITHIN_MINUTES)
    assert only(reviews).act is ReviewAct.TWO_TELLERS
    told.how_far[one] = Kept.DELIVERED
    assert (only(reviews).stage, only(reviews).minutes) == (ReviewStage.WAITING, WITHIN_MINUTES), (
        "one clock, which never goes back"
    )


def test_what_the_server_knows_has_arrived(told: Told) -> None:
    """The receipt may be on its way still."""
    reviews = told.open()
    one = refer(reviews)
    told.how_far[one] = Kept.SAVED
    told.answer(one, ReviewState.UNKNOWN)
    assert only(reviews).stage is ReviewStage.UNDELIVERED
    told.answer(one, ReviewState.WAITING)
    assert only(reviews).stage is ReviewStage.WAITING


def test_after_the_time_two_tellers_may_sign_and_nothing_happens_by_itself(told: Told) -> None:
    reviews = told.open()
    one = refer(reviews)
    told.pass_minutes(WITHIN_MINUTES - 0.1)
    reviews.let_time_pass()
    assert (only(reviews).act, reviews.view().news) == (None, 0)
    with pytest.raises(SessionError) as caught:
        reviews.take(one, ReviewAct.TWO_TELLERS)
    assert caught.value.facts["why"] == "review_not_offered"
    told.pass_minutes(0.1)
    reviews.let_time_pass()
    assert (only(reviews).overdue, only(reviews).act, reviews.view().news) == (True, ReviewAct.TWO_TELLERS, 1)
    reviews.let_time_pass()
    assert reviews.view().news == 1, "the bell rings once"
    told.pass_minutes(100)
    assert reviews.take(one, ReviewAct.TWO_TELLERS).case_id == one
    assert len(reviews.view().rows) == 1


def test_the_managers_answer_counts_also_after_the_time(told: Told) -> None:
    reviews = told.open()
    one = refer(reviews)
    told.pass_minutes(WITHIN_MINUTES + 1)
    reviews.let_time_pass()
    told.answer(one, ReviewState.CLOSED, outcome=ReviewOutcome.DO_NOT_PROCEED, finding=ReviewFinding.IMPOSTOR)
    row = only(reviews)
    assert (row.act, row.overdue, reviews.view().news) == (ReviewAct.DECLINE, False, 2)
    told.pass_minutes(5)
    assert only(reviews).minutes == WITHIN_MINUTES + 1, "it waits no more"
    with pytest.raises(SessionError):
        reviews.take(one, ReviewAct.TWO_TELLERS)


@pytest.mark.parametrize(
    ("outcome", "act"),
    [
        (ReviewOutcome.PROCEED, ReviewAct.PROCEED),
        (ReviewOutcome.MORE_DOCUMENTS, ReviewAct.DOCUMENTS),
        (ReviewOutcome.TWO_TELLERS, ReviewAct.TWO_TELLERS),
        (ReviewOutcome.DO_NOT_PROCEED, ReviewAct.DECLINE),
        (ReviewOutcome.NONE, ReviewAct.TWO_TELLERS),
    ],
)
def test_every_answer_offers_one_thing_to_do(told: Told, outcome: ReviewOutcome, act: ReviewAct) -> None:
    reviews = told.open()
    one = refer(reviews)
    told.answer(one, ReviewState.CLOSED, outcome=outcome)
    assert (only(reviews).act, only(reviews).is_answered, reviews.view().news) == (act, True, 1)
    assert bool(only(reviews).documents) == (act is ReviewAct.DOCUMENTS)
    for other in set(ReviewAct) - {act, ReviewAct.CUSTOMER_LEFT}:
        with pytest.raises(SessionError):
            reviews.take(one, other)


@pytest.mark.parametrize("state", [ReviewState.SECOND_REVIEW, ReviewState.SIGN_OFF, ReviewState.DISAGREED])
def test_what_does_not_stand_yet_offers_nothing_and_tells_no_finding(told: Told, state: ReviewState) -> None:
    reviews = told.open()
    one = refer(reviews)
    told.answer(one, state, outcome=ReviewOutcome.PROCEED, finding=ReviewFinding.GENUINE)
    row = only(reviews)
    assert (row.stage.value, row.act, row.finding) == (state.value, None, ReviewFinding.NONE)
    assert reviews.view().news == 0


def test_several_customers_wait_each_on_its_own(told: Told) -> None:
    reviews = told.open()
    first = refer(reviews, 1)
    told.pass_minutes(3)
    second = refer(reviews, 2, role=PersonRole.AGENT)
    told.answer(first, ReviewState.CLOSED, outcome=ReviewOutcome.PROCEED)
    told.pass_minutes(4)
    rows = {row.case_id: row for row in reviews.view().rows}
    assert (rows[first].minutes, rows[second].minutes) == (3, 4)
    assert rows[second].act is None


def test_a_restart_keeps_ids_and_minutes_and_no_name(told: Told) -> None:
    reviews = told.open()
    one = refer(reviews)
    content = (told.folder / FILE).read_text(encoding="utf-8")
    assert NAME not in content
    assert NUMBER not in content
    after = Told(told.folder)
    again = after.open(now=datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=7))
    row = only(again)
    assert (row.case_id, row.minutes, row.masked_name, row.sequence) == (one, 7, "", 1)
    assert after.answers.watched == [one]
    after.answer(one, ReviewState.CLOSED, outcome=ReviewOutcome.PROCEED)
    assert again.take(one, ReviewAct.PROCEED).reference == "CBS-17"


def test_what_ran_out_while_the_station_was_off_is_shown_and_rings_no_bell(told: Told) -> None:
    refer(told.open())
    again = Told(told.folder).open(now=datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=2))
    again.let_time_pass()
    assert (only(again).act, again.view().news) == (ReviewAct.TWO_TELLERS, 0)


def test_a_clock_that_was_set_back_makes_nobody_wait_longer_than_from_the_start(told: Told) -> None:
    refer(told.open())
    again = Told(told.folder).open(now=datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=2))
    assert only(again).minutes == 0


def test_yesterdays_customers_are_gone_at_a_start(told: Told) -> None:
    refer(told.open())
    again = Told(told.folder).open(now=datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1))
    assert again.view().rows == ()


def test_what_was_settled_waits_no_more_and_can_be_settled_once(told: Told) -> None:
    reviews = told.open()
    one = refer(reviews)
    told.answer(one, ReviewState.CLOSED, outcome=ReviewOutcome.PROCEED)
    reviews.settle(one, TellerDecision.PASS)
    assert reviews.later(one) == Later(TellerDecision.PASS)
    reviews.note_follow_up(one, case_id(9))
    assert reviews.later(one) == Later(TellerDecision.PASS, case_id(9))
    assert told.answers.watched == []
    told.answer(one, ReviewState.CLOSED, outcome=ReviewOutcome.DO_NOT_PROCEED)
    assert reviews.view().rows == ()
    with pytest.raises(SessionError) as caught:
        reviews.take(one, ReviewAct.PROCEED)
    assert caught.value.facts["why"] == "review_gone"
    assert Told(told.folder).waiting_reviews.found == ()


def test_no_more_wait_than_the_server_is_asked_about(told: Told) -> None:
    reviews = told.open()
    for place in range(CASES_MOST + 3):
        refer(reviews, place)
    assert [row.sequence for row in reviews.view().rows] == list(range(3, CASES_MOST + 3))
    assert len(told.answers.watched) == CASES_MOST


@pytest.mark.logs_warnings
def test_a_full_disk_costs_the_list_its_next_start_and_no_customer(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: WaitingFile, _cases: object) -> None:
        raise ResourceError("disk_full", folder="records")

    reviews = told.open()
    monkeypatch.setattr(WaitingFile, "write", full)
    refer(reviews)
    assert only(reviews).stage is ReviewStage.WAITING


# ---------------------------------------------------------------- what the teller does


def made(act: ReviewAct, *, answered: bool = True, second_teller: str = "", documents: tuple[str, ...] = ()) -> Any:
    case = referred_case()
    second = SignedOn("", second_teller, SignOnWay.NAME)
    later = follow_up(case, act, teller=TELLER, answered=answered, second_teller=second, documents=documents)
    assert later.before == case.case_id
    assert (later.customer.reference, later.customer.teller, later.customer.name) == ("CBS-17", "柜员一", None)
    taken = later.customer.decision
    assert taken is not None
    assert later.decision is taken.decision
    return taken.decision.value, taken.reason, taken.second_teller, taken.documents


def signed(act: ReviewAct, teller: SignedOn, second: SignedOn, *, by_password: bool) -> Customer:
    return follow_up(referred_case(), act, teller=teller, answered=True, second_teller=second, by_password=by_password).customer


def referred_case() -> WaitingCase:
    return WaitingCase(case_id(1), 1, MOMENT, BusinessKind.LOSS_REPORT, PersonRole.HOLDER, "CBS-17")


def test_the_later_decision_names_its_reason() -> None:
    assert made(ReviewAct.PROCEED) == ("pass", "manager_agreed", "", ())
    assert made(ReviewAct.DECLINE) == ("reject", "manager_declined", "", ())
    assert made(ReviewAct.CUSTOMER_LEFT, answered=False) == ("reject", "customer_withdrew", "", ())
    assert made(ReviewAct.TWO_TELLERS, second_teller=" 柜员二 ") == ("pass", "manager_agreed", "柜员二", ())
    assert made(ReviewAct.TWO_TELLERS, answered=False, second_teller="柜员二") == ("pass", "manager_silent", "柜员二", ())
    assert made(ReviewAct.DOCUMENTS, documents=("passport", "no_such")) == ("pass", "manager_agreed", "", ("passport",))


@pytest.mark.parametrize("second", ["", "柜员一", " 柜员一 "])
def test_the_acting_teller_does_not_count_twice(second: str) -> None:
    with pytest.raises(SessionError) as caught:
        made(ReviewAct.TWO_TELLERS, second_teller=second)
    assert caught.value.facts["why"] == "second_signature_missing"


def test_who_signs_with_a_password_is_recorded_by_login() -> None:
    teller, second = SignedOn("li.na", "李娜", SignOnWay.BRANCH), SignedOn("wang", "王强", SignOnWay.OFFLINE)
    made = signed(ReviewAct.TWO_TELLERS, teller, second, by_password=True)
    assert (made.teller, made.teller_login, made.sign_on) == ("李娜", "li.na", SignOnWay.BRANCH)
    assert made.decision is not None
    told = (made.decision.second_teller, made.decision.second_login, made.decision.second_sign_on)
    assert told == ("王强", "wang", SignOnWay.OFFLINE)


@pytest.mark.parametrize("second", [SignedOn("", "王强", SignOnWay.NAME), SignedOn("li.na", "李", SignOnWay.BRANCH)])
@pytest.mark.parametrize("by_password", [True, False])
def test_a_name_or_the_own_login_is_no_second_signature_beside_a_login(second: SignedOn, *, by_password: bool) -> None:
    with pytest.raises(SessionError) as caught:
        signed(ReviewAct.TWO_TELLERS, SignedOn("li.na", "李娜", SignOnWay.BRANCH), second, by_password=by_password)
    assert caught.value.facts["why"] == "second_signature_missing"


@pytest.mark.parametrize("documents", [(), ("no_such",), ("power_of_attorney",)])
def test_documents_are_ticked_before_they_count(documents: tuple[str, ...]) -> None:
    with pytest.raises(SessionError) as caught:
        made(ReviewAct.DOCUMENTS, documents=documents)
    assert caught.value.facts["why"] == "documents_missing"
