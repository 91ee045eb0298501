"""Conditions made from a rendered photograph."""

from __future__ import annotations

import numpy as np
import pytest

from teller_assist.evaluation.conditions import DONE_TO_FRAMES, SMALL_SHARE, under_condition
from teller_assist.evaluation.worn import WORN
from teller_assist.evidence.kinds import Condition


@pytest.fixture
def scene() -> np.ndarray:
    """A frame of 160x120 in which every corner differs, with fine detail."""
    y, x = np.mgrid[0:120, 0:160]
    blue, green = 40 + x, 60 + y
    red = 90 + 60 * ((x // 2 + y // 2) % 2)
    return np.stack([blue, green, red], axis=2).astype(np.uint8)


def made(scene: np.ndarray, condition: Condition, seed: int = 1) -> np.ndarray:
    return under_condition(scene, condition, np.random.default_rng(seed))


@pytest.mark.parametrize("condition", sorted(DONE_TO_FRAMES))
def test_the_same_seed_makes_the_same_picture_and_the_given_one_is_left_alone(scene: np.ndarray, condition: Condition) -> None:
    before = scene.copy()
    first = made(scene, condition)
    assert first.dtype == np.uint8
    assert first.flags.c_contiguous
    assert sorted(first.shape[:2]) == [120, 160]
    assert not np.array_equal(first, scene)
    np.testing.assert_array_equal(first, made(scene, condition))
    np.testing.assert_array_equal(scene, before)


def test_quarter_turns_undo_each_other_and_a_mirror_undoes_itself(scene: np.ndarray) -> None:
    turned = made(scene, Condition.ROTATED_90)
    assert turned.shape == (160, 120, 3)
    np.testing.assert_array_equal(made(turned, Condition.ROTATED_270), scene)
    np.testing.assert_array_equal(made(made(scene, Condition.ROTATED_180), Condition.ROTATED_180), scene)
    np.testing.assert_array_equal(made(made(scene, Condition.MIRRORED), Condition.MIRRORED), scene)


def test_light_from_one_side_leaves_the_other_dark_and_either_side_occurs() -> None:
    grey = np.full((60, 80, 3), 128, np.uint8)
    darker_left = set()
    for seed in range(12):
        lit = made(grey, Condition.SIDE_LIGHT, seed).astype(float)
        left, right = lit[:, :20].mean(), lit[:, -20:].mean()
        assert min(left, right) < 75 < 128 < max(left, right)
        darker_left.add(left < right)
    assert darker_left == {True, False}


def test_back_light_darkens_the_middle_and_burns_the_edge_out() -> None:
    lit = made(np.full((120, 160, 3), 128, np.uint8), Condition.BACK_LIGHT)
    assert lit[60, 80].max() < 100
    assert lit[0, 0].min() > 200


def test_blur_takes_fine_detail_and_leaves_the_brightness(scene: np.ndarray) -> None:
    blurred = made(scene, Condition.BLUR)
    assert blurred[..., 2].std() < 0.8 * scene[..., 2].std()
    assert blurred.mean() == pytest.approx(scene.mean(), abs=1)


def test_a_small_face_has_a_quarter_of_its_size() -> None:
    frame = np.zeros((120, 160, 3), np.uint8)
    frame[40:80, 60:100] = 255
    small = made(frame, Condition.SMALL_FACE)
    assert (small > 127).all(axis=2).sum() == pytest.approx(40 * 40 * SMALL_SHARE**2, rel=0.1)


def test_every_condition_is_made_in_one_place() -> None:
    assert not DONE_TO_FRAMES & set(WORN)
    assert DONE_TO_FRAMES | set(WORN) == set(Condition)


def test_a_second_person_is_as_large_as_the_first(scene: np.ndarray) -> None:
    two = made(scene, Condition.SEVERAL_PERSONS)
    np.testing.assert_array_equal(two[:, :80], scene[:, 40:120])
    np.testing.assert_array_equal(two[:, 80:], scene[:, 40:120][:, ::-1])


def test_a_person_behind_is_small_and_in_either_corner(scene: np.ndarray) -> None:
    sides = set()
    for seed in range(12):
        behind = made(scene, Condition.PERSON_BEHIND, seed)
        altered = (behind != scene).any(axis=2)
        assert not altered[54:].any()
        assert altered.mean() < 0.11
        sides.add(bool(altered[:, :80].any()))
    assert sides == {True, False}
