from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.comparison.scores import comparison_score
from teller_assist.errors import BugError
from teller_assist.evidence.measurements import Features

SEEDS = st.integers(0, 2**32 - 1)


def features(seed: int, model_id: str = "made-up", dimension: int = 128) -> Features:
    vector = np.random.default_rng(seed).normal(size=dimension).astype(np.float32)
    return Features(vector / np.float32(np.linalg.norm(vector)), model_id)


@given(SEEDS, SEEDS)
def test_a_score_is_the_cosine_whichever_picture_comes_first(one: int, other: int) -> None:
    a, b = features(one), features(other)
    score = comparison_score(a, b)
    assert score == comparison_score(b, a)
    assert -1.0 <= score <= 1.0
    assert score == pytest.approx(float(a.vector.astype(float) @ b.vector.astype(float)), abs=1e-6)


@given(SEEDS, SEEDS)
def test_nothing_scores_higher_than_a_picture_with_itself(one: int, other: int) -> None:
    a = features(one)
    assert comparison_score(a, a) == 1.0
    assert comparison_score(a, features(other)) <= comparison_score(a, a)


def test_opposite_features_score_minus_one() -> None:
    a = features(1)
    assert comparison_score(a, Features(-a.vector, a.model_id)) == -1.0


def test_features_of_two_models_are_refused() -> None:
    with pytest.raises(BugError, match="cannot be compared"):
        comparison_score(features(1, "one"), features(1, "other"))
