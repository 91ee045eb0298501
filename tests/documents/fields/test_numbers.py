from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.documents.fields.numbers import is_valid, number_of
from teller_assist.documents.fields.text import Text
from tests.documents.fields.test_snapping import text
from tests.stand_ins.card_lines import Person

NUMBER = Person().number


def read(characters: str) -> str:
    found = number_of([text(characters)])
    return "" if found is None else found.characters


@pytest.mark.parametrize("label", ["公民身份号码", "公民身份号", "公民号", "公民身纷号码", "公民身份考网2", ""])
def test_the_number_is_found_behind_its_label(label: str) -> None:
    assert read(label + NUMBER) == NUMBER


@pytest.mark.parametrize(("place", "taken_for"), [(NUMBER.index("0"), "O"), (NUMBER.index("2"), "Z"), (NUMBER.index("1"), "l")])
def test_a_digit_that_was_taken_for_a_letter_is_told_where_the_check_digit_holds_and_stays_marked(
    place: int, taken_for: str
) -> None:
    found = number_of([text(NUMBER[:place] + taken_for + NUMBER[place + 1 :])])
    assert found is not None
    assert found.characters == NUMBER
    assert [at for at, glyph in enumerate(found.glyphs) if not glyph.certain] == [place]


def test_a_letter_stays_where_the_check_digit_does_not_hold() -> None:
    wrong = NUMBER[:5] + ("8" if NUMBER[5] != "8" else "9") + "O" + NUMBER[7:]
    assert read(wrong) == wrong


def test_a_small_x_is_the_check_character() -> None:
    assert read("11010519491231002x") == "11010519491231002X"


def test_a_number_that_does_not_hold_is_told_as_it_was_read() -> None:
    assert read(NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"))[:-1] == NUMBER[:-1]
    assert not is_valid(read(NUMBER[:15]))


def test_a_line_with_few_digits_is_no_number() -> None:
    assert number_of([text("江苏省如东县样镇3组55号"), text("1990年3月7日")]) is None
    assert number_of([]) is None


def test_the_number_that_holds_counts_among_several() -> None:
    rows = [text("62220212345678901234"), text(NUMBER), text("110101199001011230")]
    found = number_of(rows)
    assert found is not None
    assert found.characters == NUMBER


@given(st.text(st.sampled_from("0123456789XOIlBxZ公民身份号码 "), max_size=30))
def test_no_line_raises(characters: str) -> None:
    found = number_of([text(characters)] if characters else [Text(())])
    assert found is None or len(found.characters) >= 12
