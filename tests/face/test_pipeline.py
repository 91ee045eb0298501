from __future__ import annotations

from dataclasses import replace

import cv2
import pytest

from teller_assist.app import Installation
from teller_assist.face.pipeline import pipeline_sha256


def identity(installation: Installation, *, detector: str = "aa", extractor: str = "bb", **changed: float) -> str:
    settings = replace(installation.settings.face, **changed)  # type: ignore[arg-type]
    return pipeline_sha256(detector_sha256=detector, extractor_sha256=extractor, settings=settings)


def test_the_same_parts_are_the_same_pipeline(installation: Installation) -> None:
    assert identity(installation) == identity(installation)
    assert len(identity(installation)) == 64


@pytest.mark.parametrize(
    "changed",
    [
        {"detector": "ab"},
        {"extractor": "ba"},
        {"detection_side_px": 640},
        {"detection_score_min": 0.7},
        {"minimum_eye_distance_px": 20.0},
    ],
)
def test_whatever_changes_features_changes_the_pipeline(installation: Installation, changed: dict[str, object]) -> None:
    assert identity(installation, **changed) != identity(installation)  # type: ignore[arg-type]


def test_another_version_of_opencv_is_another_pipeline(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity(installation)
    monkeypatch.setattr(cv2, "__version__", "4.10.0")
    assert identity(installation) != before
