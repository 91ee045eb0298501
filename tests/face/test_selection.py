from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.app import Installation
from teller_assist.errors import NoFaceError, SeveralFacesError
from teller_assist.evidence.pictures import FaceBox
from teller_assist.face.selection import ADVICE_CHOSEN, ADVICE_LARGEST_USED, choose_face


def face(width_px: float, height_px: float = 100.0) -> FaceBox:
    return FaceBox(0.0, 0.0, width_px, height_px, np.zeros((5, 2), np.float32), 0.9)


def test_no_face_is_an_error_that_names_the_picture() -> None:
    with pytest.raises(NoFaceError) as caught:
        choose_face([], role="reference", second_area_ratio=0.6)
    assert caught.value.facts == {"file": "reference", "faces": 0}


def at(left_px: float, width_px: float = 100.0) -> FaceBox:
    return FaceBox(left_px, 0.0, width_px, 100.0, np.zeros((5, 2), np.float32), 0.9)


def test_the_face_that_was_pointed_at_is_taken_whatever_the_others_size() -> None:
    faces = [at(0), at(300, 40), at(500, 120)]
    for one in faces:
        middle = (one.x_px + one.width_px / 2, 50.0)
        assert choose_face(faces, role="probe", second_area_ratio=0.6, at_px=middle) == (one, (ADVICE_CHOSEN,))


def test_pointing_at_the_only_face_needs_no_advice() -> None:
    chosen, advice = choose_face([at(0)], role="probe", second_area_ratio=0.6, at_px=(60.0, 40.0))
    assert (chosen.width_px, advice) == (100.0, ())


@pytest.mark.parametrize("at_px", [(300.0, 50.0), (50.0, 400.0)])
def test_where_nobody_is_nobody_is_found(at_px: tuple[float, float]) -> None:
    with pytest.raises(NoFaceError) as caught:
        choose_face([at(0)], role="probe", second_area_ratio=0.6, at_px=at_px)
    assert caught.value.facts["faces"] == 1


def test_one_face_is_taken_without_advice() -> None:
    only = face(80)
    assert choose_face([only], role="probe", second_area_ratio=0.6) == (only, ())


def test_of_two_unlike_faces_the_large_one_is_taken_and_the_teller_is_told() -> None:
    small, large = face(30), face(100)
    for order in ([small, large], [large, small]):
        assert choose_face(order, role="probe", second_area_ratio=0.6) == (large, (ADVICE_LARGEST_USED,))


@pytest.mark.parametrize(("second_width_px", "refused"), [(60.0, True), (59.999, False), (60.001, True), (100.0, True)])
def test_a_second_face_of_sixty_percent_of_the_area_is_a_second_person(second_width_px: float, refused: bool) -> None:
    faces = [face(second_width_px), face(100.0)]
    if refused:
        with pytest.raises(SeveralFacesError) as caught:
            choose_face(faces, role="probe", second_area_ratio=0.6)
        assert caught.value.facts == {"file": "probe", "faces": 2}
    else:
        assert choose_face(faces, role="probe", second_area_ratio=0.6)[0].width_px == 100.0


def test_the_area_counts_not_the_width() -> None:
    tall, wide = face(100, 100), face(120, 40)
    assert choose_face([wide, tall], role="probe", second_area_ratio=0.6)[0] is tall


@given(st.lists(st.floats(10, 1000), min_size=1, max_size=6), st.floats(0.3, 0.9))
def test_the_order_of_the_faces_does_not_matter(widths: list[float], ratio: float) -> None:
    outcomes = set()
    for order in (widths, widths[::-1], sorted(widths)):
        try:
            outcomes.add(choose_face([face(width) for width in order], role="probe", second_area_ratio=ratio)[0].width_px)
        except SeveralFacesError:
            outcomes.add(-1.0)
    assert len(outcomes) == 1
    assert outcomes <= {max(widths), -1.0}


def test_the_shipped_ratio_is_the_promised_one(installation: Installation) -> None:
    assert installation.settings.face.second_face_area_ratio == 0.6
