from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.errors import QualityTooLowError
from teller_assist.evidence.pictures import Pixels, Points
from teller_assist.face.alignment import ALIGNED_SIDE_PX, TEMPLATE, align_face, eye_distance_px, similarity_transform

COORDINATE = st.floats(-1000, 1000, width=32)


def moved(points: Points, angle_deg: float, scale: float, shift: tuple[float, float]) -> Points:
    angle = np.radians(angle_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (points.astype(np.float64) @ (scale * turn).T + shift).astype(np.float32)


def applied(matrix: np.ndarray, points: Points) -> np.ndarray:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])


@st.composite
def spread_points(draw: st.DrawFn) -> Points:
    size = draw(st.integers(2, 7))
    points = np.array(draw(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=size, max_size=size)), np.float32)
    points[0] += np.float32(5000)  # never all in one place
    return points


@given(spread_points(), st.floats(-180, 180), st.floats(0.05, 20), st.tuples(COORDINATE, COORDINATE))
def test_any_turn_scale_and_shift_is_recovered(
    points: Points, angle_deg: float, scale: float, shift: tuple[float, float]
) -> None:
    target = moved(points, angle_deg, scale, shift)
    matrix = similarity_transform(points, target)
    np.testing.assert_allclose(applied(matrix, points), target, atol=2e-5 * max(1.0, float(np.abs(target).max())))
    assert np.hypot(matrix[0, 0], matrix[1, 0]) == pytest.approx(scale, rel=1e-3)


@given(spread_points(), st.integers(0, 2**32 - 1))
def test_it_is_never_a_mirror_image(points: Points, seed: int) -> None:
    target = np.random.default_rng(seed).normal(size=points.shape).astype(np.float32)
    matrix = similarity_transform(points, target)
    assert np.linalg.det(matrix[:, :2]) >= 0
    np.testing.assert_allclose([matrix[0, 0], matrix[0, 1]], [matrix[1, 1], -matrix[1, 0]])


@given(spread_points(), st.integers(0, 2**32 - 1))
def test_no_other_similarity_has_a_smaller_squared_error(points: Points, seed: int) -> None:
    target = (100 * np.random.default_rng(seed).normal(size=points.shape)).astype(np.float32)
    x, y = points.astype(np.float64).T
    one, zero = np.ones_like(x), np.zeros_like(x)
    rows = np.concatenate([np.stack([x, -y, one, zero], 1), np.stack([y, x, zero, one], 1)])
    solved = np.linalg.lstsq(rows, target.T.ravel().astype(np.float64), rcond=None)[0]
    best = float(((rows @ solved - target.T.ravel()) ** 2).sum())
    found = float(((applied(similarity_transform(points, target), points) - target) ** 2).sum())
    assert found <= best * (1 + 1e-6) + 1e-3


def test_a_published_implementation_agrees() -> None:
    transform = pytest.importorskip("skimage.transform")
    random = np.random.default_rng(0)
    for _ in range(20):
        landmarks = moved(TEMPLATE, random.uniform(-40, 40), random.uniform(0.3, 5), (50, 80)) + random.normal(0, 3, (5, 2))
        expected = transform.SimilarityTransform.from_estimate(landmarks, TEMPLATE).params[:2]
        np.testing.assert_allclose(similarity_transform(landmarks.astype(np.float32), TEMPLATE), expected, atol=1e-4)


def dotted(side_px: int, points: Points, radius_px: float) -> Pixels:
    """Bright soft dots on black."""
    y, x = np.mgrid[:side_px, :side_px].astype(np.float32)
    picture = np.zeros((side_px, side_px), np.float32)
    for px, py in points:
        picture += 255 * np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * radius_px**2))
    return np.repeat(np.clip(picture, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.mark.parametrize(("scale", "angle_deg"), [(0.5, 0), (1.0, 15), (1.7, -30), (3.0, 0), (4.3, 20), (7.9, -10)])
def test_the_five_points_come_to_lie_on_the_template(scale: float, angle_deg: float) -> None:
    side_px = round(112 * scale * 2)
    points = moved(TEMPLATE - np.float32(56), angle_deg, scale, (side_px / 2, side_px / 2))
    result = align_face(dotted(side_px, points, 2.5 * scale), points, role="probe", eye_distance_min_px=12.0)
    y, x = np.mgrid[:ALIGNED_SIDE_PX, :ALIGNED_SIDE_PX]
    for px, py in TEMPLATE:
        near = np.where((x - px) ** 2 + (y - py) ** 2 < 49, result[:, :, 0].astype(float), 0)
        centre = np.array([(near * x).sum(), (near * y).sum()]) / near.sum()
        np.testing.assert_allclose(centre, [px, py], atol=0.08)


def test_a_face_in_the_frame_already_is_not_touched() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (112, 112, 3), dtype=np.uint8)
    result = align_face(pixels, TEMPLATE, role="probe", eye_distance_min_px=12.0)
    assert np.abs(result.astype(int) - pixels).max() <= 1


@pytest.mark.parametrize("scale", [4.3, 9.5, 15.7])
def test_a_large_face_is_shrunk_without_aliasing(scale: float) -> None:
    """Stripes of one pixel must turn grey; taking single pixels would make broad bands of them."""
    side_px = round(112 * scale)
    stripes = np.zeros((side_px, side_px, 3), np.uint8)
    stripes[:, ::2] = 255
    result = align_face(stripes, TEMPLATE * np.float32(scale), role="probe", eye_distance_min_px=12.0)
    inner = result[8:-8, 8:-8].astype(float)
    assert inner.std() < 12
    plain = cv2.warpAffine(stripes, similarity_transform(TEMPLATE * np.float32(scale), TEMPLATE), (112, 112))
    assert np.asarray(plain)[8:-8, 8:-8].std() > 3 * inner.std()


def test_eyes_too_near_to_each_other_are_refused_with_their_distance() -> None:
    points = TEMPLATE * np.float32(11.94 / eye_distance_px(TEMPLATE))
    with pytest.raises(QualityTooLowError) as caught:
        align_face(np.zeros((50, 50, 3), np.uint8), points, role="reference", eye_distance_min_px=12.0)
    assert caught.value.facts == {
        "file": "reference",
        "component": "InterEyeDistance",
        "eye_distance_px": 11.9,
        "minimum_px": 12.0,
    }
    larger = points * np.float32(1.02)
    assert align_face(np.zeros((50, 50, 3), np.uint8), larger, role="reference", eye_distance_min_px=12.0).shape == (112, 112, 3)
