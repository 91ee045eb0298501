"""The first quality components, named as in ISO/IEC 29794-5, each with its native value and a value from 0 to 100.

The measures are our own: the standard's text was not at hand, and agreement with it is not claimed (``docs/limits.md``).
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from teller_assist.errors import SettingsFileError
from teller_assist.evidence.measurements import AssessedQuality, QualityComponent, QualityName, UnassessedQuality
from teller_assist.evidence.pictures import FaceBox, Picture, Pixels
from teller_assist.face.alignment import eye_distance_px
from teller_assist.face.head_pose import estimate_head_pose

SCHEMA = "quality/1"

# Grey levels out of 255: darker or brighter pixels carry hardly any detail. Design figures of ours.
DARK_LEVEL = 26
BRIGHT_LEVEL = 246

# The inner face in the aligned frame (y from, to, x from, to): forehead to chin without background, hair and collar.
INNER_FACE = (28, 106, 24, 88)

# Lips, and skin that neither mask nor fringe covers: between the brows to half the nose, and below either eye.
LIPS = (88, 97, 46, 66)
BARE_SKIN = ((44, 62, 50, 63), (58, 64, 34, 44), (58, 64, 68, 78))
COLOUR_FROM = 6.0  # CIE Lab chroma of bare skin; below it the picture has hardly any colour (a grey camera, a yellowed print)


@dataclass(frozen=True)
class QualityMapping:
    """How one component's native measurement becomes its value, and when the teller is coached."""

    form: str
    centre: float
    width: float
    advise_below: int
    advice: str

    def value_of(self, native: float) -> int:
        """Return the published value, 0 to 100, higher is better."""
        if self.form == "cosine_squared":
            return round(100 * max(0.0, math.cos(math.radians(native))) ** 2)
        # The exponent is bounded: exp overflows at 710.
        return round(100 / (1 + math.exp(min(700.0, -(native - self.centre) / self.width))))


def read_quality_mappings(text: str) -> dict[QualityName, QualityMapping]:
    """Read ``config/quality.toml``.

    Raises
    ------
    SettingsFileError
        No TOML of this schema, a component is absent, or its entry is incomplete or gives no value.
    """
    try:
        tables = tomllib.loads(text)
        if tables["schema"] != SCHEMA:
            raise ValueError(tables["schema"])
        return {name: _mapping(tables[name.value]) for name in QualityName}
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsFileError("settings_unreadable", file="quality.toml") from error


def _mapping(table: Mapping[str, Any]) -> QualityMapping:
    form = str(table["form"])
    if form not in ("sigmoid", "cosine_squared"):
        raise ValueError(form)
    sigmoid = form == "sigmoid"
    centre, width = (float(table["centre"]), float(table["width"])) if sigmoid else (0.0, 1.0)
    limit, advice = table["advise_below"], table["advice"]
    if not math.isfinite(centre) or not math.isfinite(width) or width == 0:
        raise ValueError("a sigmoid needs a finite centre and width")
    if not isinstance(limit, int) or not 0 <= limit <= 100 or not isinstance(advice, str) or not advice:
        raise ValueError("advice needs a limit from 0 to 100 and a code")
    return QualityMapping(form=form, centre=centre, width=width, advise_below=limit, advice=advice)


def measure_quality(
    picture: Picture, face: FaceBox, aligned: Pixels, mappings: Mapping[QualityName, QualityMapping]
) -> tuple[QualityComponent, ...]:
    """Measure every component of one face.

    Parameters
    ----------
    picture, face
        The picture as it was taken and the chosen face in it.
    aligned
        The face in the recognition model's frame, uint8, shape (112, 112, 3), BGR.
    mappings
        From ``read_quality_mappings``.
    """
    natives = _native_values(picture, face, aligned)
    return tuple(
        UnassessedQuality(name, _WHY_NOT[name])
        if (native := natives[name]) is None
        else AssessedQuality(name, native, mappings[name].value_of(native))
        for name in QualityName
    )


def lip_redness(aligned: Pixels) -> float | None:
    """Return how red the mouth is: CIE Lab a*, 0 is grey; None where the picture has no colour to tell by.

    A mask is blue, green, white or black, so that no red is left (at most 2 on 95 of 100 drawn ones; bare mouths: 15, median).
    One of the colour of lips is not told from them.

    Parameters
    ----------
    aligned
        uint8, shape (112, 112, 3), BGR.
    """
    lab = np.asarray(cv2.cvtColor(aligned, cv2.COLOR_BGR2LAB)).astype(np.float64) - (0, 128, 128)
    skin = np.concatenate([lab[top:bottom, left:right].reshape(-1, 3) for top, bottom, left, right in BARE_SKIN])
    if float(np.hypot(*np.median(skin, axis=0)[1:])) < COLOUR_FROM:
        return None
    top, bottom, left, right = LIPS
    return float(np.median(lab[top:bottom, left:right, 1]))


def advice_from(quality: tuple[QualityComponent, ...], mappings: Mapping[QualityName, QualityMapping]) -> tuple[str, ...]:
    """Return the coaching codes of the components that are below their limit; an unassessed one coaches nobody."""
    return tuple(
        mappings[component.name].advice
        for component in quality
        if isinstance(component, AssessedQuality) and component.value < mappings[component.name].advise_below
    )


def _native_values(picture: Picture, face: FaceBox, aligned: Pixels) -> dict[QualityName, float | None]:
    top, bottom, left, right = INNER_FACE
    grey = np.asarray(cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY))
    inner = grey[top:bottom, left:right]
    pose = estimate_head_pose(face.landmarks, width_px=picture.width_px, height_px=picture.height_px)
    return {
        QualityName.INTER_EYE_DISTANCE: eye_distance_px(face.landmarks),
        QualityName.SHARPNESS: float(cv2.Laplacian(grey, cv2.CV_32F)[top:bottom, left:right].std()),
        QualityName.UNDER_EXPOSURE_PREVENTION: float((inner < DARK_LEVEL).mean()),
        QualityName.OVER_EXPOSURE_PREVENTION: float((inner > BRIGHT_LEVEL).mean()),
        QualityName.HEAD_POSE_YAW: None if pose is None else pose.yaw_deg,
        QualityName.HEAD_POSE_PITCH: None if pose is None else pose.pitch_deg,
        QualityName.HEAD_POSE_ROLL: None if pose is None else pose.roll_deg,
        QualityName.MOUTH_OCCLUSION_PREVENTION: lip_redness(aligned),
    }


_WHY_NOT = dict.fromkeys(QualityName, "pose_unexplained") | {QualityName.MOUTH_OCCLUSION_PREVENTION: "no_colour"}
