"""The mesh of a networked-verification photo: seen, weighed and taken out before anything else looks at the face."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from teller_assist.errors import SettingsFileError
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import FaceBox, Picture, Pixels

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# The usual size of such a photo, which the network was trained at; others are brought to its area, with their own proportions.
USUAL_SIZE_PX = (178, 220)
_SIDES_DIVIDE_BY_PX = 32
_LONGEST_SIDE_PX = 512  # a strip or a panorama is no portrait: its lines are not looked for


@dataclass(frozen=True)
class MeshLimits:
    """See ``config/mesh.toml``.

    Attributes
    ----------
    lines_from
        Likelihood of lines at and above which a photo has a mesh; below it nothing is done to it.
    heavy_from
        Heaviness at and above which the mesh is a heavy one, with a calibration of its own.
    """

    lines_from: float
    heavy_from: float


@dataclass(frozen=True, eq=False)
class MeshReading:
    """What was measured on one photo.

    Attributes
    ----------
    lines
        0 to 1: how sure the network is that there are lines.
    heaviness
        0 to 1: how much of the picture its lines hide (their cover times their opacity), higher means a heavier mesh.
    kind
        CLEAN, MESH or MESH_HEAVY: the calibration that belongs to it.
    photo
        The photo as it came.
    restored
        The photo without its lines; None where it has none.
    """

    lines: float
    heaviness: float
    kind: PhotoKind
    photo: Picture
    restored: Picture | None = None

    @property
    def has_lines(self) -> bool:
        """Whether there were lines to be taken out."""
        return self.restored is not None

    @property
    def to_compare(self) -> Picture:
        """What is compared: the restored picture, or the photo itself, untouched, where it has no lines."""
        return self.photo if self.restored is None else self.restored

    def on_photo(self, face: FaceBox) -> FaceBox:
        """Return a face that was found in ``to_compare`` in the pixels of the photo."""
        if self.restored is None:
            return face
        return _scaled(face, self.restored, self.photo)

    def on_restored(self, face: FaceBox) -> FaceBox:
        """Return a face in the pixels of the photo in those of ``to_compare``."""
        return face if self.restored is None else _scaled(face, self.photo, self.restored)


def _scaled(face: FaceBox, found_in: Picture, wanted_in: Picture) -> FaceBox:
    ratio = np.array([wanted_in.width_px, wanted_in.height_px]) / (found_in.width_px, found_in.height_px)
    landmarks = np.asarray((face.landmarks + 0.5) * ratio - 0.5, np.float32)
    landmarks.flags.writeable = False
    return replace(
        face,
        x_px=float(face.x_px * ratio[0]),
        y_px=float(face.y_px * ratio[1]),
        width_px=float(face.width_px * ratio[0]),
        height_px=float(face.height_px * ratio[1]),
        landmarks=landmarks,
    )


class MeshRemover:
    """Takes the lines out of a photo; may be shared between threads.

    Parameters
    ----------
    session
        Input float32 (1, 3, height, width), BGR, 0 to 255, both sides multiples of 32. Outputs: the restored picture of the same
        form, the cover, float32 (1, 1, height, width), 0 to 1: how much of each pixel a line hides, and the likelihood of lines,
        float32 (1, 1, 1, 1), 0 to 1.
    """

    def __init__(self, session: InferenceSession, limits: MeshLimits) -> None:
        self._session = session
        self._input_name = session.get_inputs()[0].name
        self._limits = limits

    def read(self, picture: Picture) -> MeshReading:
        """Weigh the mesh of a photo and take it out.

        A restored picture has the area of 178x220 pixels and the photo's proportions; the network decides every pixel anew, so it
        is for comparing and for looking at beside the photo, never in its place. A photo without a mesh stays untouched.
        """
        width, height = working_size_px(picture.width_px, picture.height_px)
        if max(width, height) > _LONGEST_SIDE_PX:
            return MeshReading(0.0, 0.0, PhotoKind.CLEAN, picture)
        restored, heaviness, lines = self._run(_resized(picture.pixels, (width, height)))
        if lines < self._limits.lines_from:
            return MeshReading(lines, heaviness, PhotoKind.CLEAN, picture)
        restored.flags.writeable = False
        kind = PhotoKind.MESH_HEAVY if heaviness >= self._limits.heavy_from else PhotoKind.MESH
        return MeshReading(lines, heaviness, kind, picture, Picture(restored, picture.file_format, picture.role))

    def _run(self, pixels: Pixels) -> tuple[Pixels, float, float]:
        """Return the restored pixels, the heaviness and the likelihood of lines."""
        height, width = pixels.shape[:2]
        right, bottom = -width % _SIDES_DIVIDE_BY_PX, -height % _SIDES_DIVIDE_BY_PX
        left, top = right // 2, bottom // 2
        padded = cv2.copyMakeBorder(pixels, top, bottom - top, left, right - left, cv2.BORDER_REPLICATE)
        planes = np.ascontiguousarray(padded.transpose(2, 0, 1)[None], np.float32)
        restored, cover, lines = self._session.run(["restored", "cover", "lines"], {self._input_name: planes})
        window = (slice(top, top + height), slice(left, left + width))
        answered = np.rint(restored[0].transpose(1, 2, 0)[window]).astype(np.uint8)
        return np.ascontiguousarray(answered), float(np.mean(cover[0, 0][window])), float(np.reshape(lines, ()))


def working_size_px(width_px: int, height_px: int) -> tuple[int, int]:
    """Return the size with the usual area and the proportions of a picture, in whole pixels, at least 1."""
    scale = float(np.sqrt(USUAL_SIZE_PX[0] * USUAL_SIZE_PX[1] / (width_px * height_px)))
    return max(1, round(scale * width_px)), max(1, round(scale * height_px))


def _resized(pixels: Pixels, size_px: tuple[int, int]) -> Pixels:
    if size_px == (pixels.shape[1], pixels.shape[0]):
        return pixels
    shrinks = size_px[0] < pixels.shape[1]
    return np.asarray(cv2.resize(pixels, size_px, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8)


def read_mesh_limits(content: bytes) -> MeshLimits:
    """Read ``config/mesh.toml``.

    Raises
    ------
    SettingsFileError
        The file does not say them, or one is no share.
    """
    try:
        document = tomllib.loads(content.decode("utf-8"))
        limits = document["lines_from"], document["heavy_from"]
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise SettingsFileError("settings_unreadable", file="mesh.toml") from error
    if not all(isinstance(limit, float) and 0 < limit < 1 for limit in limits):
        raise SettingsFileError("settings_unreadable", file="mesh.toml")
    return MeshLimits(*limits)
