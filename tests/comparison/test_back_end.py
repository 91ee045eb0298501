from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.comparison.back_end import BackEnd, back_end_path, read_back_end, unit_rows, write_back_end
from teller_assist.comparison.scores import comparison_score
from teller_assist.errors import BugError, CalibrationMismatchError
from teller_assist.evidence.measurements import Features

DIMENSION = 6


def back_end(seed: int = 0) -> BackEnd:
    random = np.random.default_rng(seed)
    return BackEnd("made-up", "11" * 32, random.normal(0, 0.1, DIMENSION), random.normal(size=(DIMENSION, DIMENSION)))


def features(seed: int) -> Features:
    vector = np.random.default_rng(seed).normal(size=DIMENSION)
    return Features((vector / np.linalg.norm(vector)).astype(np.float32), "made-up")


def document(**changed: Any) -> bytes:
    body = json.loads(write_back_end(back_end(), {})) | changed
    return json.dumps(body).encode()


@given(st.integers(0, 2**32 - 1), st.integers(1, 9))
def test_what_is_compared_has_length_one(seed: int, rows: int) -> None:
    vectors = unit_rows(np.random.default_rng(seed).normal(size=(rows, DIMENSION)))
    projected = back_end(seed).project(vectors)
    assert projected.dtype == np.float64
    np.testing.assert_allclose(np.linalg.norm(projected, axis=1), 1.0, atol=1e-12)


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_no_picture_scores_higher_than_the_picture_itself(one: int, other: int) -> None:
    ours = back_end(one)
    assert comparison_score(features(one), features(one), ours) == 1.0
    assert -1.0 <= comparison_score(features(one), features(other), ours) <= 1.0
    assert comparison_score(features(one), features(other), ours) == comparison_score(features(other), features(one), ours)


def test_the_mean_is_taken_off_first_and_then_the_axes_are_scaled() -> None:
    ours = BackEnd("made-up", "11" * 32, np.array([0.6, 0.0]), np.diag([1.0, 3.0]))
    # (0.6, 0.8) less the mean is (0, 0.8); (1, 0) less the mean is (0.4, 0); (0, 1) becomes (-0.51, 0.86) and then (-0.51, 2.57)
    projected = ours.project(np.array([[0.6, 0.8], [1.0, 0.0], [0.0, 1.0]]))
    np.testing.assert_allclose(projected[:2], [[0.0, 1.0], [1.0, 0.0]], atol=1e-12)
    assert projected[2, 1] / projected[2, 0] == pytest.approx(3 * 1.0 / -0.6)


def test_an_even_back_end_is_the_cosine() -> None:
    even = BackEnd("made-up", "11" * 32, np.zeros(DIMENSION), np.eye(DIMENSION))
    assert comparison_score(features(1), features(2), even) == pytest.approx(
        comparison_score(features(1), features(2)), abs=1e-12
    )


def test_a_photograph_at_the_mean_itself_gives_no_length_and_no_warning() -> None:
    ours = BackEnd("made-up", "11" * 32, np.array([1.0, 0.0]), np.eye(2))
    np.testing.assert_array_equal(ours.project(np.array([[1.0, 0.0]])), [[0.0, 0.0]])


def test_features_of_another_dimension_or_model_are_refused() -> None:
    with pytest.raises(BugError, match="dimension 6"):
        back_end().project(np.ones((1, DIMENSION + 1)))
    with pytest.raises(BugError, match="before the back-end"):
        comparison_score(Features(features(1).vector, "another"), Features(features(2).vector, "another"), back_end())


def test_a_file_gives_back_what_was_written_one_row_a_line() -> None:
    text = write_back_end(back_end(), {"date": "2026-01-01"})
    read = read_back_end(text.encode())
    np.testing.assert_allclose(read.matrix, back_end().matrix, rtol=1e-6)
    np.testing.assert_allclose(read.mean, back_end().mean, rtol=1e-6)
    assert (read.model_id, read.model_sha256) == ("made-up", "11" * 32)
    assert write_back_end(read, {"date": "2026-01-01"}) == text
    assert text.count('"row"') == DIMENSION
    assert back_end_path("made-up") == "config/back_end/made-up.json"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b"{" * 100_000,
        document(schema="back-end/2"),
        document(mean=[]),
        document(mean=[0.0] * (DIMENSION + 1)),
        document(mean=[0.0] * (DIMENSION - 1) + [float("nan")]),
        document(mean=[0.0] * (DIMENSION - 1) + [1e9]),
        document(mean=["many"] * DIMENSION),
        document(matrix=[{"row": [1.0] * DIMENSION}] * (DIMENSION - 1)),
        document(matrix=[{"row": [1.0] * DIMENSION}] * (DIMENSION - 1) + [{"row": [1.0]}]),
        document(matrix=[{"row": [1.0] * DIMENSION}] * (DIMENSION - 1) + [{"column": [1.0] * DIMENSION}]),
        document(matrix={}),
    ],
)
def test_what_is_no_back_end_is_refused(content: bytes) -> None:
    with pytest.raises(CalibrationMismatchError) as caught:
        read_back_end(content)
    assert caught.value.facts["why"] == "unreadable"


@pytest.mark.full
@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.floats(), lambda inner: st.lists(inner)).map(lambda v: json.dumps(v).encode())
)
def test_no_file_does_worse_than_be_refused(content: bytes) -> None:
    with pytest.raises(CalibrationMismatchError):
        read_back_end(content)
