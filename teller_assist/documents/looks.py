"""What a scan or a card looks like where nothing can be read: blank, without print, not sharp."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.documents.shrinking import shrunk
from teller_assist.evidence.pictures import Pixels

# A picture is looked at this small: dust and noise average out, print of a card stays.
_SIDE_PX = 480
_WIDE_SIGMA_PX = 12.0  # light that falls off towards one side is nothing on the page
_SEEN_LEVELS = 10.0  # of 255: fainter than any print
_BLANK_SHARE_MOST = 0.0004  # of the picture: a speck, a scanner's edge line

_PRINT_LEVELS = 14.0
_PRINT_SHARE_LEAST = 0.006
# Fine detail over coarse at the strongest strokes of a rectified card. 64 rendered cards of all severities, all of them readable:
# 0.18 to 0.49; the same blurred by another 4 card pixels (sigma), where little is read any longer: 0.11 to 0.15.
_FINE_SIGMA_PX, _COARSE_SIGMA_PX = 1.5, 5.0
_STRONGEST_PER_CENT = 98.0
SHARP_FROM = 0.15


def is_blank(scan: Pixels) -> bool:
    """Return whether nothing lies on the scanner: one even surface, however unevenly lit."""
    grey = _grey(scan, _SIDE_PX)
    wide = cv2.GaussianBlur(grey, (0, 0), _WIDE_SIGMA_PX)
    narrow = cv2.GaussianBlur(grey, (0, 0), 1.0)
    return float((np.abs(narrow - wide) > _SEEN_LEVELS).mean()) < _BLANK_SHARE_MOST


def has_print(card: Pixels) -> bool:
    """Return whether a rectified card carries print at all: an empty box of a form has a card's outline, too."""
    grey = _grey(card, _SIDE_PX)
    height, width = grey.shape
    inside = grey[height // 12 : -height // 12, width // 12 : -width // 12]
    stroke = np.abs(inside - cv2.GaussianBlur(inside, (0, 0), 5.0))
    return float((stroke > _PRINT_LEVELS).mean()) >= _PRINT_SHARE_LEAST


def sharpness(card: Pixels, *, faintest: float = 1.0) -> float:
    """Return how sharp the strongest strokes of a rectified card are: fine detail over coarse, 0 (all blur) to about 1.

    Parameters
    ----------
    faintest
        Strokes fainter than this, in levels of 255, are all blur: their detail is the sensor's noise.
    """
    grey = cv2.cvtColor(card, cv2.COLOR_BGR2GRAY).astype(np.float32)
    fine = cv2.GaussianBlur(grey, (0, 0), _FINE_SIGMA_PX)
    coarse = cv2.GaussianBlur(grey, (0, 0), _COARSE_SIGMA_PX)
    strength = _strongest(np.abs(fine - coarse))
    noise_free = cv2.GaussianBlur(grey, (0, 0), 0.8)
    return _strongest(np.abs(noise_free - fine)) / strength if strength > faintest else 0.0


def _strongest(values: npt.NDArray[np.float32]) -> float:
    return float(np.percentile(values[::2, ::2], _STRONGEST_PER_CENT))


def _grey(pixels: Pixels, side_px: int) -> npt.NDArray[np.float32]:
    return cv2.cvtColor(shrunk(pixels, side_px / max(pixels.shape[:2])), cv2.COLOR_BGR2GRAY).astype(np.float32)
