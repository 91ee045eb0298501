from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.comparison.error_rates import (
    GRID_STEPS_PER_UNIT,
    Bound,
    CountTable,
    NonMatedGroup,
    NotStated,
    binomial_interval,
    comparisons_needed,
    grid_index_at_or_above,
    grid_index_at_or_below,
    grid_score,
    worst_fmr,
    worst_threshold_index,
)


def table(comparisons: int, *at_or_above: int, first_index: int = 100) -> CountTable:
    shares = tuple(count / comparisons for count in at_or_above)
    return CountTable(comparisons, first_index, at_or_above, shares, shares)


def group(name: str, counted: CountTable, *, known: bool = True) -> NonMatedGroup:
    return NonMatedGroup(name, 50, known, counted)


# ---------------------------------------------------------------- rules of 30 and of 3, intervals


@pytest.mark.parametrize(("fmr", "needed"), [(1e-2, 3_000), (1e-3, 30_000), (1e-4, 300_000), (1e-5, 3_000_000), (1.0, 30)])
def test_a_rate_needs_thirty_errors_to_be_stated(fmr: float, needed: int) -> None:
    assert comparisons_needed(fmr) == needed


@pytest.mark.parametrize(
    ("errors", "comparisons", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (0, 100, 0.0, 0.0362),
        (3, 100, 0.0062, 0.0852),
        (50, 100, 0.3983, 0.6017),
    ],
)
def test_binomial_intervals_are_those_of_the_published_tables(errors: int, comparisons: int, low: float, high: float) -> None:
    assert binomial_interval(errors, comparisons) == pytest.approx((low, high), abs=6e-5)


@given(st.integers(1, 10**7))
def test_no_error_at_all_has_the_interval_that_can_be_computed_by_hand(comparisons: int) -> None:
    assert binomial_interval(0, comparisons) == pytest.approx((0.0, 1 - 0.025 ** (1 / comparisons)), rel=1e-6)


# ---------------------------------------------------------------- the grid


def test_a_grid_score_belongs_to_its_own_point_whatever_its_last_bit() -> None:
    for index in range(-GRID_STEPS_PER_UNIT, GRID_STEPS_PER_UNIT + 1):
        exact = grid_score(index)
        for score in (exact, float(f"{exact:.3f}"), math.nextafter(exact, -2), math.nextafter(exact, 2)):
            assert (grid_index_at_or_below(score), grid_index_at_or_above(score)) == (index, index)


@given(st.floats(-1, 1))
def test_rounding_goes_the_safe_way(score: float) -> None:
    below, above = grid_index_at_or_below(score), grid_index_at_or_above(score)
    assert grid_score(below) - 1e-11 <= score <= grid_score(above) + 1e-11
    assert above - below in (0, 1)


@given(st.floats(-1, 1), st.lists(st.integers(0, 1000), min_size=1, max_size=400))
def test_an_fmr_between_two_points_counts_the_lower_one(score: float, counts: list[int]) -> None:
    counted = table(1000, *sorted(counts, reverse=True))
    rate = group("g", counted).fmr_at(score)
    assert rate.errors == counted.count(grid_index_at_or_below(score))
    assert rate.errors >= counted.count(grid_index_at_or_above(score))


# ---------------------------------------------------------------- tables of counts


def test_before_the_first_entry_all_and_after_the_last_none_is_at_or_above() -> None:
    counted = table(1000, 900, 40, 2)
    assert [counted.count(index) for index in (-500, 99, 100, 101, 102, 103, 500)] == [1000, 1000, 900, 40, 2, 0, 0]
    assert counted.share_ci95(99) == binomial_interval(1000, 1000)
    assert counted.share_ci95(103) == binomial_interval(0, 1000)


def test_an_interval_is_never_narrower_than_the_binomial_one_nor_than_the_resampled_one() -> None:
    exact = binomial_interval(40, 1000)
    narrow = CountTable(1000, 0, (40,), (0.0399,), (0.0401,))
    wide = CountTable(1000, 0, (40,), (0.001,), (0.2,))
    assert narrow.share_ci95(0) == exact
    assert wide.share_ci95(0) == (0.001, 0.2)


