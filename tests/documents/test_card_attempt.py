"""What an attempt says of its place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from teller_assist.documents.card_attempt import Attempt
from teller_assist.documents.fields.parse import read_fields
from teller_assist.evidence.printed import CARD_SIZE_PX
from tests.stand_ins.card_lines import Item, Person, all_items, front_items, text_lines

WIDTH, HEIGHT = CARD_SIZE_PX
PLACE = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32) - np.float32(0.5)
CARD = np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def attempt(rows: dict[str, list[Item]]) -> Attempt:
    lines = text_lines(all_items(rows))
    return Attempt(PLACE, CARD, lines, read_fields(lines, CARD_SIZE_PX))


def test_a_whole_card_keeps_its_place() -> None:
    assert attempt(front_items(Person())).widened() is None


def test_a_number_that_reaches_the_right_edge_moves_that_edge_out() -> None:
    rows = front_items(Person())
    number = rows["number"][1]
    rows["number"][1] = replace(number, text=number.text[:15], x=WIDTH - number.width * 15 / 18)
    wider = attempt(rows).widened()
    assert wider is not None
    np.testing.assert_allclose(wider - PLACE, [(0, 0), (0.18 * WIDTH, 0), (0.18 * WIDTH, 0), (0, 0)], atol=1.5)


def test_two_rows_that_begin_at_the_left_edge_move_it_out_one_may_be_dirt() -> None:
    rows = front_items(Person())
    for row in ("birth", "sex"):
        rows[row] = rows[row][1:]
        rows[row][0] = replace(rows[row][0], x=0)
        wider = attempt(rows).widened()
        assert (wider is None) == (row == "birth")
    assert wider is not None
    np.testing.assert_allclose(wider[:, 0] - PLACE[:, 0], [-0.18 * WIDTH, 0, 0, -0.18 * WIDTH], atol=1.5)


def test_what_was_hardly_read_at_an_edge_is_no_print() -> None:
    rows = front_items(Person())
    number = rows["number"][1]
    rows["number"][1] = replace(number, text="|||||||", x=WIDTH - 150, confidences=[0.3] * 7)
    assert attempt(rows).widened() is None


def test_of_two_attempts_that_miss_as_much_the_one_that_doubts_less_is_more_complete() -> None:
    rows = front_items(Person())
    whole = attempt(rows)
    rows["birth"][1] = replace(rows["birth"][1], text="1991年3月7日")  # against the number
    assert attempt(rows).missing == whole.missing
    assert attempt(rows).completeness < whole.completeness
