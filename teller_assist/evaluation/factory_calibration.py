"""Fit the factory calibrations: worst group per pair of photo kinds, development people only, photo kinds simulated."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.comparison.calibration import Calibration
from teller_assist.comparison.fitting import count_comparisons
from teller_assist.errors import BugError
from teller_assist.evaluation.calibration_making import CountedGroup, RunningPipeline, make_calibration
from teller_assist.evaluation.factory_data import FIRST_GROUP, PHOTOGRAPHS_PER_PERSON, SEED
from teller_assist.evaluation.feature_sets import MeasuredSet
from teller_assist.evidence.kinds import PhotoKind

# Probe and reference kind of every factory calibration.
PAIRS = (
    *((PhotoKind.LIVE, kind) for kind in PhotoKind if kind is not PhotoKind.LIVE),
    (PhotoKind.CHIP, PhotoKind.MESH),
    (PhotoKind.CHIP, PhotoKind.MESH_HEAVY),
    (PhotoKind.CHIP, PhotoKind.CLEAN),  # a networked-verification photo may come without a mesh
)


def fit_calibration(
    pair: tuple[PhotoKind, PhotoKind],
    groups: Mapping[str, MeasuredSet],
    pipeline: RunningPipeline,
    today: datetime.date,
) -> tuple[Calibration, dict[str, Any]]:
    """Fit one calibration and its provenance.

    Parameters
    ----------
    groups
        By name, ``lfw_dev`` first: it alone has mated comparisons.
    """
    counted = [
        CountedGroup(
            name,
            count_comparisons(measured.feature_rows(pair[0]), measured.feature_rows(pair[1]), seed=SEED),
            identities=len({row.identity for row in measured.rows}),
            identities_known=name == FIRST_GROUP,
        )
        for name, measured in groups.items()
    ]
    calibration = make_calibration(pair, counted, pipeline, scope="factory", today=today)
    return calibration, _provenance(pair, groups, today)


def fit_mesh_limit(groups: Mapping[str, MeasuredSet]) -> dict[str, Any]:
    """Return the heaviness that parts medium from heavy meshes with equal error shares, and its counts.

    The limit is fitted on all groups together, each photograph once. How many photos were told to have lines is counted, too:
    the limit for that decides the features and was set before.
    """
    medium, heavy = (_all_heaviness(groups, kind) for kind in (PhotoKind.MESH, PhotoKind.MESH_HEAVY))
    clean_told, medium_told = (_told_to_have_lines(groups, kind) for kind in (PhotoKind.CLEAN, PhotoKind.MESH))
    limits = np.unique(np.round(np.concatenate([medium, heavy]), 4))
    medium_wrong = 1 - np.searchsorted(medium, limits, side="left") / medium.size
    heavy_wrong = np.searchsorted(heavy, limits, side="left") / heavy.size
    limit = float(limits[int(np.argmin(np.abs(medium_wrong - heavy_wrong)))])
    return {
        "heavy_from": limit,
        "medium_called_heavy": int((medium >= limit).sum()),
        "medium": int(medium.size),
        "heavy_called_medium": int((heavy < limit).sum()),
        "heavy": int(heavy.size),
        "clean_called_mesh": int(clean_told.sum()),
        "clean": int(clean_told.size),
        "medium_called_clean": int((~medium_told).sum()),
    }


def _all_heaviness(groups: Mapping[str, MeasuredSet], kind: PhotoKind) -> npt.NDArray[np.float64]:
    found = np.sort(np.concatenate([measured.heaviness(kind) for measured in groups.values()]))
    if not np.isfinite(found).all() or found.size == 0:
        raise BugError("a networked-verification photo has no heaviness")
    return found


def _told_to_have_lines(groups: Mapping[str, MeasuredSet], kind: PhotoKind) -> npt.NDArray[np.bool_]:
    rows = [zip(one.rows, one.measured, strict=True) for one in groups.values()]
    return np.array([one.had_lines for pairs in rows for row, one in pairs if row.kind is kind], np.bool_)


def _provenance(pair: tuple[PhotoKind, PhotoKind], groups: Mapping[str, MeasuredSet], today: datetime.date) -> dict[str, Any]:
    return {
        "date": today.isoformat(),
        "author": "柜面核身助手 developers, scripts/calibrate_factory.py",
        "data": "LFW deep-funneled (development people) and adults of Asian appearance out of UTKFace; photo kinds simulated",
        "photographs_per_person": PHOTOGRAPHS_PER_PERSON,
        "seed": SEED,
        "opencv": cv2.__version__,
        "numpy": np.__version__,
        "failures_to_acquire": {
            name: {kind.value: {"of": len(measured.feature_rows(kind).acquired), **measured.failures(kind)} for kind in pair}
            for name, measured in groups.items()
        },
    }
