"""Finding faces and their five points with YuNet (OpenCV's FaceDetectorYN)."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import cv2
import numpy as np

from teller_assist.errors import ModelAlteredError
from teller_assist.evidence.pictures import FaceBox, Picture, Pixels

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

        Parameters
        ----------
        picture
            Any size; pixels uint8, shape (height, width, 3), BGR.
        """
        for step in self._steps:
            faces = self._look(picture.pixels, step)
            if faces:
                return tuple(sorted(faces, key=lambda face: face.area_px2, reverse=True))
        return ()

    def _look(self, pixels: Pixels, step: SearchStep) -> list[FaceBox]:
        height, width = pixels.shape[:2]
        scale = step.side_px / max(height, width)
        scaled = scale_pixels(pixels, scale)
        border_px = round(step.border_share * step.side_px)
        if border_px:
            bordered = cv2.copyMakeBorder(scaled, border_px, border_px, border_px, border_px, cv2.BORDER_REPLICATE)
            scaled = np.asarray(bordered, np.uint8)
        with self._lock:
            self._network.setInputSize((scaled.shape[1], scaled.shape[0]))
            rows = self._network.detect(scaled)[1]
        return [] if rows is None else [_face_box(row, scale, border_px) for row in rows]


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


def _face_box(row: np.ndarray, scale: float, border_px: int) -> FaceBox:
    # Pixel centres lie at whole numbers: without the halves every enlarged chip portrait would be shifted by a third of a pixel.
    corner = (row[:2] - border_px + 0.5) / scale - 0.5
    landmarks = ((row[4:14].reshape(5, 2) - border_px + 0.5) / scale - 0.5).astype(np.float32)
    landmarks.flags.writeable = False
    return FaceBox(
        x_px=float(corner[0]),
        y_px=float(corner[1]),
        width_px=float(row[2] / scale),
        height_px=float(row[3] / scale),
        landmarks=landmarks,
        detection_score=float(row[14]),
    )
