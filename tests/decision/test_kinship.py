from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.decision.judgement import Kinship
from teller_assist.decision.kinship import (
    NO_ENTRY,
    NOT_LOOKED_UP,
    POSSIBLE_TWIN,
    RELATIVE,
    TWIN_SEQUENCES,
    KinshipFinding,
    NumberRegister,
    ask_register,
    neighbouring_numbers,
)
from teller_assist.errors import BranchRefusedError, BranchUnreachableError
from teller_assist.evidence.id_number import IdNumber, check_character
from teller_assist.settings.personal import Personal
from teller_assist.wording import sentence

FAMILY = "99999919900101"  # an area that was never given out
SEQUENCES = st.integers(min_value=0, max_value=999)


def number(sequence: int, family: str = FAMILY) -> IdNumber:
    first_17 = f"{family}{sequence:03d}"
    return IdNumber(first_17 + check_character(first_17))


def register(*numbers: IdNumber) -> NumberRegister:
    return NumberRegister(Personal(one) for one in numbers)


@given(SEQUENCES, SEQUENCES)
def test_same_area_and_birth_date_is_kin_and_near_sequences_may_be_twins(own: int, other: int) -> None:
    found = register(number(other)).lookup(number(own))
    if own == other:
        assert found == NO_ENTRY
    else:
        assert found == (POSSIBLE_TWIN if abs(own - other) <= TWIN_SEQUENCES else RELATIVE)


@given(SEQUENCES, SEQUENCES)
def test_kinship_is_mutual(own: int, other: int) -> None:
    assert register(number(other)).lookup(number(own)) == register(number(own)).lookup(number(other))


@given(SEQUENCES, SEQUENCES, st.sampled_from(["99999919900102", "99999819900101", "99999919910101"]))
def test_another_area_or_birth_date_is_no_relative(own: int, other: int, family: str) -> None:
    assert register(number(other, family)).lookup(number(own)) == NO_ENTRY


@given(st.lists(SEQUENCES, max_size=8), SEQUENCES)
def test_one_more_number_never_takes_a_flag_away(others: list[int], own: int) -> None:
    numbers = [number(one) for one in others]
    weight = {NO_ENTRY: 0, RELATIVE: 1, POSSIBLE_TWIN: 2}
    alone = register(*numbers).lookup(number(own))
    with_own = register(*numbers, number(own)).lookup(number(own))
    with_twin = register(*numbers, number((own + 1) % 1000)).lookup(number(own))
    assert with_own == alone, "the own number is no relative"
    assert weight[with_twin] >= weight[alone]


def test_an_empty_register_has_no_entry() -> None:
    assert register().lookup(number(5)) == NO_ENTRY


@pytest.mark.parametrize("own", [0, 3, 500, 997, 999])
def test_neighbours_are_valid_numbers_within_four_and_never_the_own_one(own: int) -> None:
    neighbours = [IdNumber(text) for text in neighbouring_numbers(number(own))]
    expected = [one for one in range(own - 4, own + 5) if 0 <= one <= 999 and one != own]
    assert [one.sequence for one in neighbours] == expected
    assert {one.text[:14] for one in neighbours} == {FAMILY}


@pytest.mark.parametrize("error", [BranchUnreachableError(), BranchRefusedError()])
def test_a_register_that_cannot_be_asked_is_unknown_with_its_reason(error: BranchUnreachableError | BranchRefusedError) -> None:
    class Away:
        def lookup(self, number: IdNumber) -> KinshipFinding:
            raise error

    found = ask_register(Away(), number(1))
    assert (found.kinship, found.possible_twin) == (Kinship.UNKNOWN, False)
    assert found.why == f"kinship_{error.reason}"
    assert sentence("reason", found.why).zh


def test_a_register_that_answers_is_believed() -> None:
    assert ask_register(register(number(2)), number(1)) == POSSIBLE_TWIN


@pytest.mark.parametrize("found", [NO_ENTRY, NOT_LOOKED_UP, replace(NOT_LOOKED_UP, why="kinship_server_unreachable")])
def test_a_missing_flag_never_reads_as_no_twin(found: KinshipFinding) -> None:
    words = sentence("reason", found.why)
    assert "不代表没有双胞胎" in words.zh
    assert "does not mean there is no twin" in words.en


def test_no_number_stands_in_the_register() -> None:
    """Neither in clear nor as a plain hash of one: two registers of the same number hold nothing in common."""
    known = number(7)
    first, second = register(known), register(known)
    held = repr(first) + repr(vars(first))
    assert known.text not in held
    assert known.text[:14] not in held
    assert known.text.encode() not in pickle.dumps(first)
    assert not first._families.keys() & second._families.keys()
