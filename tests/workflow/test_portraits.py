from __future__ import annotations

import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.evidence.pictures import FaceBox, Picture
from teller_assist.workflow.portraits import (
    HEIGHT_PX,
    WIDTH_PX,
    original_around,
    portrait_at_one_scale,
    smallest_mark_mm,
    whole_portrait,
)


def box(left: tuple[float, float], right: tuple[float, float], *, x: float = 10, y: float = 10, side: float = 40) -> FaceBox:
    points = np.array([left, right, (0, 0), (0, 0), (0, 0)], np.float32)
    return FaceBox(x, y, side, side, points, 0.9)


def test_eyes_of_a_small_and_a_large_face_lie_in_one_place(installation: Installation, astronaut: Picture) -> None:
    (large,) = installation.detector.detect(astronaut)[:1]
    half = Picture(np.ascontiguousarray(astronaut.pixels[::2, ::2]), "frame", "probe")
    (small,) = installation.detector.detect(half)[:1]
    eyes = []
    for picture, face in ((astronaut, large), (half, small)):
        cut = Picture(portrait_at_one_scale(picture.pixels, face), "frame", "probe")
        (found,) = installation.detector.detect(cut)[:1]
        eyes.append(found.landmarks[:2])
    assert np.abs(eyes[0] - eyes[1]).max() < 0.05 * WIDTH_PX  # as near as the detector itself places eyes


@pytest.mark.parametrize("size", [(126, 102), (480, 640), (1, 1), (30, 300)])
def test_a_whole_portrait_fills_the_frame_and_stretches_nothing(size: tuple[int, int]) -> None:
    pixels = np.full((*size, 3), 77, np.uint8)
    shown = whole_portrait(pixels)
    assert shown.shape == (HEIGHT_PX, WIDTH_PX, 3)
    assert (shown == 77).all()
    assert not shown.flags.writeable


def test_a_face_at_the_edge_repeats_the_edge_instead_of_failing() -> None:
    pixels = np.full((60, 60, 3), 50, np.uint8)
    assert (portrait_at_one_scale(pixels, box((0, 2), (12, 2), x=-8, y=-8)) == 50).all()


def test_the_fewer_pixels_between_the_eyes_the_larger_must_a_mark_be() -> None:
    assert smallest_mark_mm(box((0, 0), (63, 0))) == pytest.approx(2.0)
    assert smallest_mark_mm(box((0, 0), (0, 31.5))) == pytest.approx(4.0)
    assert smallest_mark_mm(box((5, 5), (5, 5))) == pytest.approx(126.0), "no division by nothing"


def test_the_original_is_neither_scaled_nor_retouched() -> None:
    pixels = np.arange(200 * 200 * 3, dtype=np.uint32).astype(np.uint8).reshape(200, 200, 3)
    cut = original_around(pixels, box((95, 95), (105, 95), x=80, y=80))
    assert cut.shape == (88, 88, 3)
    assert (cut == pixels[56:144, 56:144]).all()


def test_the_original_of_a_face_outside_the_picture_still_lies_inside_it() -> None:
    assert original_around(np.zeros((50, 50, 3), np.uint8), box((0, 0), (1, 0), x=400, y=-300)).size > 0
