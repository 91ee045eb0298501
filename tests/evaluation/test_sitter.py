import numpy as np
import pytest

from teller_assist.errors import NoFaceError
from teller_assist.evaluation.sitter import sitter_landmarks
from teller_assist.evidence.pictures import FaceBox, Picture

PICTURE = Picture(np.zeros((250, 250, 3), dtype=np.uint8), "frame", "set")


def face(x_px: float, y_px: float, side_px: float) -> FaceBox:
    return FaceBox(x_px, y_px, side_px, side_px, np.full((5, 2), x_px, dtype=np.float32), 0.9)


def test_the_face_over_the_middle_wins_over_a_larger_one_beside() -> None:
    assert sitter_landmarks(PICTURE, [face(-20, 20, 110), face(80, 80, 90)])[0, 0] == 80


def test_of_two_faces_over_the_middle_the_larger_is_meant() -> None:
    assert sitter_landmarks(PICTURE, [face(110, 110, 40), face(80, 80, 90)])[0, 0] == 80


def test_without_a_face_in_the_middle_the_largest_is_meant() -> None:
    assert sitter_landmarks(PICTURE, [face(0, 0, 30), face(180, 10, 60)])[0, 0] == 180


def test_no_face_is_an_error_and_never_a_value() -> None:
    with pytest.raises(NoFaceError):
        sitter_landmarks(PICTURE, [])
