from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.app import Installation
from teller_assist.comparison.scores import comparison_score
from teller_assist.evidence.pictures import FaceBox, Picture, Pixels
from teller_assist.face.detection import FaceDetector
from teller_assist.face.turning import straightening_deg, turn

NOISE = np.random.default_rng(0).integers(0, 255, (7, 11, 3), dtype=np.uint8)


def frame(pixels: Pixels) -> Picture:
    return Picture(np.ascontiguousarray(pixels), "frame", "probe")


@pytest.mark.parametrize("quarters", [0, 1, 2, 3, 4, -1])
def test_a_quarter_turn_moves_whole_pixels(quarters: int) -> None:
    np.testing.assert_array_equal(turn(NOISE, 90 * quarters).pixels, np.rot90(NOISE, quarters))


@given(st.integers(-400, 400), st.integers(1, 300), st.integers(1, 300))
def test_points_go_back_to_where_they_were(turn_deg: int, width: int, height: int) -> None:
    pixels = np.zeros((height, width, 3), np.uint8)
    turned = turn(pixels, turn_deg)
    middle = np.array([[(turned.pixels.shape[1] - 1) / 2, (turned.pixels.shape[0] - 1) / 2]], np.float32)
    np.testing.assert_allclose(turned.points_back(middle), [[(width - 1) / 2, (height - 1) / 2]], atol=1e-3)


def test_a_turned_picture_is_whole_and_its_marks_are_found_again() -> None:
    pixels = np.zeros((60, 100, 3), np.uint8)
    cv2.circle(pixels, (92, 8), 3, (255, 255, 255), -1)
    for turn_deg in range(0, 360, 15):
        turned = turn(pixels, turn_deg)
        y, x = np.unravel_index(cv2.GaussianBlur(turned.pixels[:, :, 0], (0, 0), 2).argmax(), turned.pixels.shape[:2])
        np.testing.assert_allclose(turned.points_back(np.array([[x, y]], np.float32)), [[92, 8]], atol=1.5)


def test_a_counter_clockwise_turn_lifts_what_lies_to_the_right() -> None:
    x, y = turn(np.zeros((50, 50, 3), np.uint8), 90).points_back(np.array([[24.5, 0.0]], np.float32))[0]
    assert (x, y) == pytest.approx((49.0, 24.5)), "what is at the top now was at the right"


@given(st.floats(2.5, 30))
def test_a_leaning_face_is_straightened_the_other_way_and_never_by_more_than_a_look_can_tell(lean_deg: float) -> None:
    assert straightening_deg(-lean_deg) == -straightening_deg(lean_deg)
    assert 10 <= straightening_deg(lean_deg) <= 30


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_face_on_its_side_or_head_is_found_with_its_own_eyes(
    detector: FaceDetector, astronaut: Picture, astronaut_face: FaceBox, quarters: int
) -> None:
    turned = turn(astronaut.pixels, 90 * quarters)
    face = detector.detect(frame(turned.pixels))[0]
    assert np.abs(turned.points_back(face.landmarks) - astronaut_face.landmarks).max() < 0.06 * astronaut_face.width_px
    assert face.is_turned
    assert face.turn_deg % 360 == -90 * quarters % 360
    for x, y in face.landmarks:
        assert face.x_px < x < face.x_px + face.width_px
        assert face.y_px < y < face.y_px + face.height_px


@pytest.mark.full
@pytest.mark.parametrize("turn_deg", [-150, -120, -60, -40, -30, -20, 20, 30, 45, 60, 130, 200])
def test_a_face_at_any_angle_is_recognised(installation: Installation, astronaut: Picture, turn_deg: int) -> None:
    upright = installation.measurer.measure(astronaut)
    leaning = installation.measurer.measure(frame(turn(astronaut.pixels, turn_deg).pixels))
    assert comparison_score(upright.features, leaning.features) > 0.7  # strangers: 0.66 at most in 12 million comparisons


def test_an_upright_face_is_not_turned(astronaut_face: FaceBox) -> None:
    assert astronaut_face.turn_deg == 0
    assert not astronaut_face.is_turned


@pytest.mark.full
def test_a_picture_on_its_head_is_said_to_be_that_and_not_a_tilted_head(installation: Installation, astronaut: Picture) -> None:
    advice = installation.measurer.measure(frame(astronaut.pixels[::-1, ::-1])).advice
    assert "picture_turned" in advice
    assert "head_tilted" not in advice
    assert "picture_turned" not in installation.measurer.measure(astronaut).advice
