"""The index finds what comparing with every face finds."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.errors import BugError
from teller_assist.gallery.face_index import FaceIndex, Vector
from teller_assist.gallery.flat_index import FlatIndex

DIMENSION = 64


def vectors(seed: int, count: int) -> list[Vector]:
    drawn = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    return [np.asarray(row / np.linalg.norm(row), np.float32) for row in drawn]


def near(vector: Vector, seed: int, share: float) -> Vector:
    mixed = (1 - share) * vector + share * vectors(seed, 1)[0]
    return np.asarray(mixed / np.linalg.norm(mixed), np.float32)


def filled(*faces: Vector) -> FlatIndex:
    index = FlatIndex(DIMENSION)
    for number, face in enumerate(faces, start=1):
        index.add(number, face)
    return index


def by_hand(faces: dict[int, Vector], probe: Vector, *, most: int, least_score: float) -> list[int]:
    scores = {number: float(probe.astype(np.float64) @ face.astype(np.float64)) for number, face in faces.items()}
    alike = [number for number, score in scores.items() if score >= least_score]
    return sorted(alike, key=lambda number: -scores[number])[:most]


@given(st.integers(0, 2**32 - 1), st.integers(0, 60), st.integers(1, 8), st.floats(-0.3, 0.3), st.sets(st.integers(1, 60)))
def test_it_finds_what_comparing_with_every_face_finds(
    seed: int, count: int, most: int, least_score: float, removed: set[int]
) -> None:
    probe, *faces = vectors(seed, count + 1)
    index = filled(*faces)
    left = {number: face for number, face in enumerate(faces, start=1) if number not in removed}
    assert index.remove(removed) == count - len(left)
    assert index.count() == len(left)
    found = index.search(probe, most=most, least_score=least_score)
    assert [one.number for one in found] == by_hand(left, probe, most=most, least_score=least_score)
    for one in found:
        assert one.score == pytest.approx(float(probe @ left[one.number]), abs=1e-5)


def test_the_likest_comes_first_and_a_face_finds_itself() -> None:
    face, stranger = vectors(1, 2)
    index = filled(stranger, near(face, 2, 0.4), face)
    found = index.search(face, most=5, least_score=0.7)
    assert [one.number for one in found] == [3, 2]
    assert found[0].score == pytest.approx(1.0, abs=1e-6)


def test_equal_faces_come_in_the_order_of_their_numbers() -> None:
    (face,) = vectors(1, 1)
    index = FlatIndex(DIMENSION)
    for number in (7, 3, 5):
        index.add(number, face)
    assert [one.number for one in index.search(face, most=5, least_score=0.9)] == [3, 5, 7]


def test_a_number_that_is_added_again_has_its_new_face_alone() -> None:
    before, after = vectors(1, 2)
    index = filled(before)
    index.add(1, after)
    assert index.count() == 1
    assert index.search(before, most=5, least_score=0.9) == ()
    assert [one.number for one in index.search(after, most=5, least_score=0.9)] == [1]


def test_rebuilt_it_holds_exactly_what_it_is_given() -> None:
    one, two, three = vectors(1, 3)
    index: FaceIndex = filled(one, two)
    index.rebuild({9: three})
    assert (index.count(), index.dimension) == (1, DIMENSION)
    assert index.search(one, most=5, least_score=0.9) == ()
    assert [found.number for found in index.search(three, most=5, least_score=0.9)] == [9]


def test_an_empty_one_finds_nothing() -> None:
    (face,) = vectors(1, 1)
    assert FlatIndex(DIMENSION).search(face, most=5, least_score=-1.0) == ()
    assert filled(face).search(face, most=0, least_score=-1.0) == ()


@pytest.mark.parametrize("spoilt", ["length", "type", "nan", "norm"])
def test_what_is_no_face_is_never_held(spoilt: str) -> None:
    (face,) = vectors(1, 1)
    nan = face.copy()
    nan[3] = np.nan
    bad = {"length": face[:-1], "type": face.astype(np.float64), "nan": nan, "norm": face * np.float32(1.1)}[spoilt]
    index = filled(face)
    with pytest.raises(BugError):
        index.add(2, bad)  # type: ignore[arg-type]
    with pytest.raises(BugError):
        index.search(bad, most=1, least_score=0.0)  # type: ignore[arg-type]
    assert index.count() == 1


def test_it_does_not_print_faces() -> None:
    assert repr(filled(*vectors(1, 2))) == "FlatIndex(64, 2 faces)"


@pytest.mark.full
def test_it_loads_no_picture_code_and_no_window_and_starts_no_threads_of_its_own() -> None:
    program = (
        "import sys, faiss\nimport teller_assist.gallery.flat_index\n"
        "assert not {'cv2', 'PyQt5', 'onnxruntime'} & set(sys.modules)\nassert faiss.omp_get_max_threads() == 1"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
