"""The identity of the face pipeline: features and calibrations are only good for the pipeline that made them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import cv2

from teller_assist.settings.schema import FaceSettings

# Raise it whenever a change of code changes features or scores.
PIPELINE_VERSION = 3


def features_sha256(
    *,
    detector_sha256: str,
    extractor_sha256: str,
    mesh_remover_sha256: str,
    lines_from: float,
    settings: FaceSettings,
    preprocessing: Mapping[str, object] | None = None,
) -> str:
    """Return the hash of everything that decides what features a picture gets.

    Parameters
    ----------
    lines_from
        Likelihood of lines from which on they are taken out of a networked-verification photo.
    preprocessing
        Of a bank's own recognition model; None for the one that ships.

    Notes
    -----
    OpenCV's version belongs to it: its resizing and warping differ between versions (cosine 0.99995 between 4.10 and 5).
    """
    parts: dict[str, object] = {
        "version": PIPELINE_VERSION,
        "opencv": cv2.__version__,
        "detector": detector_sha256,
        "extractor": extractor_sha256,
        "mesh_remover": mesh_remover_sha256,
        "mesh_lines_from": lines_from,
        "detection_side_px": settings.detection_side_px,
        "detection_score_min": settings.detection_score_min,
        "minimum_eye_distance_px": settings.minimum_eye_distance_px,
    }
    if preprocessing is not None:
        parts["preprocessing"] = dict(preprocessing)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def pipeline_sha256(features: str, *, back_end_sha256: str) -> str:
    """Return the hash of everything that decides what score two pictures get.

    Parameters
    ----------
    features
        From ``features_sha256``.
    back_end_sha256
        Of the back-end's file; "" where there is none.
    """
    return hashlib.sha256(json.dumps({"features": features, "back_end": back_end_sha256}, sort_keys=True).encode()).hexdigest()
