from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teller_assist.comparison.calibration import TARGET_FMRS, Threshold
from teller_assist.comparison.error_rates import Bound, NonMatedGroup, NotStated, grid_score
from teller_assist.comparison.fitting import (
    CountedComparisons,
    FeatureRows,
    count_comparisons,
    fit_llr,
    fit_threshold,
    fit_thresholds,
    mated_counts,
    non_mated_group,
)
from teller_assist.errors import SetError

LOWEST = -500


def rows_of(seed: int, people: list[int], sources: list[int], acquired: list[bool], *, spread: float = 0.7) -> FeatureRows:
    """Rows whose features lie around a centre per person."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(max(people, default=0) + 1, 16))
    vectors = centres[people] + spread * random.normal(size=(len(people), 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return FeatureRows(vectors, np.array(acquired, np.bool_), np.array(people, np.int64), np.array(sources, np.int64))


def population(people: int, each: int = 2, *, seed: int = 1, spread: float = 0.7) -> tuple[FeatureRows, FeatureRows]:
    """Probes and references of people with photographs of their own, nothing failed."""
    who = [person for person in range(people) for _ in range(each)]
    everything = list(range(len(who)))
    all_acquired = [True] * len(who)
    probes = rows_of(seed, who, everything, all_acquired, spread=spread)
    return probes, rows_of(seed + 1, who, everything, all_acquired, spread=spread)


@st.composite
def small_rows(draw: st.DrawFn) -> FeatureRows:
    size = draw(st.integers(1, 7))
    people = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    sources = draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
    acquired = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    return rows_of(draw(st.integers(0, 1000)), people, sources, acquired)


def counted_by_hand(probes: FeatureRows, references: FeatureRows) -> tuple[np.ndarray, np.ndarray, set[int], int]:
    mated, non_mated = np.zeros(1001), np.zeros(1001)
    people, failed = set(), 0
    for i in range(len(probes.identities)):
        for j in range(len(references.identities)):
            if probes.sources[i] == references.sources[j]:
                continue
            same = probes.identities[i] == references.identities[j]
            if same:
                people.add(int(probes.identities[i]))
            if not (probes.acquired[i] and references.acquired[j]):
                failed += int(same)
                continue
            score = float(probes.vectors[i] @ references.vectors[j])
            (mated if same else non_mated)[math.floor(score * 500 + 1e-9) - LOWEST] += 1
    return mated, non_mated, people, failed


@given(small_rows(), small_rows())
def test_counting_agrees_with_a_plain_double_loop(probes: FeatureRows, references: FeatureRows) -> None:
    counted = count_comparisons(probes, references, seed=3, refits=2)
    mated, non_mated, people, failed = counted_by_hand(probes, references)
    np.testing.assert_array_equal(counted.mated[0], mated)
    np.testing.assert_array_equal(counted.non_mated[0], non_mated)
    assert (counted.mated_identities, counted.mated_failed) == (len(people), failed)


@settings(max_examples=20)
@given(small_rows(), small_rows(), st.integers(0, 2**31))
def test_counting_is_repeatable_and_its_seed_changes_the_resamplings_only(a: FeatureRows, b: FeatureRows, seed: int) -> None:
    one, again, other = (count_comparisons(a, b, seed=s, refits=4) for s in (seed, seed, seed + 1))
    np.testing.assert_array_equal(one.non_mated, again.non_mated)
    np.testing.assert_array_equal(one.non_mated[0], other.non_mated[0])


def test_more_probes_than_one_block_are_all_counted() -> None:
    probes, references = population(600, each=1)
    counted = count_comparisons(probes, references, seed=1, refits=1)
    assert counted.mated[0].sum() == 0, "a rendering is never compared with its own photograph"
    assert counted.non_mated[0].sum() == 600 * 599


def test_a_photograph_is_never_compared_with_a_rendering_of_itself() -> None:
    probes = rows_of(1, [0, 0], [7, 8], [True, True])
    counted = count_comparisons(probes, probes, seed=1, refits=1)
    assert counted.mated[0].sum() == 2


@pytest.mark.parametrize("kind", ["mated", "non_mated"])
def test_resampled_intervals_contain_the_value_and_shrink_with_more_people(kind: str) -> None:
    widths = []
    for people in (20, 180):
        counted = count_comparisons(*population(people), seed=5, refits=100)
        whole = (
            mated_counts(counted, group="g").table
            if kind == "mated"
            else non_mated_group(counted, name="g", identities=people, identities_known=True).table
        )
        for offset, count in enumerate(whole.at_or_above):
            low, high = whole.share_ci95(whole.first_index + offset)
            assert low <= count / whole.comparisons <= high
        middle = len(whole.at_or_above) // 2
        low, high = whole.share_ci95(whole.first_index + middle)
        widths.append(high - low)
    assert widths[1] < 0.75 * widths[0]


def test_identities_are_resampled_not_comparisons() -> None:
    """One person of twenty is hard: comparisons share faces, so the interval is wider than a binomial one."""
    probes, references = population(20, each=4, spread=0.3)
    hard = np.where(probes.identities == 0)[0]
    vectors = probes.vectors.copy()
    vectors[hard] = np.roll(vectors[hard], 3, axis=1)
    counted = count_comparisons(replace(probes, vectors=vectors), references, seed=2, refits=200)
    whole = mated_counts(counted, group="g").table
    index = whole.lowest_index_with_share(0.96)
    low, high = whole.ci95_low[index - whole.first_index], whole.ci95_high[index - whole.first_index]
    share = whole.count(index) / whole.comparisons
    assert high - low > 2 * 1.96 * math.sqrt(share * (1 - share) / whole.comparisons)


def test_a_set_without_mated_or_non_mated_comparisons_is_too_small() -> None:
    nobody_twice = count_comparisons(*population(3, each=1), seed=1, refits=2)
    with pytest.raises(SetError) as mated:
        mated_counts(nobody_twice, group="g")
    one_person = count_comparisons(*population(1, each=3), seed=1, refits=2)
    with pytest.raises(SetError) as non_mated:
        non_mated_group(one_person, name="g", identities=1, identities_known=True)
    assert (mated.value.reason, non_mated.value.reason) == ("set_too_small", "set_too_small")


def test_scores_that_all_fall_into_one_bin_still_make_a_table() -> None:
    same = replace(population(4, each=1)[0], vectors=np.tile(np.eye(1, 16, dtype=np.float32), (4, 1)))
    whole = non_mated_group(count_comparisons(same, same, seed=1, refits=3), name="g", identities=4, identities_known=True).table
    assert (whole.comparisons, whole.count(-500), whole.count(500), whole.count(501)) == (12, 12, 12, 0)
    assert whole.lowest_index_with_share(1e-3) == 501


@pytest.fixture(scope="module")
def counted() -> CountedComparisons:
    return count_comparisons(*population(150, spread=0.55), seed=4, refits=50)


def groups_of(counted: CountedComparisons, *, known: bool = True) -> tuple[NonMatedGroup, ...]:
    return (non_mated_group(counted, name="g", identities=150, identities_known=known),)


def test_the_llr_rises_with_the_score_and_stays_in_what_the_counts_carry(counted: CountedComparisons) -> None:
    table = fit_llr(counted, [])
    assert list(table.values) == sorted(table.values)
    assert table.at(0.9).value > 0 > table.at(-0.2).value
    assert table.high == pytest.approx(math.log(counted.non_mated[0].sum() / 3), abs=1e-4)
    for low, value, high in zip(table.ci95_low, table.values, table.ci95_high, strict=True):
        assert table.low <= low <= value <= high <= table.high


def test_a_group_of_look_alikes_weakens_the_reading(counted: CountedComparisons) -> None:
    alike = replace(counted, non_mated=np.roll(counted.non_mated, 60, axis=1))
    table, weaker = fit_llr(counted, []), fit_llr(counted, [alike])
    for score in np.linspace(-0.5, 0.95, 30):
        assert abs(weaker.at(score).value) <= abs(table.at(score).value) + 1e-9
    assert weaker.at(0.5).value < table.at(0.5).value


def test_thresholds_rise_and_pass_rates_fall_with_the_target(counted: CountedComparisons) -> None:
    mated = mated_counts(counted, group="g")
    found = [fit_threshold(groups_of(counted), mated, target) for target in (1e-1, 1e-2, 1e-3)]
    assert all(isinstance(one, Threshold) for one in found)
    stated = [one for one in found if isinstance(one, Threshold)]
    assert [one.score for one in stated] == sorted(one.score for one in stated)
    rates = [one.pass_rate.value for one in stated]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 0.5


def test_what_the_counts_do_not_carry_is_not_stated(counted: CountedComparisons) -> None:
    found = fit_thresholds(groups_of(counted), mated_counts(counted, group="g"), TARGET_FMRS)
    assert isinstance(found["1e-3"], Threshold)
    assert found["1e-4"] == NotStated("too_few_comparisons", int(counted.non_mated[0].sum()), 300_000)


def test_a_failure_to_acquire_counts_as_a_reject(counted: CountedComparisons) -> None:
    groups, mated = groups_of(counted), mated_counts(counted, group="g")
    failed = replace(mated, failed_to_acquire=mated.table.comparisons)
    without, with_failures = (fit_threshold(groups, counts, 1e-2) for counts in (mated, failed))
    assert isinstance(without, Threshold)
    assert isinstance(with_failures, Threshold)
    assert with_failures.pass_rate.value == pytest.approx(without.pass_rate.value / 2)
    assert with_failures.pass_rate.errors - without.pass_rate.errors == mated.table.comparisons
    assert with_failures.pass_rate.ci95[0] <= with_failures.pass_rate.value <= with_failures.pass_rate.ci95[1]


def test_the_cost_of_the_worst_group_stands_beside_the_threshold(counted: CountedComparisons) -> None:
    first, mated = groups_of(counted)[0], mated_counts(counted, group="g")
    hard = replace(first, name="hard", table=replace(first.table, first_index=first.table.first_index + 60))
    found = fit_threshold((first, hard), mated, 1e-2)
    assert isinstance(found, Threshold)
    assert found.group == "hard"
    assert found.score == pytest.approx(found.first_group_score + 60 / 500)
    assert found.first_group_pass_rate.value > found.pass_rate.value


@pytest.mark.parametrize(("known", "bound"), [(True, Bound.ESTIMATE), (False, Bound.UPPER)])
def test_a_threshold_by_people_not_told_apart_is_an_upper_bound(counted: CountedComparisons, known: bool, bound: Bound) -> None:
    found = fit_threshold(groups_of(counted, known=known), mated_counts(counted, group="g"), 1e-2)
    assert isinstance(found, Threshold)
    assert found.bound is bound


def test_a_threshold_by_a_group_too_small_to_state_the_rate_is_an_upper_bound(counted: CountedComparisons) -> None:
    first, mated = groups_of(counted)[0], mated_counts(counted, group="g")
    last = first.table.first_index + len(first.table.at_or_above)
    table = replace(first.table, comparisons=20, first_index=last + 5, at_or_above=(3, 1), ci95_low=(0, 0), ci95_high=(1, 1))
    small = NonMatedGroup("small", 5, True, table)
    found = fit_threshold((first, small), mated, 1e-3)
    assert isinstance(found, Threshold)
    assert (found.group, found.bound, found.score) == ("small", Bound.UPPER, grid_score(last + 7))
