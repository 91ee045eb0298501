"""Frames for Qt, without a copy."""

from __future__ import annotations

import numpy as np
from PyQt5.QtGui import QImage
from PyQt5.sip import voidptr

from teller_assist.errors import BugError
from teller_assist.evidence.pictures import Pixels

CHANNELS = 3


class FrameImage(QImage):
    """An image that shows an array's own memory.

    The array lives as long as this object. A ``QImage`` copied from it shares the memory without keeping the array:
    draw this object, do not keep copies of it.

    Parameters
    ----------
    pixels
        uint8, shape (height, width, 3), BGR, pixels of a row contiguous, never written again.

    Raises
    ------
    BugError
        The array has another form.
    """

    def __init__(self, pixels: Pixels) -> None:
        if pixels.dtype != np.uint8 or pixels.ndim != CHANNELS or pixels.shape[2] != CHANNELS or pixels.strides[1:] != (3, 1):
            raise BugError(f"no picture that Qt can show: {pixels.dtype}, shape {pixels.shape}, strides {pixels.strides}")
        height, width = pixels.shape[:2]
        # The address as it is: the buffer protocol would refuse an array that is not writeable, and a slice of rows.
        super().__init__(voidptr(pixels.ctypes.data), width, height, pixels.strides[0], QImage.Format_BGR888)
        self.pixels = pixels
