"""Cut the person out of a photograph in the canonical layout: identity photographs have a plain background.

GrabCut (Rother, Kolmogorov, Blake 2004, in OpenCV) on a small picture, led by where a head and shoulders lie in the
canonical layout. The result is rough on purpose: hair and shoulders may be cut a little, the face never.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.errors import BugError
from teller_assist.evaluation.photo_kinds.layout import SIZE_PX, CanonicalPicture, Coverage
from teller_assist.evaluation.photo_kinds.surroundings import Area
from teller_assist.evidence.pictures import Pixels

_SMALL_PX = 80  # 17 ms instead of 60 ms at 125; the edge is softened anyway
_ROUNDS = 3
_CHIN_Y_PX = 176

Mask = npt.NDArray[np.uint8]
# Outlines in pixels of the canonical layout.
_HEAD_ROOM = ((125, 108), (82, 100))  # ellipse (centre, half axes) no head leaves
_HEAD = ((125, 112), (64, 84))
_FACE = ((125, 128), (43, 57))
_HAIR = ((125, 103), (40, 53))
_SHOULDER_ROOM = ((0, 250), (0, 205), (62, 160), (188, 160), (250, 205), (250, 250))
_SHOULDERS = ((0, 250), (8, 226), (80, 192), (170, 192), (242, 226), (250, 250))
_NECK_AND_CHEST = ((103, 170), (147, 170), (160, 212), (200, 250), (50, 250), (90, 212))


def person_coverage(picture: CanonicalPicture) -> Coverage:
    """Return how much of each pixel belongs to the person.

    Returns
    -------
    float32, shape (250, 250), 0 (background) to 1 (person), soft at the edge. Deterministic.
    """
    small = cv2.resize(picture.pixels, (_SMALL_PX, _SMALL_PX), interpolation=cv2.INTER_AREA)
    person = _tidy(_grab_cut(cast(Pixels, small), _prior(_small_area(picture.seen), _small_area(picture.drawn))))
    full = cv2.resize(person * np.uint8(255), (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_LINEAR)
    soft = cv2.GaussianBlur(full, (0, 0), 2.0)
    return np.asarray(soft, dtype=np.float32) / np.float32(255.0)


def _prior(seen: Area, drawn: Area) -> Mask:
    """Return GrabCut's start: sure background, probable background, probable person, sure person."""
    mask = np.full((_SMALL_PX, _SMALL_PX), cv2.GC_BGD, dtype=np.uint8)
    _ellipse(mask, _HEAD_ROOM, cv2.GC_PR_BGD)
    _polygon(mask, _SHOULDER_ROOM, cv2.GC_PR_BGD)
    _ellipse(mask, _HEAD, cv2.GC_PR_FGD)
    _polygon(mask, _SHOULDERS, cv2.GC_PR_FGD)
    chin_row = _small(_CHIN_Y_PX)
    mask[:chin_row][~seen[:chin_row]] = cv2.GC_BGD  # above the chin what the photograph did not show is background
    mask[drawn] = cv2.GC_FGD
    for outline in (_FACE, _HAIR):
        _ellipse(mask, outline, cv2.GC_FGD)
    _polygon(mask, _NECK_AND_CHEST, cv2.GC_FGD)
    return mask


def _grab_cut(small: Pixels, mask: Mask) -> Mask:
    cv2.setRNGSeed(0)  # GrabCut's clustering draws from OpenCV's own generator
    models = np.zeros((1, 65)), np.zeros((1, 65))
    try:
        cv2.grabCut(small, mask, (0, 0, 1, 1), *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    except cv2.error as error:
        raise BugError("GrabCut refused the canonical picture") from error
    return np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)


def _tidy(person: Mask) -> Mask:
    """Close small holes, drop thin threads, keep the one piece that holds the face."""
    closed = cv2.morphologyEx(person, cv2.MORPH_CLOSE, np.ones((5, 5), dtype=np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((3, 3), dtype=np.uint8))
    labels = cv2.connectedComponents(opened)[1]
    middle = labels[_SMALL_PX // 2, _SMALL_PX // 2]
    return cast(Mask, (labels == middle).astype(np.uint8))


def _small_area(area: Area) -> Area:
    small = cv2.resize(area.astype(np.uint8), (_SMALL_PX, _SMALL_PX), interpolation=cv2.INTER_NEAREST)
    return np.asarray(small > 0)


def _ellipse(mask: Mask, outline: tuple[tuple[int, int], tuple[int, int]], value: int) -> None:
    (x, y), (half_width, half_height) = outline
    centre, axes = (_small(x), _small(y)), (_small(half_width), _small(half_height))
    cv2.ellipse(mask, centre, axes, 0, 0, 360, value, cv2.FILLED)


def _polygon(mask: Mask, corners: tuple[tuple[int, int], ...], value: int) -> None:
    cv2.fillPoly(mask, [np.array([(_small(x), _small(y)) for x, y in corners], dtype=np.int32)], (value,))


def _small(length_px: int) -> int:
    return length_px * _SMALL_PX // SIZE_PX
