from __future__ import annotations

from dataclasses import replace

import cv2
import pytest

from teller_assist.app import Installation
from teller_assist.face.pipeline import features_sha256, pipeline_sha256


def identity(
    installation: Installation,
    *,
    detector: str = "aa",
    extractor: str = "bb",
    remover: str = "cc",
    lines_from: float = 0.02,
    **changed: float,
) -> str:
    settings = replace(installation.settings.face, **changed)  # type: ignore[arg-type]
    return features_sha256(
        detector_sha256=detector,
        extractor_sha256=extractor,
        mesh_remover_sha256=remover,
        lines_from=lines_from,
        settings=settings,
    )


def test_the_same_parts_give_the_same_features(installation: Installation) -> None:
    assert identity(installation) == identity(installation)
    assert len(identity(installation)) == 64


@pytest.mark.parametrize(
    "changed",
    [
        {"detector": "ab"},
        {"extractor": "ba"},
        {"remover": "cd"},
        {"lines_from": 0.03},
        {"detection_side_px": 640},
        {"detection_score_min": 0.7},
        {"minimum_eye_distance_px": 20.0},
    ],
)
def test_whatever_changes_features_changes_their_hash(installation: Installation, changed: dict[str, object]) -> None:
    assert identity(installation, **changed) != identity(installation)  # type: ignore[arg-type]


def test_another_version_of_opencv_gives_other_features(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity(installation)
    monkeypatch.setattr(cv2, "__version__", "4.10.0")
    assert identity(installation) != before


def test_another_back_end_and_other_features_are_another_pipeline() -> None:
    ours = pipeline_sha256("aa", back_end_sha256="bb")
    assert ours == pipeline_sha256("aa", back_end_sha256="bb")
    assert len({ours, pipeline_sha256("aa", back_end_sha256=""), pipeline_sha256("ab", back_end_sha256="bb")}) == 3
