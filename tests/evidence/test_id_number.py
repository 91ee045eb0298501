from __future__ import annotations

import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from teller_assist.errors import CardUnreadableError
from teller_assist.evidence.id_number import IdNumber, Sex, check_character, mask_name, mask_number

EXAMPLE = "11010519491231002X"  # the one that the standard prints

areas = st.integers(100000, 999999).map(str)
birth_dates = st.dates(datetime.date(1900, 1, 1), datetime.date(2026, 11, 1))
sequences = st.integers(0, 999)
names = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=20)


@st.composite
def valid_texts(draw: st.DrawFn) -> str:
    first = f"{draw(areas)}{draw(birth_dates):%Y%m%d}{draw(sequences):03d}"
    return first + check_character(first)


def why_refused(text: str) -> str:
    with pytest.raises(CardUnreadableError) as refusal:
        IdNumber(text)
    assert text not in str(refusal.value) or len(text) < 2, "an error never repeats the number"
    return str(refusal.value.facts["why"])


def test_the_example_of_the_standard_is_read() -> None:
    number = IdNumber(EXAMPLE)
    assert (number.area, number.birth_date, number.sequence) == ("110105", datetime.date(1949, 12, 31), 2)
    assert number.sex is Sex.FEMALE


@given(areas, birth_dates, sequences)
def test_the_parts_of_a_number_are_the_ones_it_was_made_of(area: str, born: datetime.date, sequence: int) -> None:
    first = f"{area}{born:%Y%m%d}{sequence:03d}"
    number = IdNumber(first + check_character(first))
    assert (number.area, number.birth_date, number.sequence) == (area, born, sequence)
    assert number.sex is (Sex.MALE if sequence % 2 else Sex.FEMALE)


@given(valid_texts(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_changed_character_is_always_caught(text: str, place: int, character: str) -> None:
    assume(text[place] != character)
    why_refused(text[:place] + character + text[place + 1 :])


@given(valid_texts(), st.integers(0, 16))
def test_two_neighbours_in_the_wrong_order_are_always_caught(text: str, place: int) -> None:
    assume(text[place] != text[place + 1])
    why_refused(text[:place] + text[place + 1] + text[place] + text[place + 2 :])


@pytest.mark.parametrize("text", ["", "1", EXAMPLE[:-1] + "1", EXAMPLE.lower(), "11010519491331002X"])
def test_a_text_that_is_no_number_is_none_where_nobody_asks_why(text: str) -> None:
    assert IdNumber.or_none(text) is None
    assert IdNumber.or_none(EXAMPLE) == IdNumber(EXAMPLE)


@given(st.text(max_size=20))
def test_other_text_is_refused_without_being_repeated(text: str) -> None:
    assume(len(text) != 18)
    assert why_refused(text) == "number_form"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("11010519491231002x", "number_form"),
        ("１1010519491231002X", "number_form"),
        ("01010519491231002X", "number_form"),
        (EXAMPLE + "\n", "number_form"),
        ("110105194913310020", "number_birth_date"),
        ("110105194902290020", "number_birth_date"),
        ("110105194912310020", "number_check_character"),
    ],
)
def test_a_refusal_says_what_failed(text: str, why: str) -> None:
    assert why_refused(text) == why


@given(valid_texts())
def test_the_mask_never_shows_the_birthday(text: str) -> None:
    number = IdNumber(text)
    shown = number.masked.replace(" ", "")
    assert len(shown) == 18
    assert shown[8:14] == "******"
    assert shown[:8] + shown[14:] == text[:8] + text[14:]
    assert text not in repr(number)
    assert str(number) == "IdNumber(***)"


@given(names)
def test_a_masked_name_shows_two_characters_at_most_and_keeps_its_length(name: str) -> None:
    masked = mask_name(name)
    shown = [place for place, character in enumerate(masked) if character != "*"]
    assert len(masked) == len(name)
    assert shown == ([] if len(name) == 1 else [0] if len(name) == 2 else [0, len(name) - 1])
    assert all(masked[place] == name[place] for place in shown)


@given(valid_texts(), st.lists(st.integers(0, 18), max_size=4), st.booleans(), st.booleans())
def test_a_typed_number_may_have_blanks_wide_digits_and_a_small_x(text: str, blanks: list[int], wide: bool, small: bool) -> None:
    typed = text.translate(str.maketrans("0123456789", "０１２３４５６７８９")) if wide else text
    typed = typed.lower() if small else typed
    for place in sorted(blanks, reverse=True):
        typed = typed[:place] + " " + typed[place:]
    assert IdNumber.typed(typed) == IdNumber(text)


@given(st.text(max_size=40))
def test_whatever_else_is_typed_is_refused_and_never_repeated(text: str) -> None:
    assume(not text.strip().isdecimal())
    with pytest.raises(CardUnreadableError) as refusal:
        IdNumber.typed("x" + text)
    assert len(text) < 2 or text not in str(refusal.value)


def test_age_turns_on_the_birthday() -> None:
    number = IdNumber(EXAMPLE)
    assert number.age_years(datetime.date(1963, 12, 30)) == 13
    assert number.age_years(datetime.date(1963, 12, 31)) == 14


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("11010519491231002X", "110105 19** **** 002X"),
        ("110105194912310021", "110105 19** **** 0021"),  # misread: its check character fails, and it is shown all the same
        ("1101051949123100", "*" * 16),
        ("", ""),
    ],
)
def test_a_text_that_may_be_a_number_shows_no_more_than_a_number_would(text: str, masked: str) -> None:
    assert mask_number(text) == masked
