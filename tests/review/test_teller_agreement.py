"""Tellers' agreement: what counts, and that the teller sees it before any manager does."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.review.people import LoggedIn, Role
from teller_assist.review.periods import month_days
from teller_assist.review.review_kinds import Finding, ReviewOutcome, ReviewState, Round
from teller_assist.review.shares import NoShare, share
from teller_assist.review.teller_agreement import Agreement, TellersFigures
from tests.stand_ins.cases import made_up_case
from tests.stand_ins.reviewed import ReviewedBranch, refusal

MONTH = "2026-12"
DAYS = month_days(MONTH, datetime.UTC)
ALERT = ("document_mismatch", "review", "expired")
MINUTE = datetime.timedelta(minutes=1)


class Judging:
    """A branch in which a teller judges first and a manager finds out."""

    def __init__(self, folder: Path) -> None:
        self.branch = ReviewedBranch(folder)
        self.manager, self.signer = self.branch.person("manager"), self.branch.person("signer")
        self.teller = self.branch.person("teller1", Role.TELLER, name="柜员一")

    def case(self, given: str, finding: Finding | None, login: str = "teller1", station: str = "") -> None:
        transaction = made_up_case()["transaction"]
        if login:
            transaction["teller_login"] = login
        more = {"station": station} if station else {}
        judged = {"asked": True, "given": given}
        case_id = self.branch.arrive(ALERT, transaction=transaction, teller_judgement=judged, **more)
        if finding is None:
            return
        state = self.branch.records.reviewing.record_finding(self.manager, case_id, Round.FIRST, finding, ReviewOutcome.PROCEED)
        if state is ReviewState.SIGN_OFF:
            (found,) = self.branch.records.reviewing.of(self.signer, case_id).findings
            self.branch.records.reviewing.sign_off(self.signer, case_id, found.number, agreed=True)

    def own(self, person: LoggedIn | None = None) -> Agreement:
        return self.branch.records.teller_agreement.own(person or self.teller, MONTH, DAYS)

    def seen_by_manager(self, person: LoggedIn | None = None, *branch_ids: str) -> TellersFigures:
        who = person or self.manager
        return self.branch.records.teller_agreement.of_branches(who, branch_ids or ("main",), MONTH, DAYS)


@pytest.fixture
def judging(tmp_path: Path) -> Iterator[Judging]:
    made = Judging(tmp_path / "server")
    yield made
    made.branch.close()


@pytest.mark.full
def test_a_side_that_the_teller_chose_agrees_with_the_finding_or_not(judging: Judging) -> None:
    for given, finding in (
        ("surely_same", Finding.GENUINE),
        ("perhaps_same", Finding.FALSE_ALARM),
        ("probably_different", Finding.IMPOSTOR),
        ("perhaps_different", Finding.TWIN),
        ("surely_different", Finding.GENUINE),
        ("probably_same", Finding.RELATIVE),
        ("cannot_say", Finding.GENUINE),
        ("surely_same", Finding.QUALITY),
        ("none", Finding.GENUINE),
        ("surely_same", None),
    ):
        judging.case(given, finding)
    assert judging.own() == Agreement(NoShare("too_few_judged", 6), judged=6, agreed_cases=4, undecided=1, unsettled=1)


@pytest.mark.full
def test_ten_judged_cases_make_a_share(judging: Judging) -> None:
    assert judging.own().agreed == NoShare("none_judged", 0)
    for number in range(10):
        judging.case("surely_same", Finding.GENUINE if number else Finding.RELATIVE)
    assert judging.own().agreed == share(9, 10, none="")


@pytest.mark.full
def test_a_manager_sees_a_teller_only_once_the_teller_has_looked_and_no_more_than_was_looked_at(judging: Judging) -> None:
    for _ in range(10):
        judging.case("surely_same", Finding.GENUINE)
    (hidden,) = judging.seen_by_manager().tellers
    assert (hidden.login, hidden.name, hidden.seen, hidden.agreement) == ("teller1", "柜员一", "", None)
    own = judging.own()
    (shown,) = judging.seen_by_manager().tellers
    assert (shown.agreement, shown.seen) == (own, "2026-12-01T09:00:00.000Z")
    judging.branch.move(MINUTE)
    judging.case("surely_same", Finding.RELATIVE)
    assert judging.seen_by_manager().tellers[0].agreement == own, "the eleventh was not looked at yet"
    again = judging.own()
    assert again.judged == 11
    assert judging.seen_by_manager().tellers[0].agreement == again


def test_having_seen_another_month_opens_nothing(judging: Judging) -> None:
    judging.case("surely_same", Finding.GENUINE)
    judging.branch.records.teller_agreement.own(judging.teller, "2026-11", month_days("2026-11", datetime.UTC))
    assert judging.seen_by_manager().tellers[0].agreement is None


def test_a_name_without_proof_counts_for_nobody(judging: Judging) -> None:
    judging.case("surely_same", Finding.GENUINE, login="")  # its teller is called as the one who logs in
    assert judging.own().judged == 0
    found = judging.seen_by_manager()
    assert (found.tellers, found.unattributed) == ((), 1)


def test_another_branchs_tellers_and_cases_stay_there(judging: Judging) -> None:
    judging.case("surely_same", None, station=judging.branch.other_station)
    north = judging.branch.person("north_manager", branch_id="north")
    auditor = judging.branch.person("auditor", Role.AUDITOR, "")
    with judging.branch.records.database.writing() as session:
        from teller_assist.review.tables import Case, FindingRow

        case = session.query(Case).one()
        case.state = "closed"
        session.add(
            FindingRow(case_id=case.case_id, round="first", login="x", finding="genuine", outcome="proceed", at=case.received)
        )
    judging.own()
    assert judging.seen_by_manager(None, "main", "north").tellers == ()
    assert judging.seen_by_manager(north, "main", "north").tellers[0].agreement is not None
    assert judging.seen_by_manager(auditor, "main").tellers == ()
    assert len(judging.seen_by_manager(auditor, "main", "north").tellers) == 1


def test_who_may_look(judging: Judging) -> None:
    it = judging.branch.person("it", Role.IT)
    assert refusal(lambda: judging.own(it)) == "not_permitted"
    assert refusal(lambda: judging.own(judging.branch.person("auditor", Role.AUDITOR))) == "not_permitted"
    assert refusal(lambda: judging.seen_by_manager(judging.teller)) == "not_permitted"
    assert refusal(lambda: judging.seen_by_manager(it)) == "not_permitted"
