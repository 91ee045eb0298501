"""Finding faces and their five points with YuNet (OpenCV's FaceDetectorYN)."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import cv2
import numpy as np

from teller_assist.errors import ModelAlteredError
from teller_assist.evidence.pictures import FaceBox, Picture, Pixels, Points
from teller_assist.face.turning import (
    BETTER_BY,
    BETWEEN_DEG,
    LEANING_FROM_DEG,
    QUARTERS_DEG,
    STRAIGHTENINGS_MAX,
    STRAIGHTER_BY,
    SURELY_UPRIGHT_FROM,
    TurnedPixels,
    straightening_deg,
    turn,
)

# Two boxes of one face overlap more than this share of their union; the model's published setting.
OVERLAP_MAX = 0.3
CANDIDATES_MAX = 5000


@dataclass(frozen=True)
class SearchStep:
    """One look at the picture: scaled until its longest side has ``side_px``, inside a plain border.

    Attributes
    ----------
    border_share
        Width of the border on each side as a share of the longest side; a face that fills the whole picture
        (a tight crop) is only found with some room around it.
    """

    side_px: int
    border_share: float


class FaceDetector:
    """YuNet on the CPU, one thread; may be shared between threads, one picture at a time.

    Parameters
    ----------
    model
        The verified bytes of YuNet, folded to fp32.
    side_px
        Longest side of the first look, in pixels. A look that finds nothing is followed by one at twice the size
        and one with a border.
    score_min
        0 to 1; a detection below it is no face.

    Raises
    ------
    ModelAlteredError
        The bytes are no detector that OpenCV can read.
    """

    def __init__(self, model: bytes, *, side_px: int, score_min: float) -> None:
        cv2.setNumThreads(1)
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns of its own call
        self._steps = (SearchStep(side_px, 0.0), SearchStep(2 * side_px, 0.0), SearchStep(side_px, 0.3))
        self._lock = threading.Lock()
        try:
            self._network = cv2.FaceDetectorYN.create(
                "onnx", np.frombuffer(model, np.uint8), np.empty(0, np.uint8), (side_px, side_px),
                score_min, OVERLAP_MAX, CANDIDATES_MAX,
            )  # fmt: skip
        except cv2.error as error:
            raise ModelAlteredError(task="face_detection") from error

    def detect(self, picture: Picture) -> tuple[FaceBox, ...]:
        """Return every face found, largest first; empty when there is none.

        A picture whose largest face may not stand upright is looked at again, turned; what is returned lies in the picture as it
        is, with the points in their order, and ``turn_deg`` says how it had to be turned.

        Parameters
        ----------
        picture
            Any size; pixels uint8, shape (height, width, 3), BGR.
        """
        for step in self._steps:
            look = self._look(picture.pixels, step)
            if look.faces:
                return self._upright(picture.pixels, step, look)
        return self._upright(picture.pixels, self._steps[0], _Look((), 0))

    def _upright(self, pixels: Pixels, step: SearchStep, first: _Look) -> tuple[FaceBox, ...]:
        """Return the faces of the look in which the largest one is most surely a face, the first one where it is upright."""
        best = first
        if first.score < SURELY_UPRIGHT_FROM:
            best = max((first, *(self._look(pixels, step, quarter) for quarter in QUARTERS_DEG)), key=lambda look: look.score)
        for _ in range(STRAIGHTENINGS_MAX):
            if abs(best.lean_deg) < LEANING_FROM_DEG:
                break
            straighter = self._look(pixels, step, best.turn_deg + straightening_deg(best.lean_deg))
            if straighter.score < best.score + STRAIGHTER_BY:
                break
            best = straighter
        if best.faces and (best.score < SURELY_UPRIGHT_FROM or best.turn_deg != 0):
            for between in [self._look(pixels, step, best.turn_deg + side) for side in BETWEEN_DEG]:
                best = between if between.score > best.score + BETTER_BY else best
        return best.faces

    def _look(self, pixels: Pixels, step: SearchStep, turn_deg: int = 0) -> _Look:
        height, width = pixels.shape[:2]
        scale = step.side_px / max(height, width)
        turned = turn(scale_pixels(pixels, scale), turn_deg)
        scaled = turned.pixels
        border_px = round(step.border_share * step.side_px)
        if border_px:
            bordered = cv2.copyMakeBorder(scaled, border_px, border_px, border_px, border_px, cv2.BORDER_REPLICATE)
            scaled = np.asarray(bordered, np.uint8)
        with self._lock:
            self._network.setInputSize((scaled.shape[1], scaled.shape[0]))
            rows = self._network.detect(scaled)[1]
        found = [] if rows is None else [_found(row, turned, scale, border_px, turn_deg) for row in rows]
        largest_first = sorted(found, key=lambda one: one.face.area_px2, reverse=True)
        return _Look(
            faces=tuple(one.face for one in largest_first),
            turn_deg=turn_deg,
            lean_deg=largest_first[0].lean_deg if largest_first else 0.0,
        )


@dataclass(frozen=True)
class _Found:
    face: FaceBox
    lean_deg: float


@dataclass(frozen=True)
class _Look:
    """What one look found, largest first; ``lean_deg`` is the largest face's, clockwise, in the picture as it was turned."""

    faces: tuple[FaceBox, ...]
    turn_deg: int
    lean_deg: float = 0.0

    @property
    def score(self) -> float:
        return self.faces[0].detection_score if self.faces else 0.0


def scale_pixels(pixels: Pixels, scale: float) -> Pixels:
    """Resize by one factor; shrinking averages (no aliasing), enlarging interpolates.

    Parameters
    ----------
    pixels
        uint8, shape (height, width, 3).
    scale
        More than 1 enlarges.

    Returns
    -------
    uint8, shape (round(height * scale), round(width * scale), 3), at least 1 pixel a side.
    """
    height, width = pixels.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size == (width, height):
        return pixels
    # INTER_AREA to a fraction is slow on large pictures (20 ms against 0.2 ms): halve first by an exact factor.
    factor = int(1 / scale) if scale < 1 else 1
    if factor >= 2:
        pixels = np.asarray(
            cv2.resize(pixels, (max(1, width // factor), max(1, height // factor)), interpolation=cv2.INTER_AREA), np.uint8
        )
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _found(row: np.ndarray, turned: TurnedPixels, scale: float, border_px: int, turn_deg: int) -> _Found:
    points = row[4:14].reshape(5, 2).astype(np.float32) - border_px
    corner, size = row[:2] - border_px, row[2:4]
    eyes = points[1] - points[0]
    corners = np.array([corner, corner + size * (1, 0), corner + size, corner + size * (0, 1)], np.float32)
    hull = _unscaled(turned.points_back(corners), scale)
    x_px, y_px = hull.min(axis=0)
    width_px, height_px = hull.max(axis=0) - (x_px, y_px)
    landmarks = _unscaled(turned.points_back(points), scale)
    landmarks.flags.writeable = False
    face = FaceBox(
        x_px=float(x_px),
        y_px=float(y_px),
        width_px=float(width_px),
        height_px=float(height_px),
        landmarks=landmarks,
        detection_score=float(row[14]),
        turn_deg=(turn_deg + 180) % 360 - 180,
    )
    return _Found(face, float(np.degrees(np.arctan2(eyes[1], eyes[0]))))


def _unscaled(points: Points, scale: float) -> Points:
    """Pixel centres lie at whole numbers: without the halves an enlarged chip portrait would be shifted by a third of a pixel."""
    return np.asarray((points + 0.5) / scale - 0.5, np.float32)
