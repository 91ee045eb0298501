"""Opening the face models of an installation; shared by the program and by worker processes of an evaluation."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path

from teller_assist.comparison.back_end import back_end_path
from teller_assist.face.detection import FaceDetector
from teller_assist.face.features import FeatureExtractor
from teller_assist.face.measurement import FaceMeasurer
from teller_assist.face.mesh import MeshRemover, read_mesh_limits
from teller_assist.face.pipeline import features_sha256, pipeline_sha256
from teller_assist.face.quality import read_quality_mappings
from teller_assist.model_files.recognisers import AdoptedRecogniser, adopted_recogniser, open_adopted
from teller_assist.model_files.sessions import open_onnx
from teller_assist.model_files.store import ModelStore
from teller_assist.settings.bank_files import BankFiles
from teller_assist.settings.loading import site_folder
from teller_assist.settings.schema import FaceSettings
from teller_assist.settings.shipped import content_sha256, read_shipped

DETECTOR_ID = "yunet-2023mar"
EXTRACTOR_ID = "sface-2021dec"
MESH_REMOVER_ID = "demesh-2026"
QUALITY_FILE = "config/quality.toml"
MESH_FILE = "config/mesh.toml"


def open_detector(store: ModelStore, settings: FaceSettings) -> FaceDetector:
    """Open the face detector from its verified bytes.

    Raises
    ------
    ModelMissingError, ModelAlteredError
        Its file cannot be used.
    """
    model = store.read_verified(store.manifest.entry(DETECTOR_ID))
    return FaceDetector(model, side_px=settings.detection_side_px, score_min=settings.detection_score_min)


@dataclass(frozen=True)
class Recogniser:
    """The recognition model that runs: the one that ships, or the bank's own.

    Attributes
    ----------
    adopted
        None for the one that ships.
    """

    model_id: str
    sha256: str
    licence: str
    adopted: AdoptedRecogniser | None = None


def site_recogniser() -> BankFiles:
    """Return where a bank's own recognition model is kept."""
    return BankFiles(site_folder(os.environ) / "recogniser")


def running_recogniser(store: ModelStore) -> Recogniser:
    """Return the bank's own recognition model where it adopted one, or the one that ships.

    Raises
    ------
    ModelAlteredError
        The bank's own was altered: it is not passed over in favour of the other.
    """
    adopted = adopted_recogniser(site_recogniser())
    if adopted is not None:
        return Recogniser(adopted.model_id, adopted.sha256, adopted.licence, adopted)
    entry = store.manifest.entry(EXTRACTOR_ID)
    return Recogniser(entry.model_id, entry.sha256, entry.licence)


def open_extractor(store: ModelStore) -> FeatureExtractor:
    """Open the recognition model that runs.

    Raises
    ------
    ModelMissingError, ModelAlteredError
        Its file cannot be used.
    """
    adopted = running_recogniser(store).adopted
    if adopted is None:
        return FeatureExtractor(open_onnx(store, store.manifest.entry(EXTRACTOR_ID)), model_id=EXTRACTOR_ID)
    session = open_adopted(adopted, site_recogniser())
    return FeatureExtractor(session, model_id=adopted.model_id, preprocessing=adopted.preprocessing)


def open_measurer(root: Path, store: ModelStore, settings: FaceSettings) -> FaceMeasurer:
    """Open everything that is measured on a face.

    Raises
    ------
    ModelMissingError, ModelAlteredError
        A model file cannot be used.
    SettingsFileError
        The quality mappings are not those that shipped.
    """
    extractor = open_extractor(store)
    mappings = read_quality_mappings(read_shipped(root, QUALITY_FILE).decode("utf-8"))
    return FaceMeasurer(open_detector(store, settings), extractor, mappings, settings, open_mesh_remover(root, store))


def open_mesh_remover(root: Path, store: ModelStore, *, threads: int = 1) -> MeshRemover:
    """Open what takes the lines out of a networked-verification photo.

    Parameters
    ----------
    threads
        The station has its own threads: more than one only to be measured.

    Raises
    ------
    ModelMissingError, ModelAlteredError
        Its file cannot be used.
    SettingsFileError
        The limits are not those that shipped.
    """
    limits = read_mesh_limits(read_shipped(root, MESH_FILE))
    return MeshRemover(open_onnx(store, store.manifest.entry(MESH_REMOVER_ID), threads=threads), limits)


def running_features_sha256(root: Path, store: ModelStore, settings: FaceSettings) -> str:
    """Return the hash of everything that decides the features of a picture on this machine."""
    recogniser = running_recogniser(store)
    return features_sha256(
        detector_sha256=store.manifest.entry(DETECTOR_ID).sha256,
        extractor_sha256=recogniser.sha256,
        lines_from=read_mesh_limits(read_shipped(root, MESH_FILE)).lines_from,
        mesh_remover_sha256=store.manifest.entry(MESH_REMOVER_ID).sha256,
        settings=settings,
        preprocessing=None if recogniser.adopted is None else asdict(recogniser.adopted.preprocessing),
    )


def running_pipeline_sha256(root: Path, features: str, model_id: str) -> str:
    """Return the hash of everything that decides the score of two pictures on this machine.

    Parameters
    ----------
    features
        From ``running_features_sha256``.
    model_id
        Of the recognition model; a bank's own has no back-end.
    """
    try:
        back_end_sha256 = content_sha256((root / back_end_path(model_id)).read_bytes())
    except OSError:
        back_end_sha256 = ""  # without its own, no calibration that ships fits, and every one is refused
    return pipeline_sha256(features, back_end_sha256=back_end_sha256)
