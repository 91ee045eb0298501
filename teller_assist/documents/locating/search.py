"""The search for cards: lines, quadrilaterals of lines, the best moved onto their edges, the very best kept."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.documents.locating.fitting import fit
from teller_assist.documents.locating.lines import find_lines
from teller_assist.documents.locating.patches import propose_from_patches
from teller_assist.documents.locating.quads import aspect_off, clockwise, has_card_shape, propose, propose_from_two
from teller_assist.documents.locating.snapping import snap
from teller_assist.documents.locating.support import support
from teller_assist.documents.locating.work_picture import WorkPicture, make_small
from teller_assist.evidence.pictures import Pixels, Points

Floats64 = npt.NDArray[np.float64]

CANDIDATES_MOST = 6

_CLOSELY_LOOKED_AT = 50
_FITTED = 18
_COMPARED_MOST = 200
_SAME_CORNERS = 0.08  # of the mean side: closer quadrilaterals snap onto the same edges
_SAME_OVERLAP = 0.5  # intersection over union: of two answers to one card the better is kept
# 296 found cards of 300 rendered pictures: the card's own score is 0.76 and more in 99 of 100, and the highest in 282. What is no
# card reaches 0.75 in every second picture (halves of the card, boxes of forms), so the order counts, not a threshold.
_SCORE_LEAST = 0.35
_SETTLED_SCORE_LEAST = 0.55  # below that, lines of print are taken for sides
_SIZE_COUNTS, _SIZE_MOST = 0.1, 0.6  # up to a square root of the share of the scan
_SIDE_LEAST_PX = 40
# A scan that is the card and nothing else. A frame is no outline that was seen, so it comes after every sure one.
_FRAME_FILLED, _FRAME_OFF_MOST, _FRAME_SCORE = 0.4, 0.06, 0.74


@dataclass(frozen=True, eq=False)
class CardCandidate:
    """A place where a card may lie.

    Attributes
    ----------
    quad
        float32, shape (4, 2), (x, y) in pixels of the scan: corners clockwise as seen, one of the longer sides first. Which of
        the two longer sides is the card's upper one is not known; corners may lie a little outside the scan.
    score
        Higher is more surely a card: about 1 where all four sides are clear, 0 where there is none.
    """

    quad: Points
    score: float


def find_cards(scan: Pixels) -> tuple[CardCandidate, ...]:
    """Find what has a card's outline (ID-1), the most likely first, at most six.

    Parameters
    ----------
    scan
        uint8, shape (height, width, 3), BGR.
    """
    picture = make_small(scan)
    if min(picture.size_px) < _SIDE_LEAST_PX:
        return ()
    quads, scores = _apart(*_best_of(picture), _SAME_OVERLAP, CANDIDATES_MOST)
    corners = (quads + 0.5) / picture.scale - 0.5
    found = [CardCandidate(np.asarray(quad, np.float32), float(score)) for quad, score in zip(corners, scores, strict=True)]
    if all(cv2.contourArea(candidate.quad) < _FRAME_FILLED * scan.shape[0] * scan.shape[1] for candidate in found):
        found += _whole_frame(scan)
    found.sort(key=lambda candidate: -_rank(candidate, scan))
    return tuple(candidate for candidate in found if candidate.score >= _SCORE_LEAST)


def _whole_frame(scan: Pixels) -> list[CardCandidate]:
    """Return the scan itself where it has a card's shape: somebody has cut the card out, to its edges or nearly."""
    height, width = scan.shape[:2]
    corners = clockwise(np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64) - 0.5)
    fits = float(aspect_off(corners)[0]) < _FRAME_OFF_MOST
    return [CardCandidate(np.asarray(corners[0], np.float32), _FRAME_SCORE)] if fits else []


def _rank(candidate: CardCandidate, scan: Pixels) -> float:
    """Return the score with something for size: boxes of a form are smaller than the card that lies on it."""
    share = cv2.contourArea(candidate.quad) / (scan.shape[0] * scan.shape[1])
    return candidate.score + _SIZE_COUNTS * min(_SIZE_MOST, math.sqrt(share))


