"""A card laid out flat."""

from __future__ import annotations

import numpy as np
import pytest

from teller_assist.documents.locating.rectification import rectify, to_scan, upside_down
from teller_assist.evidence.printed import CARD_SIZE_PX
from tests.stand_ins.drawn_scans import TAG_BGR, corners_at, draw_card, lay, plain_desk


@pytest.mark.full
@pytest.mark.parametrize(("width_px", "angle_deg"), [(300, 0), (700, 30), (1011, 90), (1500, 190)])
def test_a_flat_card_is_the_card_that_was_laid_down(width_px: float, angle_deg: float) -> None:
    card = draw_card()
    quad = corners_at((1000, 1000), width_px, angle_deg, askew=0.03)
    flat = rectify(lay(plain_desk(size_px=(2000, 2000)), card, quad), quad)
    assert flat.shape == (CARD_SIZE_PX[1], CARD_SIZE_PX[0], 3)
    inside = np.s_[60:-60, 60:-60]
    assert np.abs(flat[inside].astype(int) - card[inside]).mean() < (14 if width_px == 300 else 5)


def test_fine_print_of_a_large_scan_does_not_turn_into_other_strokes() -> None:
    size = (CARD_SIZE_PX[1] * 4, CARD_SIZE_PX[0] * 4)
    stripes = np.zeros((*size, 3), np.uint8)
    stripes[:, ::2] = 255  # finer than any pixel of the card
    whole = np.array([[0, 0], [size[1], 0], [size[1], size[0]], [0, size[0]]], np.float32) - 0.5
    assert np.abs(rectify(stripes, whole).astype(int) - 127).max() <= 3


def test_beyond_the_scan_its_edge_goes_on() -> None:
    scan = np.full((400, 600, 3), 200, np.uint8)
    outside = np.array([[-50, -40], [640, -40], [640, 420], [-50, 420]], np.float32)
    assert (rectify(scan, outside) == 200).all()


@pytest.mark.parametrize("shift", [(-5000.0, 0.0), (0.0, 9000.0)])
def test_a_place_wholly_beyond_the_scan_is_no_error(shift: tuple[float, float]) -> None:
    quad = corners_at((300, 200), 200, 10) + np.array(shift, np.float32)
    assert rectify(np.zeros((400, 600, 3), np.uint8), np.asarray(quad, np.float32)).shape[0] == CARD_SIZE_PX[1]


def test_points_find_their_way_back_into_the_scan() -> None:
    quad = corners_at((500, 400), 480, 33)
    width, height = CARD_SIZE_PX
    back = to_scan(np.array([[-0.5, -0.5], [width - 0.5, height - 0.5]], np.float32), quad)
    assert np.allclose(back, quad[[0, 2]], atol=0.01)


def test_upside_down_begins_at_the_opposite_corner() -> None:
    quad = corners_at((500, 400), 480, 0)
    page = lay(plain_desk(size_px=(1000, 800)), draw_card(), quad)
    turned = rectify(page, upside_down(quad))
    assert np.abs(turned[-45, -45].astype(int) - TAG_BGR).max() < 12
