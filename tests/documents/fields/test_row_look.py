"""Rows that are cut out of a card and read alone."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from teller_assist.documents.engine import TextLine
from teller_assist.documents.fields.parse import FieldsRead, read_fields
from teller_assist.documents.fields.row_look import lacking_fields, look_at_rows
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import DocumentKind, FieldName
from tests.stand_ins.card_lines import SIZE_PX, Item, Person, all_items, back_items, front_items, text_lines

DAY = datetime.date(2026, 12, 1)
ROW_LEFT_PX = 30


def card() -> Pixels:
    """A card whose rows tell where they were cut out: every pixel has its height as its colour."""
    rows = np.arange(SIZE_PX[1]) * 255 // SIZE_PX[1]
    return np.ascontiguousarray(np.broadcast_to(rows[:, None, None], (SIZE_PX[1], SIZE_PX[0], 3)).astype(np.uint8))


class Engine:
    """Reads in a piece of the card what stands there, twice as large as the piece is cut out."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self.shown: list[tuple[int, int]] = []

    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        self.shown.append(pixels.shape[:2])
        top = int(pixels[0, 0, 0]) * SIZE_PX[1] / 255
        height = pixels.shape[0] / 2
        inside = [item for item in self.items if top < item.y < top + height and ROW_LEFT_PX <= item.x < 700]
        placed = [replace(item, x=2 * (item.x - ROW_LEFT_PX), y=2 * (item.y - top), height=2 * item.height) for item in inside]
        return text_lines(placed)


def temporary_items(person: Person) -> dict[str, list[Item]]:
    """A front's rows set closer, below the title, with those of a back beneath."""
    rows = front_items(person)
    for row in rows.values():
        for item in row:
            item.x, item.y, item.height = 0.94 * item.x - 4, 0.8 * item.y + 24, 0.8 * item.height
    rows["title"] = [Item("临时居民身份证", 247, 38, 44)]
    rows["back"] = [Item("签发机关", 54, 514, 38), Item("如东县公安局", 228, 514, 36), Item("有效期限", 54, 574, 38)]
    rows["back"].append(Item("2026.10.02-2026.12.31", 228, 574, 36))
    return rows


def looked(
    items: list[Item], there: list[Item], in_time: Callable[[], bool] | None = None
) -> tuple[FieldsRead, FieldsRead, Engine]:
    lines = text_lines(items)
    first, engine = read_fields(lines, SIZE_PX, DAY), Engine(there)
    return first, look_at_rows(first, lines, card(), engine.read, DAY, in_time or (lambda: True))[0], engine


def values(read: FieldsRead) -> dict[str, str]:
    return {name.value: one.value for name, one in read.fields.items()}


@pytest.mark.parametrize(("row", "places"), [("sex", 1), ("ethnicity", 0), ("birth", 1), ("name", 1)])
def test_what_the_first_look_passed_over_is_read_in_its_row_alone(row: str, places: int) -> None:
    whole = front_items(Person())
    lacking = dict(whole)
    lacking[row] = whole[row][:places]
    first, again, engine = looked(all_items(lacking), all_items(whole))
    assert row not in values(first)
    assert values(again) == Person().values
    (height, _width) = engine.shown[0]
    assert height < 2 * SIZE_PX[1] / 3, "a row, not the card"
    assert len(engine.shown) == 1


def test_an_address_that_was_badly_read_is_read_again_and_better() -> None:
    rows = front_items(Person())
    rows["address"][1].confidences = [0.99] * (len(rows["address"][1].text) - 1) + [0.4]
    rows["address"][1].text = rows["address"][1].text[:-1] + "理"
    _, again, _ = looked(all_items(rows), all_items(front_items(Person())))
    assert values(again) == Person().values
    assert again.fields[FieldName.ADDRESS].accepted


@pytest.mark.parametrize("rows_in_time", [0, 1, 2])
def test_no_row_is_begun_when_the_time_is_over(rows_in_time: int) -> None:
    whole = front_items(Person())
    lacking = {**whole, "sex": whole["sex"][:1], "birth": whole["birth"][:1], "name": whole["name"][:1]}
    left = iter([True] * rows_in_time + [False] * 3)
    first, again, engine = looked(all_items(lacking), all_items(whole), lambda: next(left))
    assert len(engine.shown) == rows_in_time
    assert len(first.missing) - len(again.missing) == rows_in_time


def test_what_reads_no_better_changes_nothing() -> None:
    rows = front_items(Person())
    rows["sex"] = rows["sex"][:1]
    first, again, engine = looked(all_items(rows), all_items(rows))
    assert again is first
    assert len(engine.shown) == 1


@pytest.mark.parametrize(
    "items", [all_items(front_items(Person())), back_items(), back_items()[:4]], ids=["front", "back", "half"]
)
def test_a_whole_front_and_other_sides_are_not_looked_at_again(items: list[Item]) -> None:
    first, again, engine = looked(items, items)
    assert again is first
    assert engine.shown == []
    assert lacking_fields(first) == 0


def test_a_name_in_doubt_is_left_to_its_own_second_look() -> None:
    rows = front_items(Person())
    rows["name"][1].confidences = [0.99, 0.3]
    first, again, engine = looked(all_items(rows), all_items(front_items(Person())))
    assert again is first
    assert engine.shown == []


def test_a_temporary_card_s_rows_lie_where_its_labels_say() -> None:
    whole = temporary_items(Person())
    lacking = {**whole, "sex": whole["sex"][:1]}
    first, again, engine = looked(all_items(lacking), all_items(whole))
    assert (first.kind, "sex" in values(first)) == (DocumentKind.TEMPORARY, False)
    assert values(again)["sex"] == Person().sex
    assert len(engine.shown) == 1


def test_the_title_of_a_temporary_card_is_no_name() -> None:
    rows = temporary_items(Person())
    rows["name"] = [Item("姓粉", 53, 103, 38), Item("王样", 155, 101, 40, confidences=[0.6, 0.6])]
    first, _, _ = looked(all_items(rows), [])
    assert values(first)["name"] == "王样"
