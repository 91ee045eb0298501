"""Patches of another colour than the page or desk around them: a white card on white paper is tinted, paper is not."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.documents.locating.quads import clockwise
from teller_assist.documents.locating.work_picture import WorkPicture
from teller_assist.evidence.pictures import Pixels

Floats64 = npt.NDArray[np.float64]

_SHRUNK = 0.5
_SIGMA_PX = 3.0  # of the shrunk picture: JPEG's colour noise averages out, print of a form is grey
_LEVELS = (2.0, 4.0, 8.0)  # colour difference from the page, of 255
_CLOSED_PX = 11  # print and gaps within a card
_AREA_LEAST, _AREA_MOST = 0.008, 0.7  # of the picture
_FILLED_LEAST = 0.72  # of its smallest rectangle
_ASPECT = (1.2, 2.1)
_MOST = 12


def propose_from_patches(picture: WorkPicture) -> Floats64:
    """Return rectangles around coloured patches of a card's rough shape, shape (n, 4, 2): to be held against the edges."""
    difference = _from_page(picture)
    found: list[Floats64] = []
    kernel = np.ones((_CLOSED_PX, _CLOSED_PX), np.uint8)
    for level in _LEVELS:
        mask = cv2.morphologyEx((difference > level).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)
        outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        found += [box for outline in outlines if (box := _box_of(outline, mask.size)) is not None]
    if not found:
        return np.empty((0, 4, 2))
    quads = np.stack(found[:_MOST])
    return clockwise((quads + 0.5) / _SHRUNK - 0.5)


def _from_page(picture: WorkPicture) -> npt.NDArray[np.float32]:
    """Return how far the colour at each place is from the most common one, in levels."""
    first, second = (_less_usual(channel) for channel in picture.lab[1:])
    return np.asarray(np.hypot(first, second), np.float32)


def _less_usual(channel: Pixels) -> npt.NDArray[np.float32]:
    small = cv2.resize(channel, None, fx=_SHRUNK, fy=_SHRUNK, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small.astype(np.float32), (0, 0), _SIGMA_PX)
    return np.asarray(soft - np.float32(np.median(soft)), np.float32)


def _box_of(outline: cv2.typing.MatLike, picture_px: int) -> Floats64 | None:
    hull = cv2.convexHull(outline)
    area = cv2.contourArea(hull)
    if not _AREA_LEAST * picture_px < area < _AREA_MOST * picture_px:
        return None
    rectangle = cv2.minAreaRect(hull)
    longer, shorter = max(rectangle[1]), max(min(rectangle[1]), 1e-6)
    if not _ASPECT[0] < longer / shorter < _ASPECT[1] or area < _FILLED_LEAST * longer * shorter:
        return None
    return np.asarray(cv2.boxPoints(rectangle), np.float64)
