"""The cost of log-likelihood ratios."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from teller_assist.comparison.cllr import cllr, cllr_min
from teller_assist.comparison.llr import fit_isotonic
from teller_assist.errors import BugError

COUNTS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=30).filter(
    lambda pairs: sum(a for a, _ in pairs) > 0 and sum(b for _, b in pairs) > 0
)


def of(*numbers: float) -> np.ndarray:
    return np.array(numbers, np.float64)


def test_a_reading_that_says_nothing_costs_one_bit() -> None:
    assert cllr(of(3, 5), of(7, 1), of(0, 0)) == pytest.approx(1.0)


def test_one_comparison_of_each_kind_by_hand() -> None:
    # Mated at LR 3: log2(1 + 1/3); non-mated at LR 1/2: log2(1 + 1/2).
    expected = (np.log2(4 / 3) + np.log2(3 / 2)) / 2
    assert cllr(of(0, 1), of(1, 0), np.log(of(0.5, 3))) == pytest.approx(expected)


def test_sure_and_wrong_costs_more_than_no_reading_at_all() -> None:
    assert cllr(of(1, 0), of(0, 1), of(-10, 10)) > 10


def test_parted_scores_can_cost_nothing_and_mixed_ones_cannot() -> None:
    assert cllr_min(of(0, 0, 4), of(5, 1, 0)) == pytest.approx(0.0, abs=1e-12)
    assert cllr_min(of(5, 5), of(5, 5)) == pytest.approx(1.0)
    assert cllr_min(of(9, 0), of(0, 9)) == pytest.approx(1.0)  # a curve that never falls cannot read scores the wrong way round


@given(COUNTS, st.integers(0, 2**32 - 1))
def test_no_rising_reading_costs_less_than_the_minimum(pairs: list[tuple[int, int]], seed: int) -> None:
    mated, non_mated = (np.array(side, np.float64) for side in zip(*pairs, strict=True))
    least = cllr_min(mated, non_mated)
    assert 0.0 <= least <= 1.0 + 1e-9
    readings = np.sort(np.random.default_rng(seed).normal(0, 4, len(pairs)))
    assert cllr(mated, non_mated, readings) >= least - 1e-9
    assert cllr(mated, non_mated, fit_isotonic(mated, non_mated)) >= least - 1e-9


def test_a_kind_without_comparisons_is_refused() -> None:
    with pytest.raises(BugError):
        cllr_min(of(0, 0), of(1, 1))
