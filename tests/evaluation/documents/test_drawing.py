"""Flat cards: the mark keeps off the fields, the address has at most three lines, a second script stands where it belongs."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from teller_assist.errors import PhotographsMissingError
from teller_assist.evaluation.documents import fonts
from teller_assist.evaluation.documents.chance import chance_for
from teller_assist.evaluation.documents.drawing import front as front_module
from teller_assist.evaluation.documents.drawing import style as style_module
from teller_assist.evaluation.documents.drawing.back import draw_back
from teller_assist.evaluation.documents.drawing.front import FrontText, draw_front
from teller_assist.evaluation.documents.drawing.paper import rounded_mask
from teller_assist.evaluation.documents.drawing.portrait import draw_portrait
from teller_assist.evaluation.documents.drawing.second_script import SCRIPTS, Script, font_of, script_of
from teller_assist.evaluation.documents.drawing.style import CardStyle, chosen_style, plain_style, wrapped_lines
from teller_assist.evaluation.documents.drawing.temporary import draw_temporary
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import CARD_SIZE_PX

pytestmark = pytest.mark.usefixtures("chinese_font")

LONG = FrontText("阿不都热西提·努尔买买提江", "男", "柯尔克孜", datetime.date(1988, 12, 31), "西" * 33, "653101198812310018")
EMPTY = FrontText("", "", "", datetime.date(1988, 12, 31), "", "")
AUTHORITY = "延边朝鲜族自治州公安局延吉分局"
FROM, TO = datetime.date(2026, 9, 29), datetime.date(2046, 12, 28)
BLANK = Image.new("RGB", (290, 362), "white")
Draw = Callable[[FrontText, str, CardStyle], Image.Image]


def front(text: FrontText, _: str, style: CardStyle) -> Image.Image:
    return draw_front(text, BLANK, style)


def back(_: FrontText, authority: str, style: CardStyle) -> Image.Image:
    return draw_back(authority, FROM, TO, style)


def temporary(text: FrontText, authority: str, style: CardStyle) -> Image.Image:
    return draw_temporary(text, authority, FROM, TO, BLANK, style)


def changed(one: Image.Image, other: Image.Image, reach_px: int = 1) -> Pixels:
    """Return where two drawings differ, widened by a reach."""
    difference = np.abs(np.asarray(one, np.int16) - np.asarray(other, np.int16)).max(axis=2) > 20
    return np.asarray(cv2.dilate(difference.astype(np.uint8), np.ones((2 * reach_px + 1,) * 2, np.uint8)), np.uint8)


@pytest.mark.full
@pytest.mark.parametrize("draw", [front, back, temporary])
def test_the_specimen_mark_stands_clear_of_every_field(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    style = replace(plain_style(LONG.printed + AUTHORITY), shift_px=(5, 4))  # as far as the print may move towards the mark
    marked = draw(LONG, AUTHORITY, style)
    values = changed(marked, draw(EMPTY, "", style), reach_px=4)
    monkeypatch.setattr(style_module, "SPECIMEN", "")
    mark = changed(marked, draw(LONG, AUTHORITY, style))
    assert mark.sum() > 500, "it is there at all"
    assert values.sum() > 5000
    assert not (mark & values).any()


@pytest.mark.full
@pytest.mark.parametrize("draw", [front, back, temporary])
def test_nothing_printed_reaches_the_card_s_edge(draw: Draw) -> None:
    style = plain_style(LONG.printed + AUTHORITY)
    values = changed(draw(LONG, AUTHORITY, style), draw(EMPTY, "", style))
    assert not values[:, :60].any()
    assert not values[:, CARD_SIZE_PX[0] - 12 :].any()
    assert not values[-30:].any()


@pytest.mark.full
def test_a_card_is_the_same_for_the_same_style_and_another_for_another() -> None:
    style = chosen_style(chance_for(1, "a"), LONG.printed)
    assert draw_front(LONG, BLANK, style).tobytes() == draw_front(LONG, BLANK, style).tobytes()
    other = chosen_style(chance_for(2, "a"), LONG.printed)
    assert draw_front(LONG, BLANK, style).tobytes() != draw_front(LONG, BLANK, other).tobytes()


def test_an_address_breaks_after_eleven_characters_and_digits_count_half() -> None:
    font = plain_style("样本1").value.at(36)
    assert [len(line) for line in wrapped_lines("样" * 33, font, 11.05 * 36)] == [11, 11, 11]
    assert len(wrapped_lines("样" * 9 + "123", font, 11.05 * 36)) == 1
    assert wrapped_lines("", font, 100) == [""]


def test_every_value_is_printed_in_a_font_that_has_its_characters() -> None:
    for number in range(12):
        style = chosen_style(chance_for(number), "赟奡䶮·")
        assert style.value.has("赟奡䶮·")


def test_without_a_font_that_has_the_characters_there_is_an_error_instead_of_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PhotographsMissingError) as refusal:
        plain_style("\U000f0000")
    assert refusal.value.facts["why"] == "no_chinese_font"
    monkeypatch.setattr(fonts, "installed_fonts", tuple)
    with pytest.raises(PhotographsMissingError):
        chosen_style(chance_for(0), "")


def test_regions_have_their_script_and_others_have_none() -> None:
    zhuang = script_of("广西壮族自治区南宁市兴宁区")
    assert zhuang is not None
    assert zhuang.name == "zhuang", "Latin letters are there with any font"
    assert script_of("河南省郑州市中原区") is None


@pytest.mark.full
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_second_script_leaves_the_chinese_lines_uncovered(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    if font_of(script) is None:
        pytest.skip("no font for this script here")
    style = plain_style(LONG.printed)
    bilingual = draw_front(LONG, BLANK, style, script)
    monkeypatch.setattr(front_module, "_print_columns" if script.vertical else "_print_lines", lambda *_: None)
    bare, empty = draw_front(LONG, BLANK, style, script), draw_front(EMPTY, BLANK, style, script)
    second, chinese = changed(bilingual, bare, 0), changed(bare, empty, 0)
    assert second.sum() > 2000
    assert not (second & chinese).any()


def test_portraits_vary_and_are_the_size_of_their_place() -> None:
    pictures = [draw_portrait(chance_for(number), "女", 80) for number in range(4)]
    assert {picture.size for picture in pictures} == {(290, 362)}
    assert len({picture.tobytes() for picture in pictures}) == 4


def test_corners_are_round() -> None:
    mask = np.asarray(rounded_mask())
    assert mask.shape == (638, 1011)
    assert (mask[0, 0], mask[0, 500], mask[319, 0]) == (0, 255, 255)
