from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from teller_assist.comparison.llr import LlrLine, carried_range, fit_line
from teller_assist.errors import BugError

SCORES = np.linspace(-1, 1, 1001)
NONE = np.zeros_like(SCORES)


@pytest.mark.parametrize(("low", "high", "deviation"), [(0.1, 0.5, 0.12), (0.0, 0.3, 0.1), (-0.1, 0.2, 0.15)])
@pytest.mark.parametrize("mated_share", [0.5, 1e-4])
def test_two_normal_distributions_alike_in_width_give_their_exact_line(
    low: float, high: float, deviation: float, mated_share: float
) -> None:
    mated = mated_share * norm.pdf(SCORES, high, deviation)
    non_mated = (1 - mated_share) * norm.pdf(SCORES, low, deviation)
    slope, intercept = fit_line(SCORES, mated, non_mated)
    assert slope == pytest.approx((high - low) / deviation**2, rel=0.01)
    assert intercept == pytest.approx(-(high**2 - low**2) / (2 * deviation**2), rel=0.01, abs=0.02)


def test_separable_scores_still_give_a_finite_rising_line() -> None:
    mated, non_mated = NONE.copy(), NONE.copy()
    mated[900], non_mated[100] = 1000.0, 1_000_000.0
    slope, intercept = fit_line(SCORES, mated, non_mated)
    assert np.isfinite([slope, intercept]).all()
    assert 0 < slope < 1e6


def test_scores_that_tell_nothing_give_no_evidence() -> None:
    same = norm.pdf(SCORES, 0.3, 0.1)
    slope, intercept = fit_line(SCORES, same, 7 * same)
    assert (slope, intercept) == pytest.approx((0.0, 0.0), abs=1e-6)


@pytest.mark.parametrize(("mated", "non_mated"), [(NONE, NONE + 1), (NONE + 1, NONE)])
def test_a_fit_without_one_of_the_kinds_is_our_own_fault(mated: np.ndarray, non_mated: np.ndarray) -> None:
    with pytest.raises(BugError):
        fit_line(SCORES, mated, non_mated)


def test_no_counts_carry_more_than_the_rule_of_3_allows() -> None:
    assert carried_range(300, 3_000_000) == pytest.approx((-math.log(100), math.log(1_000_000)))
    assert carried_range(2, 1) == (0.0, 0.0)


REFITS = tuple((30.0 + step, -10.0 - step / 2) for step in range(-5, 6))
LINE = LlrLine(30.0, -10.0, REFITS, low=-4.0, high=9.0)


@given(st.floats(-1, 1))
def test_the_interval_contains_the_reading_and_both_stay_in_the_carried_range(score: float) -> None:
    reading = LINE.at(score)
    assert LINE.low <= reading.ci95[0] <= reading.value <= reading.ci95[1] <= LINE.high
    assert reading.clamped == (not LINE.low <= LINE.slope * score + LINE.intercept <= LINE.high)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_higher_score_never_reads_lower(one: float, other: float) -> None:
    lower, higher = sorted((one, other))
    assert LINE.at(lower).value <= LINE.at(higher).value


def test_a_clamped_reading_stands_at_the_edge_and_says_so() -> None:
    assert (LINE.at(1.0).value, LINE.at(1.0).clamped) == (9.0, True)
    assert (LINE.at(-1.0).value, LINE.at(-1.0).clamped) == (-4.0, True)
    assert not LINE.at(0.4).clamped


def test_refits_that_all_lie_on_one_side_still_leave_the_reading_inside_its_interval() -> None:
    lopsided = LlrLine(30.0, -10.0, ((29.0, -10.0),), low=-20.0, high=20.0)
    reading = lopsided.at(0.5)
    assert list(reading.ci95) == pytest.approx([4.5, 5.0])
