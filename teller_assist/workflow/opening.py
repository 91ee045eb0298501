"""Opening the face models of an installation; shared by the program and by worker processes of an evaluation."""

from __future__ import annotations

from pathlib import Path

from teller_assist.comparison.back_end import back_end_path
from teller_assist.face.detection import FaceDetector
from teller_assist.face.features import FeatureExtractor
from teller_assist.face.measurement import FaceMeasurer
from teller_assist.face.pipeline import features_sha256, pipeline_sha256
from teller_assist.face.quality import read_quality_mappings
from teller_assist.model_files.sessions import open_onnx
from teller_assist.model_files.store import ModelStore
from teller_assist.settings.schema import FaceSettings
from teller_assist.settings.shipped import content_sha256, read_shipped

DETECTOR_ID = "yunet-2023mar"
EXTRACTOR_ID = "sface-2021dec"
QUALITY_FILE = "config/quality.toml"


def open_detector(store: ModelStore, settings: FaceSettings) -> FaceDetector:
    """Open the face detector from its verified bytes.

    Raises
    ------
    ModelMissingError, ModelAlteredError
        Its file cannot be used.
    """
    model = store.read_verified(store.manifest.entry(DETECTOR_ID))
    return FaceDetector(model, side_px=settings.detection_side_px, score_min=settings.detection_score_min)


def open_measurer(root: Path, store: ModelStore, settings: FaceSettings) -> FaceMeasurer:
    """Open everything that is measured on a face.

    Raises
    ------
    ModelMissingError, ModelAlteredError
        A model file cannot be used.
    SettingsFileError
        The quality mappings are not those that shipped.
    """
    extractor = FeatureExtractor(open_onnx(store, store.manifest.entry(EXTRACTOR_ID)), model_id=EXTRACTOR_ID)
    mappings = read_quality_mappings(read_shipped(root, QUALITY_FILE).decode("utf-8"))
    return FaceMeasurer(open_detector(store, settings), extractor, mappings, settings)


def running_features_sha256(store: ModelStore, settings: FaceSettings) -> str:
    """Return the hash of everything that decides the features of a picture on this machine."""
    return features_sha256(
        detector_sha256=store.manifest.entry(DETECTOR_ID).sha256,
        extractor_sha256=store.manifest.entry(EXTRACTOR_ID).sha256,
        settings=settings,
    )


def running_pipeline_sha256(root: Path, features: str) -> str:
    """Return the hash of everything that decides the score of two pictures on this machine.

    Parameters
    ----------
    features
        From ``running_features_sha256``.
    """
    try:
        back_end_sha256 = content_sha256((root / back_end_path(EXTRACTOR_ID)).read_bytes())
    except OSError:
        back_end_sha256 = ""  # then no calibration that ships fits, and every one is refused
    return pipeline_sha256(features, back_end_sha256=back_end_sha256)
