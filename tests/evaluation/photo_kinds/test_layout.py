import numpy as np
import pytest

from teller_assist.errors import BugError
from teller_assist.evaluation.photo_kinds.layout import CANONICAL_LANDMARKS, to_canonical
from teller_assist.evidence.pictures import Pixels, Points
from teller_assist.face.alignment import similarity_transform


def turned_and_scaled(points: Points, degrees: float, scale: float, shift: tuple[float, float]) -> Points:
    angle = np.deg2rad(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (points @ turn.T + shift).astype(np.float32)


@pytest.mark.parametrize("degrees", [0.0, 31.0, -120.0])
def test_the_similarity_that_was_applied_is_found_again(degrees: float) -> None:
    moved = turned_and_scaled(CANONICAL_LANDMARKS, degrees, 2.3, (40.0, -17.0))
    matrix = similarity_transform(moved, CANONICAL_LANDMARKS)
    assert moved @ matrix[:, :2].T + matrix[:, 2] == pytest.approx(CANONICAL_LANDMARKS, abs=1e-3)


def test_landmarks_in_one_place_are_our_own_fault() -> None:
    with pytest.raises(BugError):
        similarity_transform(np.zeros((5, 2), dtype=np.float32), CANONICAL_LANDMARKS)


def test_a_picture_that_is_nearly_canonical_is_kept_pixel_by_pixel(drawn_person: Pixels) -> None:
    nearly = turned_and_scaled(CANONICAL_LANDMARKS, 3.0, 1.05, (-4.0, 2.0))
    canonical = to_canonical(drawn_person, nearly)
    assert np.array_equal(canonical.pixels, drawn_person)
    assert canonical.seen.all()
    assert not canonical.drawn.any()


def test_a_large_photograph_is_brought_to_the_canonical_place() -> None:
    pixels = np.full((1200, 900, 3), 128, dtype=np.uint8)
    landmarks = turned_and_scaled(CANONICAL_LANDMARKS, 0.0, 3.0, (50.0, 100.0))
    left_eye = landmarks[0].astype(int)
    pixels[left_eye[1] - 15 : left_eye[1] + 16, left_eye[0] - 15 : left_eye[0] + 16] = 0
    canonical = to_canonical(pixels, landmarks)
    dark_rows, dark_columns = np.nonzero(canonical.pixels[..., 0] < 40)
    assert (dark_columns.mean(), dark_rows.mean()) == pytest.approx(tuple(CANONICAL_LANDMARKS[0]), abs=1.0)
    assert canonical.pixels.shape == (250, 250, 3)


def test_a_black_wedge_in_a_corner_is_filled_and_not_counted_as_seen(drawn_person: Pixels) -> None:
    wedged = drawn_person.copy()
    for row in range(60):
        wedged[row, : 60 - row] = 0
    canonical = to_canonical(wedged, CANONICAL_LANDMARKS)
    assert not canonical.seen[:50, :5].any()
    assert canonical.pixels[:50, :5].max(axis=2).min() > 20
    assert np.array_equal(canonical.pixels[100:], wedged[100:])


def test_a_tight_crop_of_a_face_gets_hair_and_a_coat_but_its_own_pixels_stay(drawn_person: Pixels) -> None:
    crop = drawn_person[70:180, 75:175]
    canonical = to_canonical(crop, CANONICAL_LANDMARKS - np.array([75, 70], dtype=np.float32))
    assert canonical.seen.mean() < 0.25
    assert canonical.drawn[50, 125]  # hair
    assert canonical.drawn[240, 125]  # coat
    assert not (canonical.drawn & canonical.seen).any()
    middle = canonical.pixels[90:160, 90:160].astype(int) - drawn_person[90:160, 90:160]
    assert np.abs(middle).mean() < 2.0


def test_an_entirely_black_picture_is_no_special_case() -> None:
    canonical = to_canonical(np.zeros((250, 250, 3), dtype=np.uint8), CANONICAL_LANDMARKS)
    assert canonical.pixels.shape == (250, 250, 3)
