"""How surely the characters of a name must be read, by what came of drawing them all."""

from __future__ import annotations

import pytest

from teller_assist.documents.fields.name_characters import sure_from


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("王倓", 0.6),  # rare, and no other one was read as it
        ("王昝", 0.6),
        ("王建", 0.6),  # usual in names
        ("王场", 2.0),  # also written for 玚, which recognition does not know
        ("王股", 0.99),  # a word of every day: 殷, blurred
        ("王暐", 0.96),  # was not drawn
    ],
)
def test_what_a_character_needs_depends_on_what_is_read_as_it(name: str, expected: float) -> None:
    assert sure_from(name)[1] == expected


def test_what_others_are_read_as_must_be_surer_than_they_were() -> None:
    assert sure_from("元江")[0] == pytest.approx(0.884)  # 亓 was read as 元 at 0.834
    assert sure_from("齐江")[0] == 0.92, "however surely: others are met too seldom"
    assert sure_from("王契")[1] == 0.99


def test_of_a_name_in_parts_no_character_is_a_surname() -> None:
    assert sure_from("阿江")[0] == 0.99
    assert sure_from("阿江·买江")[0] < 0.92


@pytest.mark.parametrize("text", ["", "·", "A王", "𬴊", "\ue000"])
def test_whatever_stands_in_a_name_has_its_measure(text: str) -> None:
    assert len(sure_from(text)) == len(text)
    assert all(0.5 < one <= 2.0 for one in sure_from(text))
