"""Clocks and erasure: what is over is gone, also from a backup; what is under review or disputed stays."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import CaseErasedError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.audit_check import check_chain
from teller_assist.review.case_parts import IDENTITY, RECORD, picture_part
from teller_assist.review.review_kinds import Finding, Item, Purpose, ReviewOutcome, Round
from tests.stand_ins.cases import NAME, NUMBER, number
from tests.stand_ins.databases import audit_of, copied, sql_in
from tests.stand_ins.reviewed import INFO, KINSHIP, ReviewedBranch

ROLES = ("live", "chip", "netcheck")
PICTURES = {picture_part(role) for role in ROLES}
LOOK = ("document_mismatch", "review", "expired")


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[ReviewedBranch]:
    made = ReviewedBranch(tmp_path / "server")
    yield made
    made.close()


def kept(branch: ReviewedBranch, case_id: str) -> set[str]:
    with sql_in(branch.folder) as database:
        rows = database.execute("SELECT part FROM case_parts WHERE case_id=? AND erased=''", (case_id,)).fetchall()
    return {row[0] for row in rows}


def days(branch: ReviewedBranch, purpose: Purpose, item: Item) -> datetime.timedelta:
    return datetime.timedelta(days=branch.records.policy.days[purpose, item])


def find(branch: ReviewedBranch, case_id: str, finding: Finding, login: str = "one") -> None:
    person = branch.person(login)
    branch.records.reviewing.record_finding(person, case_id, Round.FIRST, finding, ReviewOutcome.PROCEED, "左眼下方有痣")


def test_each_item_has_a_clock_of_its_own(branch: ReviewedBranch) -> None:
    case_id = branch.arrive(INFO, pictures=True)
    everything = {RECORD, IDENTITY, *PICTURES}
    branch.move(days(branch, Purpose.REVIEW, Item.PICTURES) - datetime.timedelta(seconds=1))
    assert branch.records.retention.sweep() == 0
    assert kept(branch, case_id) == everything
    branch.move(datetime.timedelta(seconds=1))
    assert branch.records.retention.sweep() == 3
    assert kept(branch, case_id) == {RECORD, IDENTITY}
    branch.move(days(branch, Purpose.REVIEW, Item.IDENTITY))
    branch.records.retention.sweep()
    assert kept(branch, case_id) == {RECORD}
    branch.move(days(branch, Purpose.REVIEW, Item.RECORD))
    branch.records.retention.sweep()
    assert kept(branch, case_id) == set()
    told = [link.facts["parts"] for link in audit_of(branch.folder).links if link.kind == "part_erased"]
    assert told == [",".join(sorted(PICTURES)), IDENTITY, RECORD]
    assert check_chain(audit_of(branch.folder)) is None


def test_what_is_under_review_stays_until_it_is_closed(branch: ReviewedBranch) -> None:
    case_id = branch.arrive(LOOK, pictures=True)
    branch.move(days(branch, Purpose.REVIEW, Item.PICTURES))
    assert branch.records.retention.sweep() == 0
    find(branch, case_id, Finding.GENUINE)
    assert branch.records.retention.sweep() == 3


def test_a_case_that_nobody_ever_reviews_is_no_reason_to_keep_faces_for_ever(branch: ReviewedBranch) -> None:
    case_id = branch.arrive(LOOK, pictures=True)
    branch.move(days(branch, Purpose.DISPUTE, Item.PICTURES))
    assert branch.records.retention.sweep() == 3
    assert kept(branch, case_id) == {RECORD, IDENTITY}


def test_evidence_of_a_dispute_is_kept_longer_and_no_clock_is_shortened(branch: ReviewedBranch) -> None:
    case_id = branch.arrive(LOOK, pictures=True)
    find(branch, case_id, Finding.RELATIVE)
    branch.move(days(branch, Purpose.REVIEW, Item.PICTURES) + datetime.timedelta(days=1))
    assert branch.records.retention.sweep() == 0
    branch.move(days(branch, Purpose.DISPUTE, Item.PICTURES))
    branch.records.retention.sweep()
    assert not kept(branch, case_id) & PICTURES


def test_a_customers_hash_leaves_the_register_after_the_last_case_and_one_added_by_hand_does_not(
    branch: ReviewedBranch,
) -> None:
    branch.arrive(INFO, holder=number(11))
    branch.records.add_relatives([IdNumber(number(13))], actor="test")

    def knows(sequence: int) -> bool:
        with branch.records.database.reading() as session:
            return branch.records.register.knows(session, IdNumber(number(sequence)))

    half = datetime.timedelta(days=branch.records.policy.register_days // 2 + 1)
    branch.move(half)
    branch.arrive(INFO, holder=number(11))
    branch.move(half)
    branch.records.retention.sweep()
    assert knows(11), "seen again in between"
    branch.move(half)
    branch.records.retention.sweep()
    assert (knows(11), knows(13)) == (False, True)


def test_what_was_erased_cannot_be_read_in_a_restored_backup(branch: ReviewedBranch, tmp_path: Path) -> None:
    case_id = branch.arrive(INFO, pictures=True)
    number_ = IdNumber(NUMBER)
    branch.close()
    copied(branch.folder, tmp_path / "backup", with_keys=False)
    branch.open()
    made = utc_text(branch.clock())
    branch.move(datetime.timedelta(hours=1))
    assert branch.records.persons.erase(number_, actor="test").parts == 4
    branch.close()
    shutil.rmtree(branch.folder)
    copied(tmp_path / "backup", branch.folder, with_keys=False)
    branch.open()
    manager = branch.person("manager")
    with branch.records.database.reading() as session, pytest.raises(CaseErasedError):
        branch.records.store.opened(session, case_id)
    # Nothing but the keys was needed for that; this makes rows and register say so as well.
    assert branch.records.retention.after_restore(made) == 4
    _, case = branch.records.cases.one(manager, case_id, pictures=True)
    assert case["identity_erased"]
    assert NAME not in str(case)
    assert all(not one["kept"] for one in case["evidence"])
    with branch.records.database.reading() as session:
        assert not branch.records.register.knows(session, number_)


def test_erasing_a_person_leaves_what_somebody_else_is_owed(branch: ReviewedBranch) -> None:
    mine = branch.arrive(INFO, pictures=True, holder=number(21))
    theirs = branch.arrive(INFO, pictures=True, holder=number(22))
    erased = branch.records.persons.erase(IdNumber(number(21)), actor="test")
    assert (erased.cases, erased.parts, erased.kept_for_dispute) == (1, 4, ())
    assert kept(branch, mine) == {RECORD}
    assert kept(branch, theirs) == {RECORD, IDENTITY, *PICTURES}
    assert branch.records.persons.erase(IdNumber(number(21)), actor="test").cases == 0


def test_a_case_under_review_and_evidence_of_a_dispute_are_not_erased_on_request(branch: ReviewedBranch) -> None:
    waiting = branch.arrive(LOOK, pictures=True, holder=number(21))
    disputed = branch.arrive(LOOK, pictures=True, holder=number(21))
    find(branch, disputed, Finding.TWIN)
    plain = branch.arrive(INFO, pictures=True, holder=number(21))
    erased = branch.records.persons.erase(IdNumber(number(21)), actor="test")
    assert erased.kept_for_dispute == tuple(sorted((waiting, disputed)))
    assert kept(branch, plain) == {RECORD}
    assert IDENTITY in kept(branch, waiting)
    with branch.records.database.reading() as session:
        assert branch.records.register.knows(session, IdNumber(number(21))), "the disputed case still needs it"


def test_a_person_gets_a_copy_of_everything(branch: ReviewedBranch) -> None:
    ids = {branch.arrive(INFO, pictures=True, holder=number(21)) for _ in range(2)}
    branch.arrive(INFO, holder=number(22))
    copy = branch.records.persons.export(IdNumber(number(21)), actor="test")
    assert {one["case_id"] for one in copy["cases"]} == ids
    assert copy["in_register"]
    assert all(one["persons"][0]["number"] == number(21) and one["evidence"][0]["data_base64"] for one in copy["cases"])
    looks = [link.subject for link in audit_of(branch.folder).links if link.kind == "person_exported"]
    assert set(looks) == ids
    assert branch.records.persons.export(IdNumber(number(30)), actor="test")["cases"] == []


@pytest.mark.full
def test_persons_whose_faces_were_compared_are_counted_once_and_told_before_the_filing_is_due(tmp_path: Path) -> None:
    from dataclasses import replace

    branch = ReviewedBranch(tmp_path / "server")
    policy = replace(branch.records.policy, persons_told_from=3, persons_filing_at=4)
    branch.close()
    branch = ReviewedBranch(tmp_path / "another", policy=policy)
    branch.arrive(INFO, holder=number(21))
    branch.arrive(INFO, holder=number(21))
    branch.arrive(INFO, holder=number(22))
    nobody_compared = [{"edge": "live_chip", "compared": False, "why": "no_photo"}]
    branch.arrive(INFO, holder=number(23), comparisons=nobody_compared)
    count = branch.records.retention.persons()
    assert (count.persons, count.filing_at, count.told) == (2, 4, False)
    branch.arrive(INFO, holder=number(24))
    assert branch.records.retention.persons().told
    branch.close()


def test_a_kinship_case_closed_as_twins_keeps_its_evidence(branch: ReviewedBranch) -> None:
    case_id = branch.arrive(KINSHIP, pictures=True)
    find(branch, case_id, Finding.TWIN)
    two = branch.person("two")
    outcome = ReviewOutcome.PROCEED
    branch.records.reviewing.record_finding(two, case_id, Round.SECOND, Finding.TWIN, outcome)
    branch.move(days(branch, Purpose.REVIEW, Item.PICTURES) + datetime.timedelta(days=1))
    branch.records.retention.sweep()
    assert kept(branch, case_id) >= PICTURES
