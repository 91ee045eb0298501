from __future__ import annotations

from dataclasses import replace

import pytest

from teller_assist.evidence.printed import FieldName
from tests.documents.fields.test_parse import PERSONS, read, values
from tests.stand_ins.card_lines import Item, all_items, front_items

PORTRAIT_BEGINS_PX = 630


@pytest.mark.parametrize("end", [16, 18])
def test_an_address_line_that_runs_into_the_portrait_is_never_accepted(end: int) -> None:
    person = replace(PERSONS[0], address="江苏省南通市如东县新样镇样村样路三组555号")
    rows = front_items(person)
    rows["address"][1:] = [Item(person.address[:end], 168, 318, 45), Item(person.address[end:], 168, 368, 45)]
    address = read(all_items(rows)).fields[FieldName.ADDRESS]
    assert address.value != person.address
    assert not address.accepted


def test_an_address_line_whose_end_was_recognised_as_a_line_of_its_own_is_never_accepted() -> None:
    rows = front_items(PERSONS[0])
    line = Item("江苏省南通市如东县新样镇", 168, 318, 45)
    rows["address"][1:] = [line, Item("样村", PORTRAIT_BEGINS_PX, line.y, line.height), Item("3组55号", 168, 368, 45)]
    address = read(all_items(rows)).fields[FieldName.ADDRESS]
    assert (address.value, address.accepted) == ("江苏省南通市如东县新样镇3组55号", False)


def test_a_name_that_runs_into_the_portrait_is_never_accepted() -> None:
    rows = front_items(replace(PERSONS[0], name="阿依样·买样提·样样江样样"))
    name = read(all_items(rows)).fields[FieldName.NAME]
    assert "阿依样·买样提·样样江样样".startswith(name.value)
    assert len(name.value) < 13
    assert (name.accepted, name.whole) == (False, False)


def test_a_long_name_is_read_as_far_as_it_runs_into_the_paper_around_the_portrait() -> None:
    rows = front_items(replace(PERSONS[0], name="阿依样·买样提样样江样"))
    name = read(all_items(rows)).fields[FieldName.NAME]
    assert (name.value, name.accepted) == ("阿依样·买样提样样江样", True)
    rows["name"][1].confidences = [0.99] * 10 + [0.8]
    name = read(all_items(rows)).fields[FieldName.NAME]
    assert (name.value, name.whole) == ("阿依样·买样提样样江", False), "what is unsure there may be the portrait's edge"


@pytest.mark.parametrize(("end", "doubtful"), [("5-1号", (11, 12)), ("5号-1", ()), ("5号", ())])
def test_a_hyphenated_number_that_a_line_s_end_breaks_may_lack_a_hyphen_there(end: str, doubtful: tuple[int, ...]) -> None:
    rows = front_items(PERSONS[0])
    rows["address"][1:] = [Item("江苏省南通市如东县样坊2", 168, 318, 45), Item(end, 168, 368, 45)]
    address = read(all_items(rows)).fields[FieldName.ADDRESS]
    assert (address.value, address.accepted, address.doubtful) == ("江苏省南通市如东县样坊2" + end, not doubtful, doubtful)


@pytest.mark.parametrize(("mark", "is_whole"), [("@", False), ("?", False), (".", True), ("。", True)])
def test_what_no_address_has_may_be_a_character_that_could_not_be_read_unless_it_is_a_speck(mark: str, is_whole: bool) -> None:
    rows = front_items(PERSONS[0])
    rows["address"][1:] = [Item("江苏省南通市如东县样坊", 168, 318, 45), Item(mark + "25号", 168, 368, 45)]
    address = read(all_items(rows)).fields[FieldName.ADDRESS]
    assert (address.value, address.whole) == ("江苏省南通市如东县样坊25号", is_whole)


@pytest.mark.parametrize(("confidence", "address"), [(0.9, "江苏省南通市如东县样·坊25号"), (0.99, "江苏省南通市如东县样·坊25号")])
def test_a_dot_in_an_address_is_a_speck_where_it_was_not_read_surely(confidence: float, address: str) -> None:
    rows = front_items(PERSONS[0])
    line = Item(address, 168, 318, 45, confidences=[0.99] * 10 + [confidence] + [0.99] * 4)
    rows["address"][1:] = [line]
    expected = address if confidence > 0.95 else address.replace("·", "")
    assert read(all_items(rows)).fields[FieldName.ADDRESS].value == expected


@pytest.mark.parametrize("speck", ["·", "生", "1.", "回单本人声明"])
def test_dirt_before_a_label_is_no_part_of_the_value(speck: str) -> None:
    rows = front_items(PERSONS[0])
    value = rows["name"][1]
    rows["name"] = [Item(f"{speck}姓名{value.text}", 40, 96, 52)]
    assert read(all_items(rows)).fields[FieldName.NAME].value == value.text


def test_what_was_made_of_half_a_label_is_no_part_of_the_name_and_somebody_looks() -> None:
    rows = front_items(PERSONS[0])
    value = rows["name"][1]
    badly = [0.2, 0.1, *[0.99] * len(value.text)]
    rows["name"] = [Item(f"姓心{value.text}", 118, 96, 52, confidences=badly)]
    name = read(all_items(rows)).fields[FieldName.NAME]
    assert (name.value, name.whole, name.accepted) == (value.text, False, False)


def test_a_second_script_s_label_below_the_address_is_no_part_of_it() -> None:
    rows = front_items(PERSONS[0])
    rows["second script"] = [Item("是", 49, 505, 40, pitch=2.5)]
    assert values(read(all_items(rows))) == PERSONS[0].values


def test_what_stands_in_the_portrait_costs_no_acceptance() -> None:
    rows = front_items(PERSONS[0])
    rows["portrait"] = [Item("样", 760, 94, 40), Item("号", 690, 318, 30), Item("三", 700, 368, 40), Item("号", 640, 446, 30)]
    front = read(all_items(rows))
    assert values(front) == PERSONS[0].values
    assert all(one.accepted for one in front.fields.values())


@pytest.mark.parametrize("x", [142, 168, 190])
def test_a_digit_with_which_a_line_of_the_address_begins_is_no_part_of_a_label(x: int) -> None:
    rows = front_items(PERSONS[0])
    rows["address"][1:] = [Item("江苏省南通市如东县样坊", 168, 318, 45), Item("31-1号", x, 368, 45)]
    address = read(all_items(rows)).fields[FieldName.ADDRESS]
    assert (address.value, address.accepted) == ("江苏省南通市如东县样坊31-1号", True)


def test_an_address_of_which_the_beginning_is_a_guess_is_never_accepted() -> None:
    rows = front_items(PERSONS[0])
    first = rows["address"][1]
    text = "佳吐" + first.text  # no character of the label was read rightly
    rows["address"][:2] = [Item(text, 60, first.y, 45, pitch=(first.x + first.width - 60) / 45 / len(text))]
    address = read(all_items(rows)).fields[FieldName.ADDRESS]
    assert address.value == PERSONS[0].address
    assert not address.accepted
