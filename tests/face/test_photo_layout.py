from __future__ import annotations

import numpy as np
import pytest

from teller_assist.evaluation.photo_kinds import prepare_portrait, render, rng_for
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.face.alignment import eye_distance_px
from teller_assist.face.detection import FaceDetector
from teller_assist.face.photo_layout import face_by_layout


def test_the_layout_is_where_a_face_is_found_on_such_a_photo(detector: FaceDetector, astronaut: Picture) -> None:
    portrait = prepare_portrait(astronaut.pixels, detector.detect(astronaut)[0].landmarks)
    for seed in range(4):
        photo = Picture(render(portrait, PhotoKind.CLEAN, rng_for("a", PhotoKind.CLEAN, seed)).pixels, "JPEG", "reference")
        found, told = detector.detect(photo)[0], face_by_layout(photo)
        assert np.abs(found.landmarks - told.landmarks).max() < 0.35 * eye_distance_px(found.landmarks)
        assert 0.5 < told.area_px2 / found.area_px2 < 2
        assert told.detection_score == 0


@pytest.mark.parametrize("size", [(118, 96), (441, 358)])
def test_the_layout_grows_with_the_photo(size: tuple[int, int]) -> None:
    face = face_by_layout(Picture(np.zeros((*size, 3), np.uint8), "JPEG", "reference"))
    assert eye_distance_px(face.landmarks) == pytest.approx(0.252 * size[1], rel=1e-3)
    assert not face.is_turned
