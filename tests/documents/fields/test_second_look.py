from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from teller_assist.documents.engine import TextLine
from teller_assist.documents.fields.parse import FieldsRead, read_fields
from teller_assist.documents.fields.second_look import look_again
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import FieldName
from tests.stand_ins.card_lines import SIZE_PX, Item, Person, all_items, front_items, text_lines

CARD: Pixels = np.zeros((SIZE_PX[1], SIZE_PX[0], 3), np.uint8)


class Engine:
    """Reads one name, whatever it is shown."""

    def __init__(self, name: str, confidences: list[float] | None = None) -> None:
        self.answer = text_lines([Item(name, 20, 60, 100, confidences or [])])
        self.shown: list[tuple[int, ...]] = []

    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        self.shown.append(pixels.shape)
        return self.answer


def first_look(name: str, confidences: list[float]) -> FieldsRead:
    rows = front_items(Person(name=name))
    rows["name"][1].confidences = confidences
    return read_fields(text_lines(all_items(rows)), SIZE_PX)


def again(first: FieldsRead, engine: Engine) -> tuple[str, tuple[int, ...], bool]:
    name = look_again(first, CARD, engine.read).fields[FieldName.NAME]
    return name.value, name.doubtful, name.accepted


def test_a_name_without_doubt_is_not_looked_at_again() -> None:
    engine = Engine("王样")
    first = first_look("王样", [0.99, 0.99])
    assert look_again(first, CARD, engine.read) is first
    assert engine.shown == []


def test_two_looks_that_agree_take_the_doubt_away_where_one_is_sure() -> None:
    engine = Engine("王江", [0.99, 0.95])
    assert again(first_look("王江", [0.99, 0.6]), engine) == ("王江", (), True)
    ((height, width, _),) = engine.shown
    assert height > 100
    assert width > height


def test_a_word_of_every_day_that_names_seldom_have_must_be_read_more_surely_in_one_look_and_in_two() -> None:
    assert first_look("样江", [0.98, 0.99]).fields[FieldName.NAME].doubtful == (0,)
    assert first_look("江样", [0.99, 0.98]).fields[FieldName.NAME].doubtful == (1,)
    assert again(first_look("样江", [0.78, 0.99]), Engine("样江", [0.98, 0.99])) == ("样江", (0,), False)
    assert again(first_look("样江", [0.78, 0.99]), Engine("样江", [0.995, 0.99])) == ("样江", (), True)


@pytest.mark.parametrize("name", ["逢江", "江场", "江功"])
def test_what_is_also_written_for_characters_that_recognition_does_not_know_is_always_looked_at(name: str) -> None:
    place = next(place for place, one in enumerate(name) if one != "江")
    assert first_look(name, [1.0, 1.0]).fields[FieldName.NAME].doubtful == (place,)
    assert again(first_look(name, [1.0, 1.0]), Engine(name, [1.0, 1.0])) == (name, (place,), False)


def test_two_looks_that_agree_unsurely_leave_the_doubt() -> None:
    assert again(first_look("王样", [0.99, 0.6]), Engine("王样", [0.99, 0.7])) == ("王样", (1,), False)


def test_of_two_readings_that_differ_the_surer_one_is_told_and_every_difference_is_in_doubt() -> None:
    assert again(first_look("王样", [0.99, 0.6]), Engine("玉祥", [0.99, 0.5])) == ("王样", (0, 1), False)
    assert again(first_look("王样", [0.99, 0.6]), Engine("王祥", [0.99, 0.7])) == ("王祥", (1,), False)
    assert again(first_look("王样", [0.99, 0.6]), Engine("王样样", [0.99, 0.99, 0.99])) == ("王样", (0, 1), False)


def test_a_character_that_the_first_look_missed_is_told_and_in_doubt() -> None:
    rows = front_items(Person(name="王样"))
    rows["name"][1].pitch = 1.4
    first = read_fields(text_lines(all_items(rows)), SIZE_PX)
    assert first.fields[FieldName.NAME].doubtful == (0, 1)
    assert again(first, Engine("王某样", [0.99, 0.9, 0.99])) == ("王某样", (0, 1, 2), False)
    assert again(first, Engine("王样")) == ("王样", (0, 1), False)


@pytest.mark.parametrize("label", ["名", "姓名", "性名"])
def test_the_end_of_the_label_in_the_second_look_is_no_part_of_the_name(label: str) -> None:
    rows = front_items(Person(name="王江"))
    rows["name"][1].pitch = 1.4
    first = read_fields(text_lines(all_items(rows)), SIZE_PX)
    assert again(first, Engine(label + "王江"))[0] == "王江"


def test_one_character_beside_which_others_seem_to_be_missing_stays_in_doubt_however_sure_two_looks_are() -> None:
    rows = front_items(Person(name="样"))
    rows["name"][1] = replace(rows["name"][1], x=rows["name"][1].x + 50)
    first = read_fields(text_lines(all_items(rows)), SIZE_PX)
    assert not first.fields[FieldName.NAME].whole
    assert again(first, Engine("样")) == ("样", (0,), False)


def test_a_name_of_one_character_can_be_settled_by_the_second_look() -> None:
    assert again(first_look("样", [0.6]), Engine("样")) == ("样", (), True)


def test_a_rare_character_stays_in_doubt_however_sure_two_looks_are() -> None:
    assert again(first_look("李䶮", [0.99, 0.99]), Engine("李䶮")) == ("李䶮", (1,), False)


@pytest.mark.parametrize("lines", [(), text_lines([Item("123", 0, 20, 30)])])
def test_a_second_look_that_sees_nothing_changes_nothing(lines: tuple[TextLine, ...]) -> None:
    first = first_look("王样", [0.99, 0.6])
    assert look_again(first, CARD, lambda pixels: lines) is first


def test_a_card_without_a_name_is_left_as_it_is() -> None:
    first = replace(first_look("王样", [0.99, 0.6]), fields={})
    assert look_again(first, CARD, Engine("王样").read) is first
