"""One moment of a recording, or one photograph, as a portrait to be rendered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from teller_assist.app import Installation
from teller_assist.errors import NoFaceError, PhotographsMissingError
from teller_assist.evaluation.photo_kinds import Portrait, prepare_portrait
from teller_assist.evidence.pictures import FaceBox, Picture
from teller_assist.face.selection import choose_face

WINDOW_S = 1.0
_LOOKS = 8


@dataclass(frozen=True)
class Moment:
    """Where a portrait is taken from.

    Attributes
    ----------
    at_s
        Seconds from the recording's beginning; 0 for a photograph.
    """

    file: str
    at_s: float

    @classmethod
    def parsed(cls, text: str) -> Moment:
        """Read "file" or "file@seconds"."""
        file, _, seconds = text.partition("@")
        return cls(file, float(seconds or 0))


def best_portrait(installation: Installation, path: Path, moment: Moment) -> Portrait:
    """Return the portrait of the surest face within a second of the moment.

    Raises
    ------
    PhotographsMissingError
        There is no face.
    """
    pictures = _recorded(path, moment.at_s) if path.suffix == ".mp4" else [installation.read_picture(path, role="reference")]
    found = [(face, picture) for picture in pictures for face in _largest_face(installation, picture)]
    if not found:
        raise PhotographsMissingError(why="no_face_in_footage", file=moment.file)
    face, picture = max(found, key=lambda one: one[0].detection_score)
    return prepare_portrait(picture.pixels, face.landmarks)


def _largest_face(installation: Installation, picture: Picture) -> list[FaceBox]:
    try:
        return [choose_face(installation.detector.detect(picture), role=picture.role, second_area_ratio=1.0)[0]]
    except NoFaceError:
        return []


def _recorded(path: Path, at_s: float) -> Iterator[Picture]:
    recording = cv2.VideoCapture(str(path))
    try:
        frames_per_s = recording.get(cv2.CAP_PROP_FPS)
        for look in range(_LOOKS):
            recording.set(cv2.CAP_PROP_POS_FRAMES, round((at_s + look * WINDOW_S / _LOOKS) * frames_per_s))
            there, pixels = recording.read()
            if there:
                yield Picture(np.asarray(pixels, dtype=np.uint8), "frame", "reference")
    finally:
        recording.release()
