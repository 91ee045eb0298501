"""How good log-likelihood ratios are: Cllr, and the least that any rising curve could reach on the same scores.

Bruemmer and du Preez 2006. Unit bit; 0 is perfect, 1 is a reading that always says nothing, and there is no upper bound: a
reading that is sure and wrong costs more than none. The difference between Cllr and its minimum is what the calibration loses.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression
from scipy.special import xlogy

from teller_assist.errors import BugError

Array = npt.NDArray[np.float64]


def cllr(mated: Array, non_mated: Array, readings: Array) -> float:
    """Return the cost of readings.

    Parameters
    ----------
    mated, non_mated
        float64, shape (bins,): how many comparisons of each kind scored in each bin.
    readings
        float64, shape (bins,), natural logarithm: the reading of each bin.

    Raises
    ------
    BugError
        A kind has no comparison.
    """
    _check(mated, non_mated)
    missed = np.logaddexp(0.0, -readings) / np.log(2.0)
    fooled = np.logaddexp(0.0, readings) / np.log(2.0)
    return float((mated @ missed / mated.sum() + non_mated @ fooled / non_mated.sum()) / 2)


def cllr_min(mated: Array, non_mated: Array) -> float:
    """Return the lowest cost that a reading which never falls with the score can have (isotonic regression, PAV).

    Parameters
    ----------
    mated, non_mated
        As in ``cllr``, lowest score first.

    Raises
    ------
    BugError
        A kind has no comparison.
    """
    _check(mated, non_mated)
    filled = np.flatnonzero(mated + non_mated)
    mated_share, non_mated_share = mated[filled] / mated.sum(), non_mated[filled] / non_mated.sum()
    weights = mated_share + non_mated_share
    fitted = np.clip(isotonic_regression(mated_share / weights, weights=weights).x, 0.0, 1.0)
    # A bin of one kind only has a share of exactly 0 or 1 there, and costs nothing.
    cost = xlogy(mated_share, fitted).sum() + xlogy(non_mated_share, 1.0 - fitted).sum()
    return float(max(0.0, -cost / (2 * np.log(2.0))))


def _check(mated: Array, non_mated: Array) -> None:
    if mated.sum() <= 0 or non_mated.sum() <= 0:
        raise BugError("Cllr needs mated and non-mated comparisons")
