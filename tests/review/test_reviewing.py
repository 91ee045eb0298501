"""Findings, blind second judgements and signatures: who may, when, and what stays on record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.review.audit_check import check_chain
from teller_assist.review.people import LoggedIn, Role
from teller_assist.review.review_kinds import Finding, ReviewOutcome, ReviewState, Round
from teller_assist.review.reviewing import NOTE_LONGEST
from tests.stand_ins.cases import made_up_case
from tests.stand_ins.databases import audit_of
from tests.stand_ins.reviewed import INFO, KINSHIP, STOP, ReviewedBranch, refusal

LOOK = ("document_mismatch", "review", "expired")
NOTE = "左眼下方有痣"


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[ReviewedBranch]:
    made = ReviewedBranch(tmp_path / "server")
    yield made
    made.close()


@pytest.fixture
def one(branch: ReviewedBranch) -> LoggedIn:
    return branch.person("one")


@pytest.fixture
def two(branch: ReviewedBranch) -> LoggedIn:
    return branch.person("two")


def find(
    branch: ReviewedBranch,
    person: LoggedIn,
    case_id: str,
    finding: Finding = Finding.GENUINE,
    outcome: ReviewOutcome = ReviewOutcome.PROCEED,
    *,
    round_: Round = Round.FIRST,
    note: str = "",
) -> ReviewState:
    return branch.records.reviewing.record_finding(person, case_id, round_, finding, outcome, note)


def test_a_finding_closes_a_case_and_stays_as_it_was_recorded(branch: ReviewedBranch, one: LoggedIn) -> None:
    case_id = branch.arrive(LOOK)
    before = branch.records.reviewing.of(one, case_id)
    assert (before.state, before.may_find, before.findings) == (ReviewState.WAITING, Round.FIRST, ())
    assert find(branch, one, case_id, note=NOTE) is ReviewState.CLOSED
    after = branch.records.reviewing.of(one, case_id)
    (found,) = after.findings
    assert (found.login, found.finding, found.outcome, found.note) == ("one", Finding.GENUINE, ReviewOutcome.PROCEED, NOTE)
    assert (after.state, after.may_find, after.may_sign) == (ReviewState.CLOSED, None, None)
    assert refusal(lambda: find(branch, one, case_id)) == "review_not_now"


def test_an_accusation_counts_once_another_login_has_signed(branch: ReviewedBranch, one: LoggedIn, two: LoggedIn) -> None:
    case_id = branch.arrive(LOOK)
    assert find(branch, one, case_id, Finding.IMPOSTOR, ReviewOutcome.DO_NOT_PROCEED) is ReviewState.SIGN_OFF
    number = branch.records.reviewing.of(one, case_id).findings[0].number
    sign = branch.records.reviewing.sign_off
    assert branch.records.reviewing.of(one, case_id).may_sign is None
    assert refusal(lambda: sign(one, case_id, number, agreed=True)) == "review_twice"
    waiting = branch.records.reviewing.of(two, case_id).may_sign
    assert waiting is not None
    assert waiting.number == number
    assert sign(two, case_id, number, agreed=True) is ReviewState.CLOSED
    (signed,) = branch.records.reviewing.of(one, case_id).sign_offs
    assert (signed.login, signed.agreed) == ("two", True)
    assert refusal(lambda: sign(two, case_id, number, agreed=True)) == "review_not_now"


def test_who_does_not_agree_opens_the_case_again_and_the_next_finding_is_signed_as_well(
    branch: ReviewedBranch, one: LoggedIn, two: LoggedIn
) -> None:
    case_id = branch.arrive(STOP)
    find(branch, one, case_id, Finding.IMPOSTOR, ReviewOutcome.DO_NOT_PROCEED)
    first = branch.records.reviewing.of(one, case_id).findings[0].number
    assert branch.records.reviewing.sign_off(two, case_id, first, agreed=False) is ReviewState.DISAGREED
    assert find(branch, two, case_id, Finding.RELATIVE, round_=Round.RESOLVING) is ReviewState.SIGN_OFF
    second = branch.records.reviewing.of(two, case_id).findings[1].number
    assert refusal(lambda: branch.records.reviewing.sign_off(one, case_id, first, agreed=True)) == "review_changed"
    assert refusal(lambda: branch.records.reviewing.sign_off(two, case_id, second, agreed=True)) == "review_twice"
    assert branch.records.reviewing.sign_off(one, case_id, second, agreed=True) is ReviewState.CLOSED


def test_the_second_judgement_knows_nothing_of_the_first(branch: ReviewedBranch, one: LoggedIn, two: LoggedIn) -> None:
    case_id = branch.arrive(KINSHIP)
    assert find(branch, one, case_id, Finding.TWIN, ReviewOutcome.TWO_TELLERS, note=NOTE) is ReviewState.SECOND_REVIEW
    seen = branch.records.reviewing.of(two, case_id)
    assert (seen.findings, seen.hidden, seen.may_find) == ((), 1, Round.SECOND)
    events = str([link.to_body()["facts"] for link in branch.records.cases.events(two, case_id)])
    assert "twin" not in events
    assert "two_tellers" not in events
    own = branch.records.reviewing.of(one, case_id)
    assert [found.finding for found in own.findings] == [Finding.TWIN]
    assert own.may_find is None
    assert refusal(lambda: find(branch, one, case_id, round_=Round.SECOND)) == "review_twice"
    assert find(branch, two, case_id, Finding.RELATIVE, round_=Round.SECOND) is ReviewState.DISAGREED
    told = branch.records.reviewing.of(two, case_id)
    assert [found.finding for found in told.findings] == [Finding.TWIN, Finding.RELATIVE]
    assert "twin" in str([link.to_body()["facts"] for link in branch.records.cases.events(two, case_id)])


def test_two_blind_judgements_that_are_the_same_are_the_two_signatures(
    branch: ReviewedBranch, one: LoggedIn, two: LoggedIn
) -> None:
    case_id = branch.arrive(KINSHIP)
    find(branch, one, case_id, Finding.TWIN, ReviewOutcome.TWO_TELLERS)
    state = find(branch, two, case_id, Finding.TWIN, ReviewOutcome.TWO_TELLERS, round_=Round.SECOND)
    assert state is ReviewState.CLOSED


def test_who_was_slower_is_told_that_the_review_has_gone_on(branch: ReviewedBranch, one: LoggedIn, two: LoggedIn) -> None:
    case_id = branch.arrive(KINSHIP)
    find(branch, one, case_id)
    assert refusal(lambda: find(branch, two, case_id, round_=Round.FIRST)) == "review_changed"


@pytest.mark.full
@pytest.mark.parametrize("by", ["login", "name", "shown login"])
def test_who_served_the_customer_neither_reviews_nor_signs(branch: ReviewedBranch, one: LoggedIn, by: str) -> None:
    transaction = {**made_up_case()["transaction"], "teller": "李柜员"}
    if by == "login":
        transaction["teller_login"] = "server"
    if by == "shown login":
        transaction["teller"] = "server"
    who = branch.person("server", name="李柜员")
    case_id = branch.arrive(LOOK, transaction=transaction)
    assert branch.records.reviewing.of(who, case_id).may_find is None
    assert refusal(lambda: find(branch, who, case_id)) == "review_own_case"
    find(branch, one, case_id, Finding.IMPOSTOR)
    number = branch.records.reviewing.of(one, case_id).findings[0].number
    assert branch.records.reviewing.of(who, case_id).may_sign is None
    assert refusal(lambda: branch.records.reviewing.sign_off(who, case_id, number, agreed=True)) == "review_own_case"


@pytest.mark.parametrize("role", [Role.TELLER, Role.AUDITOR, Role.IT])
def test_only_managers_find_and_sign(branch: ReviewedBranch, role: Role) -> None:
    case_id = branch.arrive(LOOK)
    somebody = branch.person("somebody", role)
    assert refusal(lambda: find(branch, somebody, case_id)) == "not_permitted"
    assert refusal(lambda: branch.records.reviewing.sign_off(somebody, case_id, 1, agreed=True)) == "not_permitted"
    sees = refusal(lambda: branch.records.reviewing.of(somebody, case_id)) == ""
    assert sees == (role is Role.AUDITOR)


def test_another_branchs_case_looks_like_none(branch: ReviewedBranch) -> None:
    case_id = branch.arrive(LOOK)
    stranger = branch.person("north", branch_id="north")
    calls = (
        lambda: branch.records.cases.one(stranger, case_id),
        lambda: branch.records.cases.picture(stranger, case_id, "live"),
        lambda: branch.records.cases.events(stranger, case_id),
        lambda: branch.records.reviewing.of(stranger, case_id),
        lambda: find(branch, stranger, case_id),
        lambda: branch.records.reviewing.sign_off(stranger, case_id, 1, agreed=True),
        lambda: branch.records.look_alikes.about(stranger, case_id),
    )
    assert [refusal(call) for call in calls] == ["not_found"] * len(calls)
    assert branch.records.cases.page(stranger, size=5).cases == ()


def test_a_note_is_encrypted_and_one_that_is_too_long_is_refused(branch: ReviewedBranch, one: LoggedIn) -> None:
    case_id = branch.arrive(LOOK)
    assert refusal(lambda: find(branch, one, case_id, note="x" * (NOTE_LONGEST + 1))) == "shape_invalid"
    assert refusal(lambda: find(branch, one, case_id, note="a\0b")) == "shape_invalid"
    find(branch, one, case_id, note=NOTE)
    for path in branch.folder.rglob("*"):
        assert NOTE.encode() not in (path.read_bytes() if path.is_file() else b"")


def test_a_finding_is_possible_where_nobody_asked_for_one(branch: ReviewedBranch, one: LoggedIn) -> None:
    case_id = branch.arrive(INFO)
    assert branch.records.reviewing.of(one, case_id).state is ReviewState.NONE
    assert find(branch, one, case_id, Finding.FALSE_ALARM) is ReviewState.CLOSED


def test_every_finding_and_signature_stands_in_the_chain(branch: ReviewedBranch, one: LoggedIn, two: LoggedIn) -> None:
    case_id = branch.arrive(STOP)
    find(branch, one, case_id)
    branch.records.reviewing.sign_off(two, case_id, branch.records.reviewing.of(two, case_id).findings[0].number, agreed=True)
    record = audit_of(branch.folder)
    told = [(link.kind, link.actor) for link in record.links if link.subject == case_id]
    assert told == [("case_received", "0" * 32), ("finding_recorded", "one"), ("signed_off", "two")]
    assert check_chain(record) is None


def test_a_look_at_all_pictures_at_once_is_told_apart_from_one_at_the_case(branch: ReviewedBranch, one: LoggedIn) -> None:
    case_id = branch.arrive(LOOK, pictures=True)
    for pictures in (False, True):
        branch.records.cases.one(one, case_id, pictures=pictures)
    looks = [link.facts for link in audit_of(branch.folder).links if link.kind == "case_seen"]
    assert looks == [{}, {"pictures": "all"}]
