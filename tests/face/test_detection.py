from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.errors import ModelAlteredError, SeveralFacesError
from teller_assist.evidence.pictures import FaceBox, Picture, Pixels, Points
from teller_assist.face.detection import FaceDetector, scale_pixels


def picture(pixels: Pixels) -> Picture:
    return Picture(np.ascontiguousarray(pixels), "frame", "probe")


def only(detector: FaceDetector, pixels: Pixels) -> FaceBox:
    faces = detector.detect(picture(pixels))
    assert len(faces) == 1
    return faces[0]


def resized(pixels: Pixels, factor: float) -> Pixels:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=how), np.uint8)


def assert_points_lie_in_order(landmarks: Points) -> None:
    left_eye, right_eye, nose, left_mouth, right_mouth = landmarks
    assert left_eye[0] < nose[0] < right_eye[0], "left and right as the viewer sees them"
    assert left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])


def test_one_person_is_found_once_with_her_points_in_order(
    astronaut_face: FaceBox, detector: FaceDetector, astronaut: Picture
) -> None:
    assert len(detector.detect(astronaut)) == 1
    assert_points_lie_in_order(astronaut_face.landmarks)
    assert 60 < astronaut_face.width_px < 130
    assert 0.6 <= astronaut_face.detection_score <= 1
    # where a person who looks at the photograph sees the eyes
    np.testing.assert_allclose(astronaut_face.landmarks[:2], [[204, 101], [246, 102]], atol=6)
    for x, y in astronaut_face.landmarks:
        assert astronaut_face.x_px < x < astronaut_face.x_px + astronaut_face.width_px
        assert astronaut_face.y_px < y < astronaut_face.y_px + astronaut_face.height_px


def test_six_persons_are_found_largest_first(detector: FaceDetector, installation: Installation, six_persons: Path) -> None:
    faces = detector.detect(installation.read_picture(six_persons, role="probe"))
    assert len(faces) == 6
    areas = [face.area_px2 for face in faces]
    assert areas == sorted(areas, reverse=True)
    for face in faces:
        assert_points_lie_in_order(face.landmarks)
    centres = [(face.x_px + face.width_px / 2, face.y_px + face.height_px / 2) for face in faces]
    assert all(np.hypot(ax - bx, ay - by) > 80 for i, (ax, ay) in enumerate(centres) for bx, by in centres[:i])


def test_six_persons_are_nobody_to_compare(installation: Installation, six_persons: Path) -> None:
    with pytest.raises(SeveralFacesError) as caught:
        installation.measurer.measure(installation.read_picture(six_persons, role="reference"))
    assert caught.value.facts == {"file": "reference", "faces": 6}


@pytest.mark.parametrize("factor", [0.1, 0.2, 0.5, 2.0, 4.0, 8.0])
def test_points_scale_with_the_picture(
    detector: FaceDetector, astronaut: Picture, astronaut_face: FaceBox, factor: float
) -> None:
    face = only(detector, resized(astronaut.pixels, factor))
    back = (face.landmarks + 0.5) / factor - 0.5
    allowed_px = 0.08 * astronaut_face.width_px if factor < 0.5 else 0.03 * astronaut_face.width_px
    assert np.abs(back - astronaut_face.landmarks).max() < allowed_px
    assert face.width_px / factor == pytest.approx(astronaut_face.width_px, rel=0.1)


def test_points_shift_with_the_picture(detector: FaceDetector, astronaut: Picture, astronaut_face: FaceBox) -> None:
    for left, top in ((40, 0), (0, 60), (100, 100)):
        shifted = cv2.copyMakeBorder(astronaut.pixels, top, 0, left, 0, cv2.BORDER_CONSTANT)
        face = only(detector, np.asarray(shifted, np.uint8))
        assert np.abs(face.landmarks - [left, top] - astronaut_face.landmarks).max() < 0.05 * astronaut_face.width_px


@pytest.mark.full
def test_a_face_that_fills_the_picture_is_found(detector: FaceDetector, astronaut: Picture, astronaut_face: FaceBox) -> None:
    left, top = round(astronaut_face.x_px), round(astronaut_face.y_px)
    width, height = round(astronaut_face.width_px), round(astronaut_face.height_px)
    for part in (1.0, 0.9, 0.8, 0.5):  # half of it, eyes to mouth, is found inside a border only
        dx, dy = round(width * (1 - part) / 2), round(height * (1 - part) / 2)
        crop = astronaut.pixels[top + dy : top + height - dy, left + dx : left + width - dx]
        face = only(detector, crop)
        offset = [left + dx, top + dy]
        assert np.abs(face.landmarks + offset - astronaut_face.landmarks).max() < 0.1 * astronaut_face.width_px


def test_a_chip_portrait_of_102x126_pixels_is_found(detector: FaceDetector, astronaut: Picture) -> None:
    crop = astronaut.pixels[10:268, 120:329]
    assert_points_lie_in_order(only(detector, np.asarray(cv2.resize(crop, (102, 126), interpolation=cv2.INTER_AREA))).landmarks)


@pytest.mark.parametrize("shape", [(480, 640), (33, 900), (2000, 3), (1, 1)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_holds_nobody(detector: FaceDetector, shape: tuple[int, int], level: int) -> None:
    assert detector.detect(picture(np.full((*shape, 3), level, np.uint8))) == ()


def test_noise_holds_nobody(detector: FaceDetector) -> None:
    assert detector.detect(picture(np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8))) == ()


@pytest.mark.full
def test_threads_that_share_a_detector_get_what_one_gets(
    detector: FaceDetector, installation: Installation, astronaut: Picture, six_persons: Path
) -> None:
    group = installation.read_picture(six_persons, role="probe")
    pictures = [astronaut, group, picture(resized(astronaut.pixels, 0.5)), picture(np.zeros((90, 300, 3), np.uint8))]
    alone = [detector.detect(one) for one in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(detector.detect, pictures * 5))
    for found, expected in zip(together, alone * 5, strict=True):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one.landmarks, other.landmarks)


def test_points_cannot_be_changed_afterwards(astronaut_face: FaceBox) -> None:
    with pytest.raises(ValueError, match="read-only"):
        astronaut_face.landmarks[0, 0] = 0


@pytest.mark.parametrize("content", [b"not a model", b"\x08\x07" * 40])
def test_bytes_that_are_no_detector_are_an_altered_model(content: bytes) -> None:
    with pytest.raises(ModelAlteredError):
        FaceDetector(content, side_px=320, score_min=0.6)


@pytest.mark.parametrize(("scale", "shape"), [(0.5, (15, 20)), (0.1, (3, 4)), (0.001, (1, 1)), (2.0, (60, 80)), (1.0, (30, 40))])
def test_scaling_gives_the_rounded_size_and_keeps_a_plain_level(scale: float, shape: tuple[int, int]) -> None:
    scaled = scale_pixels(np.full((30, 40, 3), 77, np.uint8), scale)
    assert scaled.shape == (*shape, 3)
    assert np.unique(scaled).tolist() == [77]


def test_shrinking_averages() -> None:
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 255
    for scale in (0.5, 0.23, 0.1):
        assert np.abs(scale_pixels(stripes, scale).astype(int) - 127).max() <= 40
