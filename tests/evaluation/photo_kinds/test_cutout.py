import cv2
import numpy as np

from teller_assist.evaluation.photo_kinds.cutout import person_coverage
from teller_assist.evaluation.photo_kinds.layout import CANONICAL_LANDMARKS, to_canonical
from teller_assist.evidence.pictures import Pixels


def test_the_face_is_kept_and_the_corners_are_not(drawn_person: Pixels) -> None:
    coverage = person_coverage(to_canonical(drawn_person, CANONICAL_LANDMARKS))
    assert coverage.shape == (250, 250)
    assert coverage.dtype == np.float32
    assert coverage.min() >= 0.0
    assert coverage.max() <= 1.0
    assert coverage[100:165, 100:150].min() > 0.95
    assert coverage[:30, :30].max() < 0.05
    assert coverage[:30, -30:].max() < 0.05


def test_the_same_picture_gives_the_same_cut_whatever_opencv_drew_before(drawn_person: Pixels) -> None:
    canonical = to_canonical(drawn_person, CANONICAL_LANDMARKS)
    first = person_coverage(canonical)
    cv2.setRNGSeed(12345)
    cv2.randn(np.zeros((10, 10), dtype=np.float32), np.zeros(1), np.ones(1))
    assert np.array_equal(first, person_coverage(canonical))


def test_a_picture_of_one_colour_still_gives_a_person() -> None:
    grey = np.full((250, 250, 3), 128, dtype=np.uint8)
    assert person_coverage(to_canonical(grey, CANONICAL_LANDMARKS))[125, 125] > 0.95
