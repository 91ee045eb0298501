"""A piece of a card, cut out and enlarged to be looked at once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from teller_assist.documents.engine import TextLine
from teller_assist.evidence.pictures import Pixels

ENLARGED = 2  # times: recognition sees a line 48 pixels high, the card's is about as high; finer edges come out of the enlarging

Reader = Callable[[Pixels], Sequence[TextLine]]


def enlarged(card: Pixels, left: int, top: int, right: int, bottom: int) -> Pixels:
    """Return a part of a card ``ENLARGED`` times as large; empty where none of it lies on the card.

    Parameters
    ----------
    card
        uint8, shape (height, width, 3), BGR.
    left, top, right, bottom
        In pixels of the card; what lies beyond its edges is left out.
    """
    piece = card[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    if piece.size == 0:
        return piece
    return np.asarray(cv2.resize(piece, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC), np.uint8)
