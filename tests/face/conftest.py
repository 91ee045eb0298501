"""Real faces, measured once."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from teller_assist.app import Installation
from teller_assist.evidence.measurements import QualityName
from teller_assist.evidence.pictures import FaceBox, Picture, Pixels
from teller_assist.face.alignment import align_face
from teller_assist.face.detection import FaceDetector
from teller_assist.face.quality import QualityMapping, read_quality_mappings


@pytest.fixture(scope="session")
def detector(installation: Installation) -> FaceDetector:
    return installation.detector


@pytest.fixture(scope="session")
def astronaut_face(detector: FaceDetector, astronaut: Picture) -> FaceBox:
    return detector.detect(astronaut)[0]


@pytest.fixture(scope="session")
def aligned(astronaut: Picture, astronaut_face: FaceBox) -> Pixels:
    return align_face(astronaut.pixels, astronaut_face.landmarks, role="probe", eye_distance_min_px=12.0)


@pytest.fixture(scope="session")
def mappings(installation: Installation) -> Mapping[QualityName, QualityMapping]:
    return read_quality_mappings((installation.root / "config" / "quality.toml").read_text(encoding="utf-8"))
