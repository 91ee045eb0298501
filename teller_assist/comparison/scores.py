"""The comparison score of two faces."""

from __future__ import annotations

import numpy as np

from teller_assist.comparison.back_end import BackEnd, Matrix
from teller_assist.errors import BugError
from teller_assist.evidence.measurements import Features


def comparison_score(probe: Features, reference: Features, back_end: BackEnd | None = None) -> float:
    """Return how alike two faces are: the cosine of their features behind the back-end, -1 to 1, higher means more alike.

    The number alone says nothing: only a calibration for the model and both photo kinds gives it a meaning.

    Parameters
    ----------
    back_end
        Of the features' model; None compares them as they are.

    Raises
    ------
    BugError
        The features come from two models, or the back-end is another model's.
    """
    if probe.model_id != reference.model_id:
        raise BugError(f"features of {probe.model_id} and {reference.model_id} cannot be compared")
    if back_end is not None and back_end.model_id != probe.model_id:
        raise BugError(f"features of {probe.model_id} came before the back-end of {back_end.model_id}")
    # float64 and both lengths again: a picture compared with itself gives exactly the highest score there is.
    a, b = (_compared(one, back_end) for one in (probe, reference))
    return float(min(1.0, max(-1.0, np.dot(a, b) / np.sqrt(np.dot(a, a) * np.dot(b, b)))))


def _compared(features: Features, back_end: BackEnd | None) -> Matrix:
    if back_end is None:
        return features.vector.astype(np.float64)
    return np.asarray(back_end.project(features.vector[np.newaxis])[0])
