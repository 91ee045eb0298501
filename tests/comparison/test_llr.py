from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from teller_assist.comparison.error_rates import GRID_STEPS_PER_UNIT
from teller_assist.comparison.llr import LlrTable, carried_range, fit_isotonic, weakest
from teller_assist.errors import BugError

SCORES = np.linspace(-1, 1, 1001)
NONE = np.zeros_like(SCORES)


@pytest.mark.parametrize(("low", "high", "deviation"), [(0.1, 0.5, 0.12), (0.0, 0.3, 0.1), (-0.1, 0.2, 0.15)])
def test_two_normal_distributions_give_their_known_ratio(low: float, high: float, deviation: float) -> None:
    mated = 1e9 * norm.pdf(SCORES, high, deviation)
    non_mated = 1e9 * norm.pdf(SCORES, low, deviation)
    exact = (high - low) * (SCORES - (high + low) / 2) / deviation**2
    inside = (low - deviation < SCORES) & (high + deviation > SCORES)
    assert fit_isotonic(mated, non_mated)[inside] == pytest.approx(exact[inside], abs=0.01)


def test_a_heavy_tail_of_look_alikes_holds_the_reading_down() -> None:
    """A straight line through such counts reads a hundred times more at the top than the counts there carry."""
    mated = 1e6 * norm.pdf(SCORES, 0.6, 0.12)
    stranger = 1e6 * norm.pdf(SCORES, 0.1, 0.1)
    look_alikes = 1e3 * norm.pdf(SCORES, 0.6, 0.12)
    curve = fit_isotonic(mated, stranger + look_alikes)
    assert curve.max() == pytest.approx(math.log(1e3), abs=0.05)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=40).filter(
        lambda counts: all(map(sum, zip(*counts, strict=True)))
    )
)
def test_the_curve_never_falls_and_never_claims_more_than_its_counts(counts: list[tuple[int, int]]) -> None:
    mated, non_mated = (np.array(kind, np.float64) for kind in zip(*counts, strict=True))
    curve = fit_isotonic(mated, non_mated)
    assert np.isfinite(curve).all()
    assert (np.diff(curve) >= -1e-9).all()
    assert curve.max() <= math.log(non_mated.sum() + 1) + 1e-6
    assert curve.min() >= -math.log(mated.sum() + 1) - 1e-6


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=40).filter(
        lambda counts: all(map(sum, zip(*counts, strict=True)))
    ),
    st.integers(0, 39),
)
def test_no_reading_exceeds_what_passes_at_every_threshold_up_to_it(counts: list[tuple[int, int]], place: int) -> None:
    mated, non_mated = (np.array(kind, np.float64) for kind in zip(*counts, strict=True))
    place = min(place, len(counts) - 1)
    passed = [mated[start:].sum() / (mated.sum() + 1) for start in range(place + 1)]
    falsely = [(non_mated[start:].sum() + 1) / (non_mated.sum() + 1) for start in range(place + 1)]
    strongest = max([p / f for p, f in zip(passed, falsely, strict=True)] + [(mated.sum()) / (mated.sum() + 1)])
    assert fit_isotonic(mated, non_mated)[place] <= max(0.0, math.log(strongest)) + 1e-6


def test_scores_that_tell_nothing_give_no_evidence() -> None:
    same = 1e9 * norm.pdf(SCORES, 0.3, 0.1)
    inside = (SCORES > 0.2) & (SCORES < 0.4)
    assert fit_isotonic(same, 7 * same)[inside] == pytest.approx(0.0, abs=1e-3)


def test_a_bin_without_comparisons_reads_as_the_one_below_it() -> None:
    mated, non_mated = np.array([0.0, 1, 0, 0, 9]), np.array([0.0, 9, 0, 0, 1])
    curve = fit_isotonic(mated, non_mated)
    assert curve[0] == curve[1] == curve[2] == curve[3] < curve[4]


@pytest.mark.parametrize(("mated", "non_mated"), [(NONE, NONE + 1), (NONE + 1, NONE)])
def test_a_fit_without_one_of_the_kinds_is_our_own_fault(mated: np.ndarray, non_mated: np.ndarray) -> None:
    with pytest.raises(BugError):
        fit_isotonic(mated, non_mated)


def test_of_several_groups_the_weakest_reading_holds_and_disagreement_says_nothing() -> None:
    readings = np.array([[-4.0, -2.0, -1.0, 2.0, 5.0], [-3.0, -2.5, 1.0, 1.0, 7.0]])
    assert weakest(readings).tolist() == [-3.0, -2.0, 0.0, 1.0, 5.0]


@given(st.lists(st.lists(st.floats(-9, 9), min_size=6, max_size=6).map(sorted), min_size=1, max_size=4))
def test_the_weakest_of_rising_curves_rises(curves: list[list[float]]) -> None:
    assert (np.diff(weakest(np.array(curves))) >= 0).all()


def test_no_counts_carry_more_than_the_rule_of_3_allows() -> None:
    assert carried_range(300, 3_000_000) == pytest.approx((-math.log(100), math.log(1_000_000)))
    assert carried_range(2, 1) == (0.0, 0.0)


VALUES = (-4.0, -2.0, 0.0, 3.0, 9.0)
TABLE = LlrTable(100, VALUES, tuple(v - 0.5 for v in VALUES), tuple(v + 0.5 for v in VALUES), low=-4.0, high=9.0)


@pytest.mark.parametrize(("offset", "value"), list(enumerate(VALUES)))
def test_a_score_reads_the_entry_of_its_grid_point(offset: int, value: float) -> None:
    for within in (0.0, 0.5, 0.99):
        reading = TABLE.at((100 + offset + within) / GRID_STEPS_PER_UNIT)
        assert (reading.value, reading.ci95) == (value, (value - 0.5, value + 0.5))


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_higher_score_never_reads_lower(one: float, other: float) -> None:
    lower, higher = sorted((one, other))
    assert TABLE.at(lower).value <= TABLE.at(higher).value


def test_outside_what_was_seen_and_at_the_carried_edge_the_reading_is_clamped_and_says_so() -> None:
    assert (TABLE.at(1.0).value, TABLE.at(1.0).clamped) == (9.0, True)
    assert (TABLE.at(-1.0).value, TABLE.at(-1.0).clamped) == (-4.0, True)
    assert TABLE.at(104 / GRID_STEPS_PER_UNIT).clamped, "the entry stands at the edge of what the counts carry"
    assert not TABLE.at(102 / GRID_STEPS_PER_UNIT).clamped
