"""How heavy the mesh of a networked-verification photo is: heavy ones have a calibration of their own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

import cv2
import numpy as np

from teller_assist.errors import SettingsFileError
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture

# The usual width of such a photo; lines are 1 to 4 pixels wide there, and the closing below swallows what is narrower than 7.
WORKING_WIDTH_PX = 178
_LINE_CLOSING_PX = 7
_SURROUNDINGS_SIGMA_PX = 8.0
_DARKEST_SURROUNDINGS = 10.0  # grey levels: noise in black hair must not count as lines


@dataclass(frozen=True)
class MeshReading:
    """What was measured on one photo.

    Attributes
    ----------
    heaviness
        0 to 1: mean depth of thin dark structures relative to their surroundings, over the whole picture;
        higher means a heavier mesh.
    kind
        MESH or MESH_HEAVY: the calibration that belongs to it.
    """

    heaviness: float
    kind: PhotoKind


class MeshWeigher:
    """Tells a heavy mesh from a medium one.

    Parameters
    ----------
    heavy_from
        Heaviness at and above which a photo counts as heavy; fitted, see ``config/mesh.toml``.
    """

    def __init__(self, *, heavy_from: float) -> None:
        self._heavy_from = heavy_from

    def weigh(self, picture: Picture) -> MeshReading:
        """Return how heavy the mesh of a photo is."""
        heaviness = mesh_heaviness(picture)
        return MeshReading(heaviness, PhotoKind.MESH_HEAVY if heaviness >= self._heavy_from else PhotoKind.MESH)


def mesh_heaviness(picture: Picture) -> float:
    """Return the mean depth of thin dark structures, 0 to 1.

    A closing with a disc wider than a line fills the line; what was filled, relative to the brightness around it, is the line's
    depth. Eyebrows, hair ends and a busy background count too: simulated photos without lines have about 0.026 (median of 150).
    """
    grey = np.asarray(cv2.cvtColor(picture.pixels, cv2.COLOR_BGR2GRAY))
    height_px = max(1, round(WORKING_WIDTH_PX * grey.shape[0] / grey.shape[1]))
    grey = np.asarray(cv2.resize(grey, (WORKING_WIDTH_PX, height_px), interpolation=cv2.INTER_LINEAR))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_LINE_CLOSING_PX, _LINE_CLOSING_PX))
    filled = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, disc).astype(np.float32) - grey
    surroundings = cv2.GaussianBlur(grey, (0, 0), _SURROUNDINGS_SIGMA_PX).astype(np.float32)
    return float(np.mean(filled / (surroundings + _DARKEST_SURROUNDINGS)))


def read_heavy_from(content: bytes) -> float:
    """Read the limit from ``config/mesh.toml``.

    Raises
    ------
    SettingsFileError
        The file does not say it.
    """
    try:
        limit = tomllib.loads(content.decode("utf-8"))["heavy_from"]
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise SettingsFileError("settings_unreadable", file="mesh.toml") from error
    if not isinstance(limit, float) or not 0 < limit < 1:
        raise SettingsFileError("settings_unreadable", file="mesh.toml")
    return limit
