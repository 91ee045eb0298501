"""Counting comparisons and fitting a calibration from them, always on development rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from teller_assist.comparison.calibration import MatedCounts, Threshold
from teller_assist.comparison.error_rates import (
    GRID_STEPS_PER_UNIT,
    Bound,
    CountTable,
    NonMatedGroup,
    NotStated,
    StatedRate,
    comparisons_needed,
    grid_score,
    worst_threshold_index,
)
from teller_assist.comparison.llr import LlrTable, carried_range, fit_isotonic, weakest
from teller_assist.errors import SetError

Counts = npt.NDArray[np.float64]

REFITS = 200
_LOWEST_INDEX = -GRID_STEPS_PER_UNIT
_POINTS = 2 * GRID_STEPS_PER_UNIT + 1
_ROWS_AT_ONCE = 512
_LLR_DECIMALS = 4


@dataclass(frozen=True, eq=False)
class FeatureRows:
    """Features of the pictures of one kind.

    Attributes
    ----------
    vectors
        float64, shape (n, dimension), norm 1, as they are compared (behind the back-end); anything where not acquired.
    acquired
        bool, shape (n,): False where no features could be had (failure to acquire).
    identities, sources
        int64, shape (n,): who it shows and which original photograph it was rendered from.
    """

    vectors: npt.NDArray[np.float64]
    acquired: npt.NDArray[np.bool_]
    identities: npt.NDArray[np.int64]
    sources: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CountedComparisons:
    """All comparisons of probes with references: bins per pair and, for each kind of pair, which it is.

    Attributes
    ----------
    mated, non_mated
        float64, shape (1 + refits, grid points): comparisons that scored in each bin; the first row counts each once,
        the others weigh them by how often a resampling drew their identities.
    mated_identities
        How many identities have a mated comparison.
    mated_failed
        Mated comparisons that failed to acquire.
    """

    mated: Counts
    non_mated: Counts
    mated_identities: int
    mated_failed: int


def count_comparisons(
    probes: FeatureRows, references: FeatureRows, *, seed: int, refits: int = REFITS, within: bool = False
) -> CountedComparisons:
    """Compare every probe with every reference that was not rendered from the same photograph.

    Parameters
    ----------
    within
        Probes and references are the same rows: every pair is then compared once, not once in either order.
    seed
        Of the resampling of identities (the same draw for probes and references: pairs that share a face stay together).
    """
    people = np.unique(np.concatenate([probes.identities, references.identities]))
    draws = _identity_weights(len(people), refits, seed)
    probe_person = np.searchsorted(people, probes.identities)
    reference_person = np.searchsorted(people, references.identities)
    mated = np.zeros((1 + refits, _POINTS))
    non_mated = np.zeros((1 + refits, _POINTS))
    mated_people: set[int] = set()
    failed = 0
    # In float64, as two pictures are compared: in float32 a product's last bits are the machine's, and with them a bin.
    left, right = probes.vectors, references.vectors.T
    for rows in _row_blocks(len(probes.identities)):
        same_person = probe_person[rows, None] == reference_person[None, :]
        compared = probes.sources[rows, None] != references.sources[None, :]
        if within:
            compared &= np.arange(rows.start, rows.stop)[:, None] < np.arange(len(references.identities))[None, :]
        acquired = probes.acquired[rows, None] & references.acquired[None, :]
        failed += int((same_person & compared & ~acquired).sum())
        mated_people.update(np.unique(probe_person[rows][(same_person & compared).any(axis=1)]).tolist())
        bins = _bins(left[rows] @ right)
        for wanted, target in ((same_person, mated), (~same_person, non_mated)):
            i, j = np.nonzero(wanted & compared & acquired)
            chosen = bins[i, j]
            for draw, weights in enumerate(draws):
                pair_weights = weights[probe_person[rows][i]] * (1.0 if target is mated else weights[reference_person[j]])
                target[draw] += np.bincount(chosen, weights=pair_weights, minlength=_POINTS)
    return CountedComparisons(mated, non_mated, len(mated_people), failed)


def mated_counts(counted: CountedComparisons, *, group: str) -> MatedCounts:
    """Return the mated half as the calibration keeps it.

    Raises
    ------
    SetError
        There is no mated comparison.
    """
    if counted.mated[0].sum() < 1:
        raise SetError("set_too_small", group=group, mated=0)
    return MatedCounts(counted.mated_identities, _table(counted.mated), counted.mated_failed, group)


def non_mated_group(counted: CountedComparisons, *, name: str, identities: int, identities_known: bool) -> NonMatedGroup:
    """Return the non-mated half as the calibration keeps it.

    Raises
    ------
    SetError
        There is no non-mated comparison.
    """
    if counted.non_mated[0].sum() < 1:
        raise SetError("set_too_small", group=name, non_mated=0)
    return NonMatedGroup(name, identities, identities_known, _table(counted.non_mated))


def fit_llr(first: CountedComparisons, others: Sequence[CountedComparisons]) -> LlrTable:
    """Fit the log-likelihood ratio: the first group's mated comparisons against each group's non-mated ones, the weakest reading.

    Parameters
    ----------
    first
        The group with the mated comparisons; its non-mated ones count, too.
    others
        Groups with non-mated comparisons only, resampled as often as the first.
    """
    groups = [first.non_mated, *(one.non_mated for one in others)]
    seen = np.flatnonzero(first.mated[0] + sum(group[0] for group in groups))
    bins = slice(int(seen[0]), int(seen[-1]) + 1)
    curves = [
        weakest(np.stack([fit_isotonic(mated[bins], group[draw][bins]) for group in groups]))
        for draw, mated in enumerate(first.mated)
        if mated.sum() > 0 and all(group[draw].sum() > 0 for group in groups)
    ]
    low, high = carried_range(int(first.mated[0].sum()), int(min(group[0].sum() for group in groups)))
    value = np.clip(curves[0], low, high)
    interval = np.clip(np.percentile(curves[1:] or curves, [2.5, 97.5], axis=0), low, high)
    return LlrTable(
        first_index=_LOWEST_INDEX + bins.start,
        values=_rounded(value),
        ci95_low=_rounded(np.minimum(interval[0], value)),
        ci95_high=_rounded(np.maximum(interval[1], value)),
        low=round(low, _LLR_DECIMALS),
        high=round(high, _LLR_DECIMALS),
    )


def _rounded(values: Counts) -> tuple[float, ...]:
    return tuple(round(float(value), _LLR_DECIMALS) for value in values)


def fit_threshold(groups: tuple[NonMatedGroup, ...], mated: MatedCounts, target_fmr: float) -> Threshold | NotStated:
    """Return the threshold at a target FMR by the worst group, with what it costs the first group."""
    worst = worst_threshold_index(groups, target_fmr)
    if isinstance(worst, NotStated):
        return worst
    index, group = worst
    first_index = groups[0].table.lowest_index_with_share(target_fmr)
    # A group too small to state the rate entered with what was observed in it: that is no estimate.
    carried = group.identities_known and group.table.comparisons >= comparisons_needed(target_fmr)
    fmr = group.fmr_at(grid_score(index))
    return Threshold(
        score=grid_score(index),
        fmr=fmr if carried else replace(fmr, bound=Bound.UPPER),
        pass_rate=pass_rate_at(mated, index),
        first_group_score=grid_score(first_index),
        first_group_pass_rate=pass_rate_at(mated, first_index),
    )


def fit_thresholds(
    groups: tuple[NonMatedGroup, ...], mated: MatedCounts, targets: Mapping[str, float]
) -> dict[str, Threshold | NotStated]:
    """Return the thresholds at several target FMRs, by their written names."""
    return {name: fit_threshold(groups, mated, fmr) for name, fmr in targets.items()}


def pass_rate_at(mated: MatedCounts, index: int) -> StatedRate:
    """Return the share of mated comparisons at or above a grid point, of all asked for: a failure to acquire is a reject."""
    asked = mated.table.comparisons + mated.failed_to_acquire
    passed = mated.table.count(index)
    acquired_share = mated.table.comparisons / asked
    low, high = mated.table.share_ci95(index)
    return StatedRate(
        passed / asked, Bound.ESTIMATE, asked - passed, asked, (low * acquired_share, high * acquired_share), mated.group
    )


def _identity_weights(people: int, refits: int, seed: int) -> list[npt.NDArray[np.float64]]:
    random = np.random.default_rng(seed)
    even = np.full(people, 1.0 / people)
    return [np.ones(people), *(random.multinomial(people, even).astype(np.float64) for _ in range(refits))]


def _row_blocks(rows: int) -> Iterator[slice]:
    for start in range(0, rows, _ROWS_AT_ONCE):
        yield slice(start, min(rows, start + _ROWS_AT_ONCE))


def _bins(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return each score's bin on the grid, counted from -1."""
    indices = np.floor(scores * GRID_STEPS_PER_UNIT + 1e-9).astype(np.int64) - _LOWEST_INDEX
    return np.clip(indices, 0, _POINTS - 1)


def _table(histograms: Counts) -> CountTable:
    """Return falling counts from the first bin that not all reach to the last that any reaches."""
    above = np.cumsum(histograms[:, ::-1], axis=1)[:, ::-1]
    counts = above[0].astype(np.int64)
    total = int(counts[0])
    first = int(np.argmax(counts < total)) if (counts < total).any() else 0
    last = int(np.flatnonzero(counts)[-1]) + 1
    totals = above[1:, :1]
    shares = above[1:][totals[:, 0] > 0] / totals[totals[:, 0] > 0]
    low, high = np.percentile(shares[:, first:last], [2.5, 97.5], axis=0)
    return CountTable(
        comparisons=total,
        first_index=_LOWEST_INDEX + first,
        at_or_above=tuple(int(count) for count in counts[first:last]),
        ci95_low=tuple(float(share) for share in low),
        ci95_high=tuple(float(share) for share in high),
    )
