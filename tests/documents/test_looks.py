"""What a scan or a card looks like where nothing can be read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from teller_assist.documents.looks import SHARP_FROM, has_print, is_blank, sharpness
from tests.stand_ins.drawn_scans import corners_at, draw_card, form, grainy, lay, plain_desk


@pytest.mark.parametrize("level", [5, 60, 128, 200, 252])
@pytest.mark.parametrize("noise", [0.0, 6.0])
def test_an_even_surface_is_blank_whatever_its_brightness(level: int, noise: float) -> None:
    assert is_blank(grainy(plain_desk((level, level, level)), noise))


def test_a_card_or_a_form_is_not_blank() -> None:
    assert not is_blank(form())
    assert not is_blank(lay(plain_desk((240, 240, 240)), draw_card(paper=(245, 245, 245)), corners_at((800, 560), 300, 10)))


def test_an_empty_outline_has_no_print() -> None:
    assert not has_print(draw_card(strokes=False))
    assert has_print(draw_card())


def test_blur_takes_sharpness_away_step_by_step() -> None:
    card = draw_card()
    seen = [sharpness(np.asarray(cv2.GaussianBlur(card, (0, 0), sigma), np.uint8)) for sigma in (0.5, 1.5, 3.0, 6.0)]
    assert seen == sorted(seen, reverse=True)
    assert seen[0] > SHARP_FROM > seen[-1]


def test_nothing_at_all_is_not_sharp() -> None:
    assert sharpness(plain_desk(size_px=(1011, 638))) == 0.0
