"""Error rates with their counts and intervals, and tables of counts from which they are read (ISO/IEC 19795-1).

What is stated: a threshold or pass rate at an FMR needs N x FMR >= 30 comparisons (rule of 30); a rate at a score is stated from
one error up with its interval, and no error in N comparisons shows no more than "below 3/N" (rule of 3). The rest is not stated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

RULE_OF_30 = 30
RULE_OF_3 = 3.0

# Scores are counted on a grid of 1/500: fine enough that rounding a threshold up costs less than the interval of any pass rate.
GRID_STEPS_PER_UNIT = 500
_GRID_SLACK = 1e-9  # a score printed at a grid point belongs to that point, whatever its last bit


class Bound(StrEnum):
    """How a rate is to be read."""

    ESTIMATE = "estimate"
    UPPER = "upper"  # the true rate is believed to be lower


@dataclass(frozen=True)
class StatedRate:
    """A rate that its counts carry.

    Attributes
    ----------
    value
        0 to 1.
    errors, comparisons
        The counts behind it.
    ci95
        95 % interval (low, high), 0 to 1.
    group
        The group of people it was counted on, the worst one where several were.
    """

    value: float
    bound: Bound
    errors: int
    comparisons: int
    ci95: tuple[float, float]
    group: str


@dataclass(frozen=True)
class NotStated:
    """A rate that the counts do not carry: never a number.

    Attributes
    ----------
    why
        Code in the wording group ``not_stated``.
    comparisons
        How many there were.
    comparisons_needed
        How many it would take; 0 where no number of comparisons would help.
    """

    why: str
    comparisons: int
    comparisons_needed: int = 0


def comparisons_needed(target_fmr: float) -> int:
    """Return how many non-mated comparisons a threshold at this FMR takes (rule of 30)."""
    return math.ceil(RULE_OF_30 / target_fmr - _GRID_SLACK)


def binomial_interval(errors: int, comparisons: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a binomial share (Clopper and Pearson 1934), 0 to 1."""
    from scipy.stats import beta  # late: the window is painted before anything heavy is loaded

    low = 0.0 if errors == 0 else float(beta.ppf(0.025, errors, comparisons - errors + 1))
    high = 1.0 if errors == comparisons else float(beta.ppf(0.975, errors + 1, comparisons - errors))
    return low, high


def grid_index_at_or_below(score: float) -> int:
    """Return the index of the highest grid point that is not above a score."""
    return math.floor(score * GRID_STEPS_PER_UNIT + _GRID_SLACK)


def grid_index_at_or_above(score: float) -> int:
    """Return the index of the lowest grid point that is not below a score."""
    return math.ceil(score * GRID_STEPS_PER_UNIT - _GRID_SLACK)


def grid_score(index: int) -> float:
    """Return the score of a grid point."""
    return index / GRID_STEPS_PER_UNIT


@dataclass(frozen=True)
class CountTable:
    """How many comparisons scored at or above each grid point.

    Attributes
    ----------
    comparisons
        All of them.
    first_index
        Grid index of the first entry; below it every comparison is at or above.
    at_or_above
        Counts, falling; after the last entry none is at or above.
    ci95_low, ci95_high
        95 % interval of the share at or above, by resampling identities, per entry.
    """

    comparisons: int
    first_index: int
    at_or_above: tuple[int, ...]
    ci95_low: tuple[float, ...]
    ci95_high: tuple[float, ...]

    def count(self, index: int) -> int:
        """Return how many comparisons scored at or above a grid point."""
        if index < self.first_index:
            return self.comparisons
        offset = index - self.first_index
        return self.at_or_above[offset] if offset < len(self.at_or_above) else 0

    def share_ci95(self, index: int) -> tuple[float, float]:
        """Return the interval of the share at or above a grid point: resampled identities, never narrower than binomial.

        Resampling few errors gives intervals that are too short, and the binomial one ignores that comparisons share faces.
        """
        exact = binomial_interval(self.count(index), self.comparisons)
        offset = index - self.first_index
        if not 0 <= offset < len(self.at_or_above):
            return exact
        return min(exact[0], self.ci95_low[offset]), max(exact[1], self.ci95_high[offset])

    def lowest_index_with_share(self, target: float) -> int:
        """Return the lowest grid index at or above which no more than a share of the comparisons scored."""
        for offset, count in enumerate(self.at_or_above):
            if count <= target * self.comparisons:
                return self.first_index + offset
        return self.first_index + len(self.at_or_above)


@dataclass(frozen=True)
class NonMatedGroup:
    """Non-mated comparisons within one group of people.

    Attributes
    ----------
    identities_known
        False where nobody knows whether a person occurs twice; its rates are then upper bounds.
    """

    name: str
    identities: int
    identities_known: bool
    table: CountTable

    def fmr_at(self, score: float) -> StatedRate:
        """Return the share of non-mated comparisons at or above a score (rounded down to the grid)."""
        index = grid_index_at_or_below(score)
        errors = self.table.count(index)
        comparisons = self.table.comparisons
        if errors == 0:
            value = min(1.0, RULE_OF_3 / comparisons)
            return StatedRate(value, Bound.UPPER, 0, comparisons, (0.0, self.table.share_ci95(index)[1]), self.name)
        bound = Bound.ESTIMATE if self.identities_known else Bound.UPPER
        return StatedRate(errors / comparisons, bound, errors, comparisons, self.table.share_ci95(index), self.name)


def worst_fmr(groups: Sequence[NonMatedGroup], score: float) -> StatedRate:
    """Return the highest FMR of any group at a score: a customer may belong to any of them."""
    return max((group.fmr_at(score) for group in groups), key=lambda rate: rate.value)


def worst_threshold_index(groups: Sequence[NonMatedGroup], target_fmr: float) -> tuple[int, NonMatedGroup] | NotStated:
    """Return the grid index at which every group observes no more than the target FMR, and the group that asks for it.

    A group too small to state the rate enters with what was observed in it. If no group carries the rate, it is not stated.
    """
    needed = comparisons_needed(target_fmr)
    largest = max(group.table.comparisons for group in groups)
    if largest < needed:
        return NotStated("too_few_comparisons", largest, needed)
    return max(((group.table.lowest_index_with_share(target_fmr), group) for group in groups), key=lambda pair: pair[0])
