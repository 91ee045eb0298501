"""A card cut out of a scan and laid out flat."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.documents.shrinking import shrunk
from teller_assist.evidence.pictures import Pixels, Points
from teller_assist.evidence.printed import CARD_SIZE_PX

_MARGIN_PX = 3  # around what is cut out, for interpolation
# A card pixel of two scan pixels and more is averaged over whole squares; what is left is smoothed by so much of a scan pixel for
# every scan pixel in a card pixel. Finer print than a card pixel would turn into wrong strokes.
_SMOOTH_FROM = 1.25
_SIGMA = 0.35
_CARD = np.array([(0, 0), (CARD_SIZE_PX[0], 0), CARD_SIZE_PX, (0, CARD_SIZE_PX[1])], np.float32) - np.float32(0.5)


def rectify(scan: Pixels, quad: Points) -> Pixels:
    """Return the card, uint8, shape (638, 1011, 3), BGR; beyond the scan its edge goes on.

    Parameters
    ----------
    scan
        uint8, shape (height, width, 3), BGR.
    quad
        float32, shape (4, 2), (x, y) in pixels of the scan: the corner that becomes the upper left one, then clockwise.
    """
    width, height = CARD_SIZE_PX
    piece, corners = _cut_out(scan, quad.astype(np.float64))
    per_card_px = _pixels_per_card_pixel(corners)
    whole = int(per_card_px)
    if whole > 1 and min(piece.shape[:2]) >= 2 * whole:
        piece, corners, per_card_px = _shrunk(piece, whole), (corners + 0.5) / whole - 0.5, per_card_px / whole
    if per_card_px > _SMOOTH_FROM:
        piece = np.asarray(cv2.GaussianBlur(piece, (0, 0), _SIGMA * per_card_px), np.uint8)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), _CARD)
    interpolation = cv2.INTER_CUBIC if per_card_px < 1 else cv2.INTER_LINEAR
    flat = cv2.warpPerspective(piece, matrix, (width, height), flags=interpolation, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, np.uint8)


def to_scan(points: Points, quad: Points) -> Points:
    """Return where points of the rectified card lie in the scan.

    Parameters
    ----------
    points
        float32, shape (n, 2), (x, y) in pixels of the rectified card.
    quad
        What it was rectified from.
    """
    return _moved(points, cv2.getPerspectiveTransform(_CARD, quad.astype(np.float32)))


def to_card(points: Points, quad: Points) -> Points:
    """Return where points of the scan lie on the rectified card; the way back from ``to_scan``."""
    return _moved(points, cv2.getPerspectiveTransform(quad.astype(np.float32), _CARD))


def upside_down(quad: Points) -> Points:
    """Return the same quadrilateral seen from its other long side."""
    return np.asarray(np.roll(quad, 2, axis=0), np.float32)


def _moved(points: Points, matrix: cv2.typing.MatLike) -> Points:
    return np.asarray(cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float32), matrix).reshape(-1, 2), np.float32)


def _cut_out(scan: Pixels, quad: npt.NDArray[np.float64]) -> tuple[Pixels, npt.NDArray[np.float64]]:
    """Return the part of the scan around a quadrilateral, at least a pixel, and the corners in it."""
    height, width = scan.shape[:2]
    low = np.clip(np.floor(quad.min(0)).astype(int) - _MARGIN_PX, 0, [width - 1, height - 1])
    high = np.clip(np.ceil(quad.max(0)).astype(int) + _MARGIN_PX + 1, low + 1, [width, height])
    return scan[low[1] : high[1], low[0] : high[0]], quad - low


def _pixels_per_card_pixel(corners: npt.NDArray[np.float64]) -> float:
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = CARD_SIZE_PX
    return float(max((sides[0] + sides[2]) / 2 / width, (sides[1] + sides[3]) / 2 / height))


def _shrunk(piece: Pixels, whole: int) -> Pixels:
    height, width = piece.shape[:2]
    return shrunk(piece[: height - height % whole, : width - width % whole], 1 / whole)
