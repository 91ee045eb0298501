"""Fit the factory back-end: development people and the groups without identities, photo kinds simulated."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from teller_assist.comparison.back_end import BackEnd
from teller_assist.comparison.back_end_fitting import DAMPING, POWER, SHRINKAGE, FittingRows, evening_matrix, mean_over_kinds
from teller_assist.evaluation.factory_data import FIRST_GROUP
from teller_assist.evaluation.feature_sets import MeasuredSet
from teller_assist.evidence.kinds import PhotoKind

KINDS = (PhotoKind.LIVE, PhotoKind.CHIP, PhotoKind.MESH, PhotoKind.MESH_HEAVY, PhotoKind.CLEAN, PhotoKind.RECAPTURE)


def fit_back_end(
    groups: Mapping[str, MeasuredSet], *, model_id: str, model_sha256: str, today: datetime.date
) -> tuple[BackEnd, dict[str, Any]]:
    """Fit the back-end and its provenance.

    Parameters
    ----------
    groups
        By name, ``lfw_dev`` among them: it alone has people in several photographs. Features as the model gives them.
    """
    rows = {name: fitting_rows(measured, KINDS) for name, measured in groups.items()}
    mean = mean_over_kinds(list(rows.values()))
    others = [one for name, one in rows.items() if name != FIRST_GROUP]
    provenance = {
        "date": today.isoformat(),
        "author": "柜面核身助手 developers, scripts/calibrate_factory.py",
        "data": "LFW deep-funneled (development people) and adults of Asian appearance out of UTKFace; photo kinds simulated",
        "photographs": {name: len(one.people) for name, one in rows.items()},
        "people_of_lfw_dev": len(np.unique(rows[FIRST_GROUP].people)),
        "power": POWER,
        "damping": DAMPING,
        "shrinkage": SHRINKAGE,
    }
    return BackEnd(model_id, model_sha256, mean, evening_matrix(rows[FIRST_GROUP], others, mean)), provenance


def fitting_rows(measured: MeasuredSet, kinds: Collection[PhotoKind]) -> FittingRows:
    """Return the acquired photographs of some kinds as the fitting takes them."""
    kept = [
        (row, one) for row, one in zip(measured.rows, measured.measured, strict=True) if not one.failure and row.kind in kinds
    ]
    return FittingRows(
        vectors=np.stack([one.vector for _, one in kept]).astype(np.float64),
        kinds=np.array([row.kind.value for row, _ in kept]),
        people=np.array([row.identity for row, _ in kept]),
        sources=np.array([row.source for row, _ in kept]),
    )
