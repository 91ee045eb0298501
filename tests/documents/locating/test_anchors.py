"""Where a card lies by its words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.documents.engine import TextLine
from teller_assist.documents.locating.anchors import cards_by_words, names_a_card
from teller_assist.documents.locating.rectification import to_scan
from teller_assist.documents.locating.search import overlap
from teller_assist.evidence.pictures import Points
from tests.stand_ins.card_lines import Item, Person, all_items, back_items, front_items, text_lines
from tests.stand_ins.drawn_scans import corners_at

FRONT = text_lines(all_items(front_items(Person())))
# Both lines of the title are printed wide.
BACK = text_lines(
    [replace(item, pitch={"中华人民共和国": 1.07, "居民身份证": 1.13}.get(item.text, 0.85)) for item in back_items()]
)


def in_scan(lines: tuple[TextLine, ...], quad: Points) -> tuple[TextLine, ...]:
    return tuple(replace(line, corners=to_scan(line.corners, quad)) for line in lines)


@pytest.mark.parametrize("lines", [FRONT, BACK], ids=["front", "back"])
@pytest.mark.parametrize("angle_deg", [0, 45, 180, 300])
def test_a_card_lies_where_its_words_say(lines: tuple[TextLine, ...], angle_deg: float) -> None:
    quad = corners_at((900, 700), 500, angle_deg)
    found = cards_by_words(in_scan(lines, quad))
    assert overlap(found[0], quad) > 0.85
    assert np.linalg.norm(found[0][0] - quad[0]) < 40


def test_a_card_that_the_camera_saw_aslant_lies_where_its_words_say() -> None:
    quad = np.array([(300, 200), (900, 320), (860, 700), (260, 580)], np.float32)  # sheared: its rows do not run as its sides do
    found = cards_by_words(in_scan(FRONT, quad))
    assert overlap(found[0], quad) > 0.9
    assert np.linalg.norm(found[0] - quad, axis=1).max() < 30


def test_the_number_alone_is_enough() -> None:
    quad = corners_at((900, 700), 500, 12)
    number = tuple(line for line in FRONT if line.text == Person().number)
    assert overlap(cards_by_words(in_scan(number, quad))[0], quad) > 0.8


def test_front_and_back_in_one_scan_are_two_places() -> None:
    quads = corners_at((500, 400), 450, 5), corners_at((1100, 900), 450, 170)
    found = cards_by_words((*in_scan(FRONT, quads[0]), *in_scan(BACK, quads[1])))
    assert len(found) >= 2
    assert all(max(overlap(one, quad) for one in found) > 0.8 for quad in quads)


@pytest.mark.parametrize("text", ["6216225090962777018", "个人银行结算账户申请书", "20260312", "姓名", "住址"])
def test_other_text_is_no_place(text: str) -> None:
    assert cards_by_words(text_lines([Item(text, 100, 100, 40)])) == ()


@pytest.mark.parametrize("text", ["6216225090962777018", "VALID THRU", "合计", "护照"])
def test_other_documents_do_not_name_an_identity_card(text: str) -> None:
    assert not names_a_card(text_lines([Item(text, 100, 100, 40)]))


@given(st.text(max_size=30), st.lists(st.floats(-1e4, 1e4, width=32), min_size=8, max_size=8))
def test_no_line_does_harm(text: str, corners: list[float]) -> None:
    line = TextLine(text, 0.9, (0.9,) * len(text), np.array(corners, np.float32).reshape(4, 2))
    for quad in cards_by_words((line, *FRONT)):
        assert np.isfinite(quad).all()
