"""A decoded picture and the face found in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Picture:
    """One decoded picture.

    Attributes
    ----------
    pixels
        uint8, shape (height, width, 3), colour order BGR, upright (EXIF orientation applied), not writeable.
    file_format
        Format of the bytes it came from ("JPEG", "PNG", "BMP", "WEBP", "JPEG2000", "TIFF"), or "frame" for a camera frame.
    role
        What the picture is to the caller ("probe", "reference", a set's row); appears in errors.
    """

    pixels: Pixels
    file_format: str
    role: str

    def __repr__(self) -> str:
        return f"Picture({self.role}, {self.width_px}x{self.height_px}, {self.file_format})"

    @property
    def width_px(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height_px(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])


@dataclass(frozen=True, eq=False)
class FaceBox:
    """One detected face, in pixels of the picture it was found in.

    Attributes
    ----------
    x_px, y_px, width_px, height_px
        Upper left corner, width and height; may reach past the picture's edge.
    landmarks
        float32, shape (5, 2), (x, y): left eye, right eye, nose tip, left and right mouth corner,
        left and right as the viewer sees them.
    detection_score
        0 to 1, higher means more surely a face.
    turn_deg
        How far the picture had to be turned counter-clockwise, as it is seen, for this face to stand upright; -180 to 179. 0
        where it stands upright or leans a little.
    """

    x_px: float
    y_px: float
    width_px: float
    height_px: float
    landmarks: Points
    detection_score: float
    turn_deg: int = 0

    TURNED_FROM_DEG: ClassVar[int] = 45  # more than a head leans by itself: the picture is not upright

    @property
    def is_turned(self) -> bool:
        """Whether the face lies on its side or stands on its head."""
        return abs(self.turn_deg) > self.TURNED_FROM_DEG

    @property
    def area_px2(self) -> float:
        """Area of the box in square pixels."""
        return self.width_px * self.height_px
