"""The comparison score of two faces."""

from __future__ import annotations

import numpy as np

from teller_assist.errors import BugError
from teller_assist.evidence.measurements import Features


def comparison_score(probe: Features, reference: Features) -> float:
    """Return how alike two faces are: the cosine of their features, -1 to 1, higher means more alike.

    The number alone says nothing: only a calibration for the model and both photo kinds gives it a meaning.

    Raises
    ------
    BugError
        The features come from two models.
    """
    if probe.model_id != reference.model_id:
        raise BugError(f"features of {probe.model_id} and {reference.model_id} cannot be compared")
    # float64 and both lengths again: a picture compared with itself gives exactly the highest score there is.
    a = probe.vector.astype(np.float64)
    b = reference.vector.astype(np.float64)
    return float(min(1.0, max(-1.0, np.dot(a, b) / np.sqrt(np.dot(a, a) * np.dot(b, b)))))