@given(st.floats(1e-6, 0.9), st.lists(st.integers(0, 999), min_size=1, max_size=60))
def test_the_threshold_index_is_the_lowest_that_keeps_the_share(target: float, counts: list[int]) -> None:
    counted = table(1000, *sorted(counts, reverse=True))
    index = counted.lowest_index_with_share(target)
    assert counted.count(index) <= target * 1000
    assert counted.count(index - 1) > target * 1000


# ---------------------------------------------------------------- rates at a score


def test_an_error_makes_an_estimate_and_none_makes_an_upper_bound() -> None:
    one = group("g", table(1000, 40, 1))
    rate = one.fmr_at(grid_score(101))
    assert (rate.value, rate.bound, rate.errors, rate.comparisons, rate.group) == (0.001, Bound.ESTIMATE, 1, 1000, "g")
    none = one.fmr_at(grid_score(102))
    assert (none.value, none.bound, none.errors) == (0.003, Bound.UPPER, 0)
    assert none.ci95 == (0.0, binomial_interval(0, 1000)[1])


def test_a_group_whose_people_nobody_told_apart_gives_upper_bounds_only() -> None:
    assert group("g", table(1000, 40), known=False).fmr_at(grid_score(100)).bound is Bound.UPPER


def test_two_comparisons_without_an_error_never_state_more_than_certainty() -> None:
    assert group("g", table(2, 1)).fmr_at(0.9).value == 1.0


def test_the_worst_group_speaks() -> None:
    groups = [group("mild", table(1000, 10)), group("hard", table(1000, 30)), group("small", table(50, 1))]
    assert worst_fmr(groups, grid_score(100)).group == "hard"
    assert worst_fmr(groups, grid_score(101)).group == "small", "3/50 is the most that is known about it"


# ---------------------------------------------------------------- the worst-group rule of thresholds


def test_the_group_that_needs_the_highest_threshold_sets_it() -> None:
    large = group("large", table(40_000, 100, 39, 0))
    hard = group("hard", table(40_000, 300, 90, 40, 0))
    assert worst_threshold_index([large, hard], 1e-3) == (102, hard)
    assert worst_threshold_index([hard, large], 1e-3) == (102, hard)


def test_a_group_too_small_to_state_the_rate_enters_with_what_was_observed() -> None:
    large = group("large", table(40_000, 100, 39, 0))
    small = group("small", table(500, 9, 5, 3, 1), known=False)
    assert worst_threshold_index([large, small], 1e-3) == (104, small), "one of 500 is more than 1 in 1,000"
    assert worst_threshold_index([large, group("easy", table(500, 0))], 1e-3) == (101, large)


def test_where_no_group_carries_the_rate_it_is_not_stated() -> None:
    groups = [group("large", table(29_999, 100, 0)), group("small", table(500, 9))]
    assert worst_threshold_index(groups, 1e-3) == NotStated("too_few_comparisons", 29_999, 30_000)


def test_together_too_many_comparisons_do_not_replace_a_group_that_carries_the_rate() -> None:
    groups = [group(str(number), table(29_999, 1)) for number in range(10)]
    assert isinstance(worst_threshold_index(groups, 1e-3), NotStated)


@given(st.lists(st.lists(st.integers(0, 30_000), min_size=1, max_size=30), min_size=1, max_size=4), st.sampled_from([1e-3, 1e-2]))
def test_at_the_threshold_no_group_observes_more_than_the_target(many: list[list[int]], target: float) -> None:
    groups = [group(str(number), table(30_000, *sorted(counts, reverse=True))) for number, counts in enumerate(many)]
    found = worst_threshold_index(groups, target)
    assert not isinstance(found, NotStated)
    index, asking = found
    assert all(one.table.count(index) <= target * 30_000 for one in groups)
    assert asking.table.count(index - 1) > target * 30_000, "a lower threshold would not do"
