"""The managers' register of look-alikes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.people import Role
from tests.stand_ins.cases import number
from tests.stand_ins.reviewed import INFO, ReviewedBranch, refusal

MARKS = "左眼下方有痣，另一人没有"


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[ReviewedBranch]:
    made = ReviewedBranch(tmp_path / "server")
    yield made
    made.close()


def test_two_people_noted_as_different_are_look_alikes_at_the_next_check(branch: ReviewedBranch) -> None:
    manager = branch.person("manager")
    first, second = (branch.arrive(INFO, holder=number(sequence)) for sequence in (31, 35))
    noted = branch.records.look_alikes.add(manager, first, second, f" {MARKS} ")
    for sequence in (31, 35):
        with branch.records.database.reading() as session:
            assert branch.records.register.lookup(session, IdNumber(number(sequence))).look_alike
    for about in (first, second):
        (pair,) = branch.records.look_alikes.about(manager, about)
        assert (pair.number, pair.marks, pair.login) == (noted, MARKS, "manager")
    assert branch.records.look_alikes.listed(manager) == (pair,)
    for path in branch.folder.rglob("*"):
        assert MARKS.encode() not in (path.read_bytes() if path.is_file() else b"")


def test_the_marks_go_with_the_person(branch: ReviewedBranch) -> None:
    manager = branch.person("manager")
    first, second = (branch.arrive(INFO, holder=number(sequence)) for sequence in (31, 35))
    branch.records.look_alikes.add(manager, first, second, MARKS)
    branch.records.persons.erase(IdNumber(number(31)), actor="test")
    (pair,) = branch.records.look_alikes.about(manager, second)
    assert pair.marks == ""
    with branch.records.database.reading() as session:
        assert not branch.records.register.lookup(session, IdNumber(number(35))).look_alike


def test_what_cannot_be_noted_is_refused(branch: ReviewedBranch) -> None:
    manager, stranger = branch.person("manager"), branch.person("north", branch_id="north")
    first, second = (branch.arrive(INFO, holder=number(31)) for _ in range(2))
    third = branch.arrive(INFO, holder=number(32))
    add = branch.records.look_alikes.add
    assert refusal(lambda: add(manager, first, second, MARKS)) == "shape_invalid", "one person"
    assert refusal(lambda: add(manager, first, third, "  ")) == "shape_invalid"
    assert refusal(lambda: add(manager, first, "f" * 32, MARKS)) == "not_found"
    assert refusal(lambda: add(stranger, first, third, MARKS)) == "not_found"
    assert refusal(lambda: add(branch.person("auditor", Role.AUDITOR), first, third, MARKS)) == "not_permitted"
    branch.records.persons.erase(IdNumber(number(32)), actor="test")
    assert refusal(lambda: add(manager, first, third, MARKS)) == "shape_invalid", "nobody's number is left in it"
    assert branch.records.look_alikes.listed(manager) == ()
