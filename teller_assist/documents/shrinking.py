"""Pictures made smaller."""

from __future__ import annotations

import cv2
import numpy as np

from teller_assist.evidence.pictures import Pixels


def shrunk(pixels: Pixels, scale: float) -> Pixels:
    """Return a picture at a share of its size, however narrow it is: no side gets shorter than a pixel.

    Parameters
    ----------
    pixels
        uint8, shape (height, width) or (height, width, 3).
    scale
        Positive; from 1 on the picture itself is returned.
    """
    if scale >= 1:
        return pixels
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
