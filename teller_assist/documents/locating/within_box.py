"""The card in a box that the teller drew."""

from __future__ import annotations

import numpy as np

from teller_assist.documents.locating.quads import ASPECT_OFF_MOST, aspect_off, clockwise
from teller_assist.documents.locating.search import CardCandidate, find_cards, overlap, settle
from teller_assist.evidence.pictures import Pixels, Points

_ROOM = 0.12  # of the box around it: a hand draws it a little too small as easily as too large
_OVERLAP_LEAST = 0.35  # intersection over union with the box: a card askew fills half of a box that stands straight
_SCORE_LEAST = 0.6


def cards_in_box(scan: Pixels, box: Points) -> tuple[Points, ...]:
    """Return where the card in a box may lie, the most likely first; last the box itself, whatever its shape.

    Parameters
    ----------
    scan
        uint8, shape (height, width, 3), BGR.
    box
        float32, shape (4, 2): four corners in any order, of the card itself or of a box around it.
    """
    drawn = _in_order(box)
    low, high = _part(scan, drawn)
    part = scan[low[1] : high[1], low[0] : high[0]]
    places = [candidate.quad for candidate in cards_near(scan, drawn)]
    if float(aspect_off(drawn[None].astype(np.float64))[0]) < ASPECT_OFF_MOST:
        settled = settle(part, np.asarray(drawn - low, np.float32))
        if settled.score >= _SCORE_LEAST:
            places.append(np.asarray(settled.quad + low, np.float32))
    return (*places[:2], drawn)


def cards_near(scan: Pixels, rough: Points) -> tuple[CardCandidate, ...]:
    """Return cards with a clear outline about where a rough place is, the most likely first: looked for in that part alone.

    Parameters
    ----------
    rough
        float32, shape (4, 2): corners clockwise as seen; the answers' corners begin at the one that lies nearest to its first.
    """
    low, high = _part(scan, rough)
    found = find_cards(scan[low[1] : high[1], low[0] : high[0]])
    moved = [CardCandidate(_begun_at(np.asarray(c.quad + low, np.float32), rough[0]), c.score) for c in found]
    return tuple(c for c in moved if c.score >= _SCORE_LEAST and overlap(c.quad, rough) >= _OVERLAP_LEAST)


def _begun_at(quad: Points, corner: Points) -> Points:
    """Return the same quadrilateral, the long side first whose beginning lies nearer to a corner."""
    distance = np.linalg.norm(quad - corner, axis=1)
    return np.asarray(np.roll(quad, 2, axis=0) if distance[2] < distance[0] else quad, np.float32)


def part_of_box(scan: Pixels, box: Points) -> tuple[Pixels, Points]:
    """Return the part of a scan around a box, and the part's upper left corner in the scan, float32, shape (2,)."""
    low, high = _part(scan, _in_order(box))
    return scan[low[1] : high[1], low[0] : high[0]], low.astype(np.float32)


def _part(scan: Pixels, drawn: Points) -> tuple[np.ndarray, np.ndarray]:
    size = np.array([scan.shape[1], scan.shape[0]])
    room = _ROOM * (drawn.max(0) - drawn.min(0))
    low = np.clip(np.floor(drawn.min(0) - room).astype(int), 0, size - 1)
    high = np.clip(np.ceil(drawn.max(0) + room).astype(int) + 1, low + 1, size)
    return low, high


def _in_order(box: Points) -> Points:
    """Return four corners clockwise as seen, a long side first."""
    around = box.astype(np.float64) - box.mean(0)
    order = np.argsort(np.arctan2(around[:, 1], around[:, 0]), kind="stable")
    return np.asarray(clockwise(box[order][None].astype(np.float64))[0], np.float32)