def settle(scan: Pixels, quad: Points) -> CardCandidate:
    """Move a roughly known card onto the edges around it.

    Parameters
    ----------
    scan
        uint8, shape (height, width, 3), BGR.
    quad
        float32, shape (4, 2): corners clockwise as seen, wrong by a few hundredths of the card's side; the answer's corners come
        in the same order.

    Returns
    -------
    The place with its score: the given one where no edges speak for a better one.
    """
    picture = make_small(scan)
    if min(picture.size_px) < _SIDE_LEAST_PX:
        return CardCandidate(quad, 0.0)
    given = ((quad.astype(np.float64) + 0.5) * picture.scale - 0.5)[None]
    moved = fit(picture, snap(picture, snap(picture, given)))
    quads = np.concatenate([given, moved[has_card_shape(moved)]])
    scores = support(picture, quads)
    best = int(np.argmax(scores)) if scores.max() >= _SETTLED_SCORE_LEAST else 0
    return CardCandidate(np.asarray((quads[best] + 0.5) / picture.scale - 0.5, np.float32), float(scores[best]))


def overlap(one: Points, other: Points) -> float:
    """Return the share that two quadrilaterals have in common of what they cover together (intersection over union), 0 to 1.

    Of one that is not convex the hull is taken.
    """
    first, second = (cv2.convexHull(np.asarray(quad, np.float32)) for quad in (one, other))
    areas = [float(cv2.contourArea(hull)) for hull in (first, second)]
    if min(areas) <= 0:
        return 0.0
    shared = float(cv2.intersectConvexConvex(first, second)[0])
    return shared / (sum(areas) - shared)


def _best_of(picture: WorkPicture) -> tuple[Floats64, Floats64]:
    lines = find_lines(picture)
    quads = propose(lines, picture.size_px)
    quads, _ = _distinct(quads, support(picture, quads, every=2), _CLOSELY_LOOKED_AT)
    patches = snap(picture, propose_from_patches(picture))
    quads = snap(picture, np.concatenate([quads, propose_from_two(lines, picture.size_px), patches]))
    quads = quads[has_card_shape(quads)]
    quads, _ = _distinct(quads, support(picture, quads), _FITTED)
    quads = fit(picture, fit(picture, quads))
    quads = quads[has_card_shape(quads)]
    return quads, support(picture, quads)


def _distinct(quads: Floats64, scores: Floats64, most: int) -> tuple[Floats64, Floats64]:
    """Return the best, of nearly equal ones the better."""
    order = np.argsort(-scores, kind="stable")[:_COMPARED_MOST]
    same = _nearly_equal(quads[order])
    free = np.ones(len(order), bool)
    kept: list[int] = []
    for place, index in enumerate(order):
        if free[place] and len(kept) < most:
            kept.append(int(index))
            free &= ~same[place]
    return quads[kept], scores[kept]


def _nearly_equal(quads: Floats64) -> npt.NDArray[np.bool_]:
    """Return which pairs have all corners close together, shape (n, n); a long side comes first, so there are two ways."""
    one = quads.reshape(-1, 8).astype(np.float32)
    other = np.roll(quads, 2, axis=1).reshape(-1, 8).astype(np.float32)
    apart = np.minimum(np.abs(one[:, None] - one[None]).max(2), np.abs(one[:, None] - other[None]).max(2))
    side = np.linalg.norm(np.roll(quads, -1, axis=1) - quads, axis=2).mean(1)
    return np.asarray(apart < _SAME_CORNERS * np.minimum(side[:, None], side[None]), np.bool_)


def _apart(quads: Floats64, scores: Floats64, share: float, most: int) -> tuple[Floats64, Floats64]:
    """Return the best that do not overlap."""
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable"):
        if len(kept) < most and all(overlap(quads[index], quads[other]) < share for other in kept):
            kept.append(int(index))
    return quads[kept], scores[kept]
