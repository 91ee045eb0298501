"""What was measured on one face."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from teller_assist.evidence.pictures import FaceBox

ADVICE_TURNED = "picture_turned"  # the face does not stand upright
ADVICE_BY_LAYOUT = "aligned_by_layout"  # no face was seen: the photograph's layout says where it is


class QualityName(StrEnum):
    """Quality components by their names in ISO/IEC 29794-5."""

    INTER_EYE_DISTANCE = "InterEyeDistance"
    SHARPNESS = "Sharpness"
    UNDER_EXPOSURE_PREVENTION = "UnderExposurePrevention"
    OVER_EXPOSURE_PREVENTION = "OverExposurePrevention"
    HEAD_POSE_YAW = "HeadPoseYaw"
    HEAD_POSE_PITCH = "HeadPosePitch"
    HEAD_POSE_ROLL = "HeadPoseRoll"
    MOUTH_OCCLUSION_PREVENTION = "MouthOcclusionPrevention"


@dataclass(frozen=True)
class AssessedQuality:
    """One quality component that could be measured.

    Attributes
    ----------
    native
        In the component's own unit (pixels, degrees, a share from 0 to 1 ...), see ``config/quality.toml``.
    value
        0 to 100, higher is better.
    """

    name: QualityName
    native: float
    value: int


@dataclass(frozen=True)
class UnassessedQuality:
    """One quality component that could not be measured: this is not a low value.

    Attributes
    ----------
    why
        Code of the reason, in the wording group ``not_assessed``.
    """

    name: QualityName
    why: str


QualityComponent = AssessedQuality | UnassessedQuality


@dataclass(frozen=True, eq=False, repr=False)
class Features:
    """The numbers a recognition model gives for one face: biometric data, so they never print.

    Attributes
    ----------
    vector
        float32, shape (dimension,), Euclidean norm 1, not writeable.
    model_id
        The recognition model they belong to; features of two models cannot be compared.
    """

    vector: npt.NDArray[np.float32]
    model_id: str

    def __repr__(self) -> str:
        return f"Features({self.model_id}, ***)"


@dataclass(frozen=True, eq=False)
class FaceMeasurement:
    """Everything measured on the face that was chosen in one picture.

    Attributes
    ----------
    role
        The picture's role ("probe", "reference").
    face
        The chosen face, in pixels of the picture.
    faces_found
        How many faces the detector found, the chosen one included.
    latency_ms
        Milliseconds a stage took: "detect", "features", "quality".
    """

    role: str
    face: FaceBox
    faces_found: int
    features: Features
    quality: tuple[QualityComponent, ...]
    advice: tuple[str, ...]
    latency_ms: dict[str, float]
