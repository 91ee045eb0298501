"""Cards on many desks, at any angle: found by their outlines."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teller_assist.documents.locating.search import CANDIDATES_MOST, find_cards, overlap, settle
from teller_assist.evidence.pictures import Pixels, Points
from tests.stand_ins.drawn_scans import corners_at, draw_card, form, grainy, lay, plain_desk, wood

CARD = draw_card()
DESKS: dict[str, Callable[[], Pixels]] = {
    "dark mat": plain_desk,
    "black": lambda: plain_desk((20, 20, 20)),
    "grey": lambda: plain_desk((125, 122, 120)),
    "white paper": lambda: plain_desk((242, 242, 240)),
    "wood": wood,
}


def corner_error(found: Points, truth: Points) -> float:
    """The farthest corner, as a share of the card's width, whichever corner comes first."""
    width = float(np.linalg.norm(truth[1] - truth[0]))
    return min(float(np.linalg.norm(np.roll(found, turn, axis=0) - truth, axis=1).max()) for turn in range(4)) / width


@pytest.mark.full
@pytest.mark.parametrize("angle_deg", [0, 37, 90, 200])
@pytest.mark.parametrize("desk", sorted(DESKS))
def test_a_card_is_found_first_on_any_desk_at_any_angle(desk: str, angle_deg: float) -> None:
    truth = corners_at((760, 560), 480, angle_deg)
    found = find_cards(grainy(lay(DESKS[desk](), CARD, truth)))
    assert corner_error(found[0].quad, truth) < 0.025  # on white paper the shadow has edges, too


@pytest.mark.full
@pytest.mark.parametrize("angle_deg", [0, 37, 90, 200])
def test_a_card_on_a_form_is_among_the_first(angle_deg: float) -> None:
    truth = corners_at((760, 560), 480, angle_deg)
    found = find_cards(grainy(lay(form(), CARD, truth)))
    assert min(corner_error(one.quad, truth) for one in found[:2]) < 0.05  # lines of the form run along its sides


@pytest.mark.full
def test_a_white_card_on_white_paper_is_found() -> None:
    truth = corners_at((800, 500), 500, 25)
    white = draw_card(paper=(248, 250, 248))
    found = find_cards(grainy(lay(plain_desk((240, 240, 238)), white, truth, shadow=0.1), 1.0))
    assert corner_error(found[0].quad, truth) < 0.02


@pytest.mark.full
def test_a_camera_that_looks_askew_sees_the_card_all_the_same() -> None:
    truth = corners_at((800, 520), 700, 8, askew=0.08)
    assert corner_error(find_cards(grainy(lay(wood(), CARD, truth)))[0].quad, truth) < 0.02


@pytest.mark.full
def test_several_cards_are_told_apart() -> None:
    truths = [corners_at((360, 300), 420, 10), corners_at((1150, 350), 420, 75), corners_at((800, 850), 420, 185)]
    page = plain_desk()
    for seed, truth in enumerate(truths):
        page = lay(page, draw_card(seed), truth)
    found = find_cards(grainy(page))
    assert all(max(overlap(one.quad, truth) for one in found[:3]) > 0.95 for truth in truths)


@pytest.mark.full
def test_a_card_of_which_one_side_is_covered_by_a_finger_is_found() -> None:
    truth = corners_at((800, 560), 620, 0)
    page = lay(plain_desk(), CARD, truth)
    cv2.line(page, (800, 700), (830, 1100), (150, 170, 215), 90)
    assert corner_error(find_cards(grainy(page))[0].quad, truth) < 0.03


def test_a_card_that_reaches_to_the_frame_is_found() -> None:
    truth = corners_at((700, 440), 1390, 0)
    assert corner_error(find_cards(grainy(lay(plain_desk((30, 30, 30), (1400, 900)), CARD, truth)))[0].quad, truth) < 0.02


def test_a_scan_that_is_the_card_itself_is_a_place() -> None:
    found = find_cards(grainy(draw_card()[6:-6, 8:-8]))
    assert overlap(found[0].quad, np.array([[0, 0], [995, 0], [995, 626], [0, 626]], np.float32)) > 0.95


@pytest.mark.full
def test_corners_come_clockwise_with_a_long_side_first() -> None:
    for angle in (0, 80, 170, 260):
        quad = find_cards(lay(plain_desk(), CARD, corners_at((800, 560), 480, angle)))[0].quad
        sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
        assert sides[0] > sides[1]
        assert cv2.contourArea(quad, oriented=True) > 0


@pytest.mark.full
def test_the_same_scan_gives_the_same_answer() -> None:
    page = grainy(lay(form(), CARD, corners_at((700, 500), 480, 33)))
    first, again = find_cards(page), find_cards(page)
    assert all(np.array_equal(a.quad, b.quad) and a.score == b.score for a, b in zip(first, again, strict=True))


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((8, 8, 3), np.uint8),
        np.zeros((3000, 9, 3), np.uint8),
        np.full((600, 800, 3), 255, np.uint8),
        np.random.default_rng(1).integers(0, 256, (600, 800, 3), dtype=np.uint8),
        np.tile(np.array([0, 255], np.uint8), (700, 350))[:, :, None].repeat(3, axis=2),
    ],
    ids=["tiny", "a strip", "white", "noise", "stripes"],
)
def test_whatever_a_picture_shows_the_answer_is_a_few_places(pixels: Pixels) -> None:
    found = find_cards(pixels)
    assert len(found) <= CANDIDATES_MOST
    assert all(np.isfinite(one.quad).all() for one in found)


@pytest.mark.full
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(width=st.integers(8, 400), height=st.integers(8, 400), seed=st.integers(0, 99), blocks=st.integers(1, 40))
def test_random_blocks_do_no_harm(width: int, height: int, seed: int, blocks: int) -> None:
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (blocks, blocks, 3), dtype=np.uint8)
    pixels = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
    assert all(np.isfinite(one.quad).all() for one in find_cards(pixels))


@pytest.mark.full
def test_a_rough_place_settles_on_the_card() -> None:
    truth = corners_at((800, 560), 520, 20)
    rough = np.asarray(corners_at((812, 553), 545, 21.5), np.float32)
    settled = settle(grainy(lay(form(), CARD, truth)), rough)
    assert corner_error(settled.quad, truth) < 0.02
    assert np.linalg.norm(settled.quad[0] - truth[0]) < 15


def test_a_rough_place_without_edges_stays() -> None:
    rough = corners_at((800, 560), 520, 20)
    assert np.allclose(settle(plain_desk(), rough).quad, rough, atol=0.01)
