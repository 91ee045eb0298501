from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.comparison.calibration import TWIN_PASS_RATES, Calibration, MatedCounts, relative_band
from teller_assist.comparison.error_rates import Bound, CountTable

Make = Callable[..., Calibration]
SCORES = st.floats(-1, 1)


@pytest.mark.full
@given(SCORES)
def test_every_reading_is_a_share_inside_its_interval(make_calibration: Make, score: float) -> None:
    for rate in (make_calibration().fmr_at(score), make_calibration().fnmr_at(score)):
        assert 0 < rate.value <= 1
        if rate.errors:
            assert rate.ci95[0] <= rate.value <= rate.ci95[1]
        assert rate.comparisons > 0


@given(SCORES, SCORES)
def test_error_counts_move_one_way_with_the_score(make_calibration: Make, one: float, other: float) -> None:
    calibration = make_calibration()
    lower, higher = sorted((one, other))
    assert calibration.fnmr_at(lower).errors <= calibration.fnmr_at(higher).errors
    for group in calibration.groups:
        assert group.fmr_at(lower).errors >= group.fmr_at(higher).errors


@pytest.mark.full
@given(SCORES)
def test_the_worst_group_gives_the_fmr(make_calibration: Make, score: float) -> None:
    calibration = make_calibration()
    assert calibration.fmr_at(score).value == max(group.fmr_at(score).value for group in calibration.groups)


@pytest.mark.parametrize(
    ("score", "missed"), [(0.1, 0), (0.2, 0), (0.2009, 3), (0.202, 3), (0.203, 5), (0.204, 5), (0.2041, 10), (1.0, 10)]
)
def test_a_miss_is_a_mated_comparison_below_the_score_which_is_rounded_up_to_the_grid(score: float, missed: int) -> None:
    """Ten comparisons: three in the bin from 0.200, two from 0.202, five from 0.204; between two points the upper one counts."""
    table = CountTable(10, 101, (7, 5), (0.0, 0.0), (1.0, 1.0))
    rate = MatedCounts(5, table, 0, "g").fnmr_at(score)
    assert rate.errors == missed
    assert rate.value == (missed / 10 if missed else 0.3)


def test_no_mated_comparison_so_low_is_an_upper_bound_by_the_rule_of_3(make_calibration: Make) -> None:
    rate = make_calibration(mated=5_000).fnmr_at(-0.9)
    assert (rate.errors, rate.value, rate.bound) == (0, 3 / 5_000, Bound.UPPER)
    assert rate.ci95[0] == 0.0
    assert rate.ci95[1] == pytest.approx(1 - 0.025 ** (1 / 5_000), rel=1e-6)


def test_the_fnmr_is_of_the_comparisons_that_were_made(make_calibration: Make) -> None:
    assert make_calibration(mated=5_000).fnmr_at(0.99).comparisons == 5_000


def test_against_a_close_relative_a_pass_says_next_to_nothing() -> None:
    low, high = relative_band(0.95)
    assert [low, high] == pytest.approx([math.log(0.95 / 0.994), math.log(0.95 / 0.911)])
    assert low < 0 < high
    assert high - low == pytest.approx(math.log(TWIN_PASS_RATES[1] / TWIN_PASS_RATES[0])), "never narrower than published"
