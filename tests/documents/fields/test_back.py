from __future__ import annotations

from dataclasses import replace

import pytest

from teller_assist.evidence.printed import DocumentKind, FieldName
from tests.documents.fields.test_parse import PERSONS, read, values
from tests.stand_ins.card_lines import Item, Person, all_items, back_items, front_items

DIVISION = "江苏省南通市如东县样镇"
OFFICE_LINES = ["样路2号如东县公安局", "样路2号公安派出所", "样路2号市公安处", "样路2号省公安厅"]
TITLE = Item("中华人民共和国临时居民身份证", 250, 34, 36)


def collective(office_line: str) -> tuple[Person, dict[str, list[Item]]]:
    """Return a household that is an office's, and the lines of its front: one of them reads like an authority."""
    person = replace(PERSONS[0], address=DIVISION + office_line + "集体户")
    rows = front_items(person)
    lines = [DIVISION, office_line, "集体户"]
    rows["address"] = [rows["address"][0], *(Item(line, 168, 305 + 50 * place, 45) for place, line in enumerate(lines))]
    return person, rows


def below(*, label: str = "签发机关", validity: str = "2026.10.01-2027.01.01") -> list[Item]:
    """Return what a temporary card has below the number."""
    authority = [Item(label, 60, 586, 28), Item("海门市公安局", 230, 586, 30)]
    items = [*authority, Item("有效期限", 60, 622, 28), Item(validity, 230, 622, 30)]
    return [item for item in items if item.text]


@pytest.mark.parametrize("office_line", OFFICE_LINES)
def test_an_address_that_names_an_office_keeps_all_its_lines(office_line: str) -> None:
    person, rows = collective(office_line)
    front = read(all_items(rows))
    assert front.kind is DocumentKind.FRONT
    assert values(front) == person.values
    assert front.fields[FieldName.ADDRESS].accepted


@pytest.mark.parametrize("office_line", OFFICE_LINES)
def test_the_authority_behind_its_label_counts_before_an_office_in_the_address(office_line: str) -> None:
    person, rows = collective(office_line)
    card = read([*all_items(rows), *below()])
    assert card.kind is DocumentKind.TEMPORARY
    assert values(card) == person.values | {"authority": "海门市公安局", "valid_from": "2026-10-01", "valid_to": "2027-01-01"}
    assert all(one.accepted for one in card.fields.values())


def test_an_office_without_a_label_is_the_lowest_one_and_may_be_the_addresss_too() -> None:
    person, rows = collective(OFFICE_LINES[0])
    card = read([*all_items(rows), *below(label="")])
    assert values(card)["authority"] == "海门市公安局"
    assert values(card)["address"] == person.address
    assert {name for name, one in card.fields.items() if not one.accepted} == {FieldName.ADDRESS, FieldName.AUTHORITY}


@pytest.mark.parametrize("label", ["签发机关", ""])
def test_an_address_of_which_a_line_was_taken_for_the_authority_is_never_accepted(label: str) -> None:
    _, rows = collective(OFFICE_LINES[0])
    without_authority = [item for item in below(label=label) if "公安" not in item.text]
    assert not read([*all_items(rows), *without_authority]).fields[FieldName.ADDRESS].accepted


def test_an_office_in_the_address_is_no_authority_where_nothing_else_of_a_back_was_read() -> None:
    person, rows = collective(OFFICE_LINES[0])
    card = read([TITLE, *all_items(rows)])
    assert card.kind is DocumentKind.TEMPORARY
    assert values(card) == person.values


def test_an_authority_without_its_label_is_told_on_a_back() -> None:
    items = back_items()
    assert values(read([*items[:2], items[3], *items[4:]]))["authority"] == "如东县公安局"
    assert values(read([*items[:2], items[3]])) == {"authority": "如东县公安局"}
