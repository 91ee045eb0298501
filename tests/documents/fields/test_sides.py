"""Which side of which card the texts are of, where words of both stand on one card."""

from __future__ import annotations

from dataclasses import replace

import pytest

from teller_assist.evidence.printed import DocumentKind
from tests.documents.fields.test_parse import PERSONS, read, values
from tests.stand_ins.card_lines import SIZE_PX, Item, all_items, back_items, front_items

BACK = {"authority": "如东县公安局", "valid_from": "2019-01-01"}


def copied_below(validity: str) -> list[Item]:
    """Return a back's lines where both sides were copied onto one sheet, one below the other."""
    return [replace(item, y=item.y + SIZE_PX[1]) for item in back_items(validity=validity)]


@pytest.mark.parametrize("last", ["2024.01.01", "2029.01.01", "2039.01.01", "长期"])
def test_both_sides_in_one_outline_are_no_temporary_card_but_the_surer_side(last: str) -> None:
    person, validity = PERSONS[1], f"2019.01.01-{last}"
    rows = front_items(person)
    front = read([*all_items(rows), *copied_below(validity)])
    assert (front.kind, values(front)) == (DocumentKind.FRONT, person.values)
    assert all(one.accepted for one in front.fields.values())
    badly_read = [*rows["birth"], *rows["number"]]
    back = read([*badly_read, *copied_below(validity)])
    assert back.kind is DocumentKind.BACK
    assert {name: values(back)[name] for name in BACK} == BACK


def test_both_sides_together_are_a_temporary_card_where_the_validity_is_none_of_another_one() -> None:
    card = read([*all_items(front_items(PERSONS[0])), *copied_below("2026.10.01-2027.01.01")])
    assert card.kind is DocumentKind.TEMPORARY
    assert all(one.accepted for one in card.fields.values())


@pytest.mark.parametrize("titles", [["临时居民身份证"], ["临时", "居民身份证"], ["临时居民身分证"]])
def test_the_title_makes_a_card_temporary_whatever_its_validity(titles: list[str]) -> None:
    title = [Item(text, 250 + 110 * place, 34, 36) for place, text in enumerate(titles)]
    assert read([*title, *all_items(front_items(PERSONS[0]))]).kind is DocumentKind.TEMPORARY
    both = read([*title, *all_items(front_items(PERSONS[0])), *copied_below("2019.01.01-2039.01.01")])
    assert both.kind is DocumentKind.TEMPORARY


def test_an_address_that_is_temporary_makes_no_temporary_card() -> None:
    person = replace(PERSONS[0], address="江苏省南通市如东县新样镇样村临时安置房3号")
    front = read(all_items(front_items(person)))
    assert (front.kind, values(front)) == (DocumentKind.FRONT, person.values)
