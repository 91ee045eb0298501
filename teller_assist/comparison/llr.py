"""The log-likelihood ratio of a score: how much more often it occurs for the same person than for a stranger.

Natural logarithm; positive speaks for the same person. Isotonic regression (PAV; Bruemmer and du Preez 2013): the rising step
curve that fits the counts best, both classes weighted alike so that its log odds are the ratio itself. It follows the heavy tail
of look-alikes, where a straight line in the score claims a hundred times what the counts at the threshold carry.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from teller_assist.comparison.error_rates import RULE_OF_3, grid_index_at_or_below
from teller_assist.errors import BugError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LlrReading:
    """One reading of the gauge against a stranger.

    Attributes
    ----------
    value
        Natural logarithm; positive speaks for the same person.
    ci95
        (low, high), same unit.
    clamped
        The score lies where the counts carry no stronger claim; the reading stands at the last value they carry.
    """

    value: float
    ci95: tuple[float, float]
    clamped: bool


@dataclass(frozen=True)
class LlrTable:
    """The reading at each grid point.

    Attributes
    ----------
    first_index
        Grid index of the first entry; below it and above the last one the score was never seen, and the reading is clamped.
    values
        Natural logarithm, never falling.
    ci95_low, ci95_high
        95 % interval by resampling identities.
    low, high
        No entry leaves this range: it is all that the counts can carry.
    """

    first_index: int
    values: tuple[float, ...]
    ci95_low: tuple[float, ...]
    ci95_high: tuple[float, ...]
    low: float
    high: float

    def at(self, score: float) -> LlrReading:
        """Return the reading for a score (rounded down to the grid)."""
        wanted = grid_index_at_or_below(score) - self.first_index
        offset = min(len(self.values) - 1, max(0, wanted))
        value = self.values[offset]
        clamped = offset != wanted or not self.low < value < self.high
        return LlrReading(value, (self.ci95_low[offset], self.ci95_high[offset]), clamped)


def carried_range(mated: int, non_mated: int) -> tuple[float, float]:
    """Return the smallest and largest llr that these counts can carry (rule of 3 on either side)."""
    return -math.log(max(1.0, mated / RULE_OF_3)), math.log(max(1.0, non_mated / RULE_OF_3))


def fit_isotonic(mated: Array, non_mated: Array) -> Array:
    """Fit the rising curve of log-likelihood ratios to counts per bin.

    One mated comparison is added below all and one non-mated above all, so that no count of nought claims certainty.

    Parameters
    ----------
    mated, non_mated
        float64, shape (bins,): how many comparisons of each kind scored in each bin, lowest score first.

    Returns
    -------
    float64, shape (bins,), natural logarithm, never falling. A bin without comparisons has the value of the one below it.

    Raises
    ------
    BugError
        A kind has no comparison.
    """
    if mated.sum() <= 0 or non_mated.sum() <= 0:
        raise BugError("a calibration needs mated and non-mated comparisons")
    filled = np.flatnonzero(mated + non_mated)
    mated_share = np.concatenate([[1.0], mated[filled], [0.0]]) / (mated.sum() + 1)
    non_mated_share = np.concatenate([[0.0], non_mated[filled], [1.0]]) / (non_mated.sum() + 1)
    weights = mated_share + non_mated_share
    fitted = np.asarray(isotonic_regression(mated_share / weights, weights=weights).x)
    # Equal class weights: the odds are the ratio. The two added comparisons keep every share off 0 and 1 but for rounding.
    fitted = np.clip(fitted, 1e-12, 1 - 1e-12)
    ratios = np.log(fitted / (1 - fitted))
    below = np.searchsorted(filled, np.arange(mated.size), side="right")
    return np.asarray(np.where(below == 0, ratios[1], ratios[below]), np.float64)


def weakest(readings: Array) -> Array:
    """Return, per bin, the reading nearest to "says nothing" of any group; 0 where the groups disagree about the direction.

    Parameters
    ----------
    readings
        float64, shape (groups, bins), each row never falling.

    Returns
    -------
    float64, shape (bins,), never falling: a customer may belong to any of the groups.
    """
    lowest, highest = readings.min(axis=0), readings.max(axis=0)
    return np.where(lowest > 0, lowest, np.where(highest < 0, highest, 0.0))
