"""The small picture in which cards are looked for, and its edges in brightness and colour alike."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.documents.shrinking import shrunk
from teller_assist.evidence.pictures import Pixels

Floats = npt.NDArray[np.float32]

# A card on an A4 page is 0.29 of the page's longer side: about 260 pixels here, enough to tell its edges from the print inside.
_SIDE_PX = 900
# Shrinking by a whole number is several times faster than by a broken one; up to this size nothing more is taken off.
_SIDE_MOST_PX = 1100

# Edges are measured against the picture's own texture and noise, but below these levels (of 255) everything is called smooth.
_SMOOTH_LIGHTNESS, _SMOOTH_COLOUR = 1.2, 0.8
_NOISE_TO_MEDIAN = 1.5
_SCHARR_SUM = 16.0  # half the weights of the kernel on either side: levels for one pixel
_SIGMA_LIGHTNESS_PX, _SIGMA_COLOUR_PX = 1.0, 1.6  # JPEG halves the resolution of colour


@dataclass(frozen=True, eq=False)
class WorkPicture:
    """A scan made small.

    Attributes
    ----------
    pixels
        uint8, shape (height, width, 3), BGR.
    scale
        Work pixels for one pixel of the scan, at most 1.
    lab
        Lightness and the two colour axes, each uint8, shape (height, width), smoothed.
    gradient
        float32, shape (height, width, 2): (x, y) slope of the channel that changes most there, in units of that channel's noise.
    """

    pixels: Pixels
    scale: float
    lab: tuple[Pixels, Pixels, Pixels]
    gradient: Floats

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])


def make_small(scan: Pixels) -> WorkPicture:
    """Prepare a scan for the search.

    Parameters
    ----------
    scan
        uint8, shape (height, width, 3), BGR, any size.
    """
    pixels, scale = _shrunk(scan)
    lightness, first, second = cv2.split(cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB))
    lab = (
        _smoothed(lightness, _SIGMA_LIGHTNESS_PX),
        _smoothed(first, _SIGMA_COLOUR_PX),
        _smoothed(second, _SIGMA_COLOUR_PX),
    )
    return WorkPicture(pixels, scale, lab, _strongest_gradient(lab))


def _shrunk(scan: Pixels) -> tuple[Pixels, float]:
    height, width = scan.shape[:2]
    longer = max(height, width)
    whole = max(1, round(longer / _SIDE_PX))
    if whole > 1:
        cut = scan[: height - height % whole or None, : width - width % whole or None]  # an exact multiple takes the fast way
        scan = shrunk(cut, 1 / whole)
    if max(scan.shape[:2]) <= _SIDE_MOST_PX:
        return scan, 1 / whole
    rest = _SIDE_PX / max(scan.shape[:2])
    return shrunk(scan, rest), rest / whole


def _smoothed(channel: cv2.typing.MatLike, sigma_px: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(channel, (0, 0), sigma_px), np.uint8)


def _strongest_gradient(lab: tuple[Pixels, Pixels, Pixels]) -> Floats:
    """Return the slope of that channel which changes most at each place, against its own noise."""
    right, down = _slopes(lab[0], _SMOOTH_LIGHTNESS)
    square = right * right + down * down
    for channel in lab[1:]:
        other_right, other_down = _slopes(channel, _SMOOTH_COLOUR)
        other_square = other_right * other_right + other_down * other_down
        stronger = other_square > square
        np.copyto(right, other_right, where=stronger)
        np.copyto(down, other_down, where=stronger)
        np.maximum(square, other_square, out=square)
    return np.asarray(cv2.merge([right, down]), np.float32)


def _slopes(channel: Pixels, smooth: float) -> tuple[Floats, Floats]:
    """Return the slope to the right and down in units of noise, at least ``smooth`` levels."""
    right, down = (cv2.Scharr(channel, cv2.CV_32F, *axes) for axes in ((1, 0), (0, 1)))
    some = np.s_[::4, ::4]
    typical = float(np.median(np.hypot(right[some], down[some]))) / _SCHARR_SUM
    factor = 1 / (_SCHARR_SUM * max(smooth, _NOISE_TO_MEDIAN * typical))
    return np.asarray(right * np.float32(factor)), np.asarray(down * np.float32(factor))
