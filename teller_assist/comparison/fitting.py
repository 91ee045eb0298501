"""Counting comparisons and fitting a calibration from them, always on development rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
from teller_assist.comparison.llr import LlrLine, carried_range, fit_line
from teller_assist.errors import SetError

Counts = npt.NDArray[np.float64]

REFITS = 200
_LOWEST_INDEX = -GRID_STEPS_PER_UNIT
_POINTS = 2 * GRID_STEPS_PER_UNIT + 1
_ROWS_AT_ONCE = 512


@dataclass(frozen=True, eq=False)
class FeatureRows:
    """Features of the pictures of one kind.

    Attributes
    ----------
    vectors
        float32, shape (n, dimension), norm 1; anything where not acquired.
    acquired
        bool, shape (n,): False where no features could be had (failure to acquire).
    identities, sources
        int64, shape (n,): who it shows and which original photograph it was rendered from.
    """

    vectors: npt.NDArray[np.float32]
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


def count_comparisons(probes: FeatureRows, references: FeatureRows, *, seed: int, refits: int = REFITS) -> CountedComparisons:
    """Compare every probe with every reference that was not rendered from the same photograph.

    Parameters
    ----------
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
    for rows in _row_blocks(len(probes.identities)):
        same_person = probe_person[rows, None] == reference_person[None, :]
        compared = probes.sources[rows, None] != references.sources[None, :]
        acquired = probes.acquired[rows, None] & references.acquired[None, :]
        failed += int((same_person & compared & ~acquired).sum())
        mated_people.update(np.unique(probe_person[rows][(same_person & compared).any(axis=1)]).tolist())
        bins = _bins(probes.vectors[rows] @ references.vectors.T)
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


def fit_llr(mated: CountedComparisons, worst: CountedComparisons) -> LlrLine:
    """Fit the log-likelihood ratio of mated comparisons against the non-mated ones of the worst group."""
    scores = np.array([grid_score(_LOWEST_INDEX + k) + 0.5 / GRID_STEPS_PER_UNIT for k in range(_POINTS)])
    lines = [fit_line(scores, m, n) for m, n in zip(mated.mated, worst.non_mated, strict=True) if m.sum() > 0 and n.sum() > 0]
    low, high = carried_range(int(mated.mated[0].sum()), int(worst.non_mated[0].sum()))
    return LlrLine(lines[0][0], lines[0][1], tuple(lines[1:]), low, high)


def fit_threshold(groups: tuple[NonMatedGroup, ...], mated: MatedCounts, target_fmr: float) -> Threshold | NotStated:
    """Return the threshold at a target FMR by the worst group, with what it costs the first group."""
    worst = worst_threshold_index(groups, target_fmr)
    if isinstance(worst, NotStated):
        return worst
    index, group = worst
    first_index = groups[0].table.lowest_index_with_share(target_fmr)
    # A group too small to state the rate entered with what was observed in it: that is no estimate.
    carried = group.identities_known and group.table.comparisons >= comparisons_needed(target_fmr)
    return Threshold(
        score=grid_score(index),
        bound=Bound.ESTIMATE if carried else Bound.UPPER,
        group=group.name,
        pass_rate=_pass_rate(mated, index),
        first_group_score=grid_score(first_index),
        first_group_pass_rate=_pass_rate(mated, first_index),
    )


def fit_thresholds(
    groups: tuple[NonMatedGroup, ...], mated: MatedCounts, targets: Mapping[str, float]
) -> dict[str, Threshold | NotStated]:
    """Return the thresholds at several target FMRs, by their written names."""
    return {name: fit_threshold(groups, mated, fmr) for name, fmr in targets.items()}


def _pass_rate(mated: MatedCounts, index: int) -> StatedRate:
    """Mated comparisons at or above a grid point, of all that were asked for: a failure to acquire is a reject."""
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


def _bins(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Return each score's bin on the grid, counted from -1."""
    indices = np.floor(scores.astype(np.float64) * GRID_STEPS_PER_UNIT + 1e-9).astype(np.int64) - _LOWEST_INDEX
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
