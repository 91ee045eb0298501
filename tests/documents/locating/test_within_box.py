"""A box that the teller drew."""

from __future__ import annotations

import numpy as np
import pytest

from teller_assist.documents.locating.search import overlap
from teller_assist.documents.locating.within_box import cards_in_box, part_of_box
from tests.stand_ins.drawn_scans import corners_at, draw_card, form, grainy, lay, plain_desk

TRUTH = corners_at((800, 560), 520, 20)
PAGE = grainy(lay(form(), draw_card(), TRUTH))


def box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def test_a_loose_box_around_a_card_finds_the_card() -> None:
    low, high = TRUTH.min(0) - 40, TRUTH.max(0) + 30
    assert overlap(cards_in_box(PAGE, box(*low, *high))[0], TRUTH) > 0.95


def test_corners_that_are_clicked_roughly_settle_on_the_card() -> None:
    rough = TRUTH + np.array([[12, -9], [-10, 8], [9, 11], [-7, -12]], np.float32)
    assert overlap(cards_in_box(PAGE, rough)[0], TRUTH) > 0.95


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]])
def test_corners_come_in_any_order(order: list[int]) -> None:
    assert overlap(cards_in_box(PAGE, TRUTH[order])[0], TRUTH) > 0.95


def test_a_box_without_edges_is_taken_as_it_is() -> None:
    drawn = corners_at((600, 500), 400, 0)
    places = cards_in_box(plain_desk(), drawn)
    assert overlap(places[-1], drawn) > 0.99


@pytest.mark.parametrize(
    "drawn", [box(-500, -500, -100, -100), box(5, 5, 5, 5), box(0, 0, 1e6, 1e6), box(1653, 1169, 1654, 1170)]
)
def test_any_box_gives_an_answer(drawn: np.ndarray) -> None:
    assert np.isfinite(np.stack(cards_in_box(PAGE, drawn))).all()
    assert part_of_box(PAGE, drawn)[0].size > 0
