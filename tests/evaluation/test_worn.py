"""What a person wears, holds or does, drawn on a portrait."""

from __future__ import annotations

import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.evaluation.photo_kinds import Portrait, prepare_portrait, render, rng_for
from teller_assist.evaluation.sitter import sitter_landmarks
from teller_assist.evaluation.worn import WORN, wear
from teller_assist.evidence.kinds import Condition, PhotoKind
from teller_assist.evidence.pictures import Picture, Points

WORN_NAMES = sorted(WORN)


@pytest.fixture(scope="module")
def portrait(installation: Installation, astronaut: Picture) -> Portrait:
    return prepare_portrait(astronaut.pixels, sitter_landmarks(astronaut, installation.detector.detect(astronaut)))


def changed(portrait: Portrait, condition: Condition, seed: int = 1) -> np.ndarray:
    """Return where a condition changes the portrait."""
    worn = wear(portrait, condition, np.random.default_rng(seed))
    difference = np.asarray(np.abs(worn.pixels.astype(int) - portrait.pixels).max(axis=2) > 12)
    assert difference.any()
    return difference


def around(points: Points, radius_px: int) -> np.ndarray:
    y, x = np.indices((250, 250))
    near = np.zeros((250, 250), bool)
    for point in points:
        near |= np.hypot(x - point[0], y - point[1]) < radius_px
    return near


def test_the_portraits_points_lie_in_the_layout(portrait: Portrait) -> None:
    left, right, nose, *_ = portrait.landmarks
    assert 90 < left[0] < nose[0] < right[0] < 160
    assert left[1] == pytest.approx(112, abs=6)


@pytest.mark.parametrize("condition", WORN_NAMES)
def test_the_same_seed_draws_the_same_and_the_given_portrait_is_left_alone(portrait: Portrait, condition: Condition) -> None:
    before = portrait.pixels.copy()
    first, second = (wear(portrait, condition, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.pixels, second.pixels)
    np.testing.assert_array_equal(portrait.pixels, before)
    assert first.pixels.dtype == np.uint8
    assert first.pixels.shape == (250, 250, 3)
    other = wear(portrait, condition, np.random.default_rng(4))
    assert not np.array_equal(first.pixels, other.pixels)


def test_glasses_lie_around_the_eyes(portrait: Portrait) -> None:
    difference = changed(portrait, Condition.GLASSES)
    assert not difference[~around(portrait.landmarks[:2], 45)].any()
    assert not difference[around(portrait.landmarks[3:], 10)].any()


def test_a_fringe_covers_the_forehead_and_leaves_the_eyes(portrait: Portrait) -> None:
    difference = changed(portrait, Condition.FRINGE)
    eyes = portrait.landmarks[:2]
    forehead = eyes.mean(axis=0) - [0, 35]
    assert difference[around(np.array([forehead], np.float32), 6)].mean() > 0.8
    assert difference[around(eyes, 4)].mean() < 0.2
    assert not difference[int(eyes[:, 1].max()) + 12 :].any()


def test_a_mask_covers_nose_and_mouth_and_leaves_the_eyes(portrait: Portrait) -> None:
    worn = wear(portrait, Condition.MASK, np.random.default_rng(1)).pixels.astype(float)
    for point in portrait.landmarks[2:]:
        x, y = point.astype(int)
        assert worn[y - 3 : y + 4, x - 3 : x + 4].std(axis=(0, 1)).max() < 25, "cloth, not lips"
    assert not changed(portrait, Condition.MASK)[around(portrait.landmarks[:2], 5)].any()


def test_a_card_is_held_below_the_chin_and_belongs_to_the_person(portrait: Portrait) -> None:
    worn = wear(portrait, Condition.HOLDING_CARD, np.random.default_rng(1))
    rows, _ = np.nonzero(changed(portrait, Condition.HOLDING_CARD))
    assert rows.min() > portrait.landmarks[3:, 1].max() + 10
    assert (worn.person >= portrait.person).all()


def test_a_raised_head_has_its_nose_nearer_to_the_eyes(portrait: Portrait, installation: Installation) -> None:
    def nose_height(one: Portrait) -> float:
        face = installation.detector.detect(Picture(np.ascontiguousarray(one.pixels), "frame", "probe"))[0]
        left, right, nose, *_ = face.landmarks
        return float((nose[1] - (left[1] + right[1]) / 2) / (right[0] - left[0]))

    raised = wear(portrait, Condition.LOOKING_UP, np.random.default_rng(1))
    assert nose_height(raised) < 0.9 * nose_height(portrait)
    outside = ~around(portrait.landmarks[2:3], 105)
    moved = np.abs(raised.pixels.astype(int) - portrait.pixels).max(axis=2)
    assert moved[outside].mean() < 0.1 * moved[~outside].mean(), "shoulders and background stay"


@pytest.mark.parametrize("condition", [Condition.GLASSES, Condition.HOLDING_CARD, Condition.LOOKING_UP])
def test_a_face_under_a_condition_is_still_found_in_the_frame(
    portrait: Portrait, installation: Installation, condition: Condition
) -> None:
    worn = wear(portrait, condition, np.random.default_rng(1))
    frame = render(worn, PhotoKind.LIVE, rng_for("made-up", PhotoKind.LIVE, 1)).pixels
    measured = installation.measurer.measure(Picture(np.ascontiguousarray(frame), "frame", "probe"))
    assert 40 < measured.face.width_px < 250
