"""Counted shares with their exact interval, and quantiles with theirs; what the counts do not carry is told, never a number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import binom

from teller_assist.comparison.error_rates import binomial_interval

_ROUNDING = 1e-9  # nine tenths of thirty are no more than 27


@dataclass(frozen=True)
class Share:
    """A share of what was counted.

    Attributes
    ----------
    ci95
        95 % interval after Clopper and Pearson, 0 to 1.
    """

    count: int
    of: int
    ci95: tuple[float, float]

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.count / self.of


@dataclass(frozen=True)
class NoShare:
    """A share that the counts do not carry: never a number.

    Attributes
    ----------
    why
        Code in the wording group ``no_share``.
    of
        How many there were.
    """

    why: str
    of: int


def share(count: int, of: int, *, none: str, least: int = 1, few: str = "too_few") -> Share | NoShare:
    """Return a share, or why there is none.

    Parameters
    ----------
    none, few
        Why there is none where nothing was counted, or less than ``least``.
    """
    if of == 0:
        return NoShare(none, 0)
    if of < least:
        return NoShare(few, of)
    return Share(count, of, binomial_interval(count, of))


@dataclass(frozen=True)
class Quantile:
    """A duration that a part of those counted does not exceed.

    Attributes
    ----------
    seconds
        One that was observed (nearest rank).
    ci95_s
        95 % interval between two observed ones, whatever the durations' distribution; None: too few for one.
    """

    seconds: int
    ci95_s: tuple[int, int] | None


def quantile(durations: Sequence[tuple[int, int]], part: float) -> Quantile:
    """Return a quantile of counted durations.

    Parameters
    ----------
    durations
        (seconds, how many), by seconds; at least one.
    part
        0.5 is the median.
    """
    number = sum(count for _, count in durations)
    nearest = max(1, math.ceil(number * part - _ROUNDING))
    # The rank of the true quantile among the observed ones is binomial.
    low, high = int(binom.ppf(0.025, number, part)), int(binom.ppf(0.975, number, part)) + 1
    bounded = low >= 1 and high <= number
    interval = (_at_rank(durations, low), _at_rank(durations, high)) if bounded else None
    return Quantile(_at_rank(durations, nearest), interval)


def _at_rank(durations: Sequence[tuple[int, int]], rank: int) -> int:
    passed = 0
    for seconds, count in durations:
        passed += count
        if passed >= rank:
            return seconds
    return durations[-1][0]
