"""Searching a live face among faces seen earlier: what is searched for, from which score on, and how often a stranger is met.

The nearest calibration there is: live against archive, a live picture against one that the bank took earlier. The faces that are
searched were taken live, too, and by the same cameras; nobody has counted that pair.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.calibration_shelf import CalibrationShelf
from teller_assist.errors import CalibrationMissingError
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.measurements import Features

PROBE_KIND, REFERENCE_KIND = PhotoKind.LIVE, PhotoKind.ARCHIVE
_LEAST_TOLD = 1e-9
SEARCH_FMRS = ("1e-5", "1e-4")  # nothing looser: N faces are N chances to meet a stranger


@dataclass(frozen=True)
class SearchThreshold:
    """From which score on two faces are called alike.

    Attributes
    ----------
    score
        Cosine behind the back-end.
    fmr
        Observed at this score in the worst group, an upper bound, 0 to 1.
    """

    score: float
    target_fmr: str
    fmr: float
    calibration_id: str


@dataclass(frozen=True, eq=False, repr=False)
class SearchProbe:
    """A face as it is searched: biometric data, so it never prints.

    Attributes
    ----------
    vector
        float32, shape (dimension,), Euclidean norm 1, behind the back-end: the cosine of two of them is their comparison score.
    model_id, pipeline_sha256
        Only faces of the same two can be compared.
    """

    vector: npt.NDArray[np.float32]
    model_id: str
    pipeline_sha256: str
    threshold: SearchThreshold

    def __repr__(self) -> str:
        return f"SearchProbe({self.model_id}, ***)"


def search_probe(features: Features, shelf: CalibrationShelf, *, target_fmr: str) -> SearchProbe | None:
    """Return what a live face is searched by; None where no calibration states a threshold that is strict enough.

    Parameters
    ----------
    target_fmr
        See ``strictest_threshold``.

    Raises
    ------
    CalibrationMismatchError
        The calibration or the back-end is not for what runs on this machine.
    """
    try:
        threshold = strictest_threshold(shelf.find(PROBE_KIND, REFERENCE_KIND), target_fmr=target_fmr)
    except CalibrationMissingError:
        return None
    if threshold is None:
        return None
    back_end = shelf.back_end()
    vector = features.vector if back_end is None else np.asarray(back_end.project(features.vector[np.newaxis])[0], np.float32)
    return SearchProbe(vector, features.model_id, shelf.pipeline_sha256, threshold)


def strictest_threshold(calibration: Calibration, *, target_fmr: str) -> SearchThreshold | None:
    """Return the threshold for an FMR, or for the next higher one that the calibration states; None where it states none.

    Parameters
    ----------
    target_fmr
        One of ``SEARCH_FMRS``.
    """
    for fmr in SEARCH_FMRS[SEARCH_FMRS.index(target_fmr) :]:
        found = calibration.thresholds.get(fmr)
        if isinstance(found, Threshold):
            return SearchThreshold(found.score, fmr, found.fmr.value, calibration.calibration_id)
    return None


def one_search_in(fpir: float) -> int:
    """Return one search in how many meets a stranger, for people: at least 1.

    Parameters
    ----------
    fpir
        0 to 1.
    """
    return max(1, round(1 / max(fpir, _LEAST_TOLD)))


def extrapolated_fpir(fmr: float, searched: int) -> float:
    """Return how often a search among so many strangers meets one: 1 - (1 - FMR)^N, 0 to 1. Extrapolated, nobody has counted it.

    Parameters
    ----------
    fmr
        0 to 1.
    """
    return 1.0 if fmr >= 1.0 and searched else -math.expm1(searched * math.log1p(-fmr)) if searched else 0.0
