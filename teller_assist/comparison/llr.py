"""The log-likelihood ratio of a score: how much more often it occurs for the same person than for a stranger.

Natural logarithm; positive speaks for the same person. Regularised logistic regression on one number (Bruemmer and du
Preez 2006), both classes weighted alike so that the fitted log odds are the ratio itself; its interval comes from refits
on resampled identities.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from teller_assist.comparison.error_rates import RULE_OF_3
from teller_assist.errors import BugError

Array = npt.NDArray[np.float64]

# Weight of the penalty on the slope, against data whose weights sum to 1: keeps a separable fit finite, invisible otherwise.
RIDGE = 1e-6
_NEWTON_STEPS_MAX = 100


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
class LlrLine:
    """llr = slope x score + intercept, with refits for the interval, clamped to what the counts carry.

    Attributes
    ----------
    refits
        (slope, intercept) of each refit.
    low, high
        The reading never leaves this range.
    """

    slope: float
    intercept: float
    refits: tuple[tuple[float, float], ...]
    low: float
    high: float

    def at(self, score: float) -> LlrReading:
        """Return the reading for a score."""
        raw = self.slope * score + self.intercept
        refits = [slope * score + intercept for slope, intercept in self.refits]
        interval = np.percentile(refits, [2.5, 97.5])
        low, high = (self._clamp(min(raw, float(interval[0]))), self._clamp(max(raw, float(interval[1]))))
        return LlrReading(self._clamp(raw), (low, high), clamped=not self.low <= raw <= self.high)

    def _clamp(self, value: float) -> float:
        return min(self.high, max(self.low, value))


def carried_range(mated: int, non_mated: int) -> tuple[float, float]:
    """Return the smallest and largest llr that these counts can carry (rule of 3 on either side)."""
    return -math.log(max(1.0, mated / RULE_OF_3)), math.log(max(1.0, non_mated / RULE_OF_3))


def fit_line(scores: Array, mated_weights: Array, non_mated_weights: Array) -> tuple[float, float]:
    """Fit slope and intercept by Newton's method.

    Parameters
    ----------
    scores
        float64, shape (n,): where comparisons were counted.
    mated_weights, non_mated_weights
        float64, shape (n,): how many of each kind scored there; each kind is brought to weight one half.

    Raises
    ------
    BugError
        A kind is empty or the fit does not settle.
    """
    if mated_weights.sum() <= 0 or non_mated_weights.sum() <= 0:
        raise BugError("a calibration needs mated and non-mated comparisons")
    mated = mated_weights / (2 * mated_weights.sum())
    non_mated = non_mated_weights / (2 * non_mated_weights.sum())
    design = np.stack([scores, np.ones_like(scores)])
    penalty = np.diag([RIDGE, 0.0])
    line = np.zeros(2)
    for _ in range(_NEWTON_STEPS_MAX):
        share = expit(line @ design)
        gradient = design @ ((mated + non_mated) * share - mated) + penalty @ line
        curvature = (design * ((mated + non_mated) * share * (1 - share))) @ design.T + penalty
        step = np.linalg.solve(curvature, gradient)
        # A full step far from the solution can overshoot where the curve is flat: bound it.
        line = line - step * min(1.0, 20.0 / max(1e-12, float(np.abs(step).max())))
        if float(np.abs(step).max()) < 1e-9:
            return float(line[0]), float(line[1])
    raise BugError("the calibration fit did not settle")
