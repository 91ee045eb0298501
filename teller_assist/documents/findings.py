"""Why a scan has no card that can be read, told from what was seen while looking for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from teller_assist.documents.card_attempt import Attempt, mean_confidence
from teller_assist.documents.engine import TextLine
from teller_assist.documents.locating.anchors import names_a_card
from teller_assist.documents.locating.search import CardCandidate
from teller_assist.documents.looks import SHARP_FROM, is_blank, sharpness
from teller_assist.evidence.pictures import Picture, Points
from teller_assist.evidence.printed import ScanFinding

_CARD_SCORE = 0.75  # a place that is a card by its outline
_CARD_WIDTH_LEAST_PX = 340  # characters of the name are 14 pixels high then; below that recognition guesses
_LINES_OF_DOCUMENT = 2
_LINE_SURE_FROM = 0.8
_TEXT_LEAST = 3  # characters; shorter "lines" are specks
_COVER_SHARE = (
    0.06,
    0.6,
)  # of the smaller of two outlines lying in the other: less is inaccuracy, more is a frame within the card


@dataclass(eq=False)
class Seen:
    """What was seen in a scan."""

    candidates: Sequence[CardCandidate] = ()
    attempts: list[Attempt] = field(default_factory=list)
    page_lines: tuple[TextLine, ...] = ()  # of the scan as a whole


def finding_of(scan: Picture, seen: Seen, shows_face: Callable[[Picture], bool] | None) -> ScanFinding:
    """Return why nothing was read; see ``ScanFinding``.

    Parameters
    ----------
    shows_face
        What tells whether a picture shows a person; None where nothing can.
    """
    if is_blank(scan.pixels):
        return ScanFinding.BLANK
    printed = [attempt for attempt in seen.attempts if attempt.lines]
    named = [attempt for attempt in printed if names_a_card(attempt.lines)]
    outlined = [attempt for attempt in printed if _score_of(attempt, seen.candidates) >= _CARD_SCORE]
    if named or names_a_card(seen.page_lines) or outlined:
        return _of_a_card(named or outlined, seen, named=bool(named) or names_a_card(seen.page_lines))
    if shows_face is not None and shows_face(scan):
        return ScanFinding.FACE
    lines = [line for attempt in printed for line in attempt.lines]
    return ScanFinding.OTHER_DOCUMENT if _is_document([*lines, *seen.page_lines]) else ScanFinding.NO_DOCUMENT


def _of_a_card(attempts: Sequence[Attempt], seen: Seen, *, named: bool) -> ScanFinding:
    """Return what keeps something that has a card's outline or words from being read."""
    first = attempts[0] if attempts else None
    if first is not None and _width_px(first.quad) < _CARD_WIDTH_LEAST_PX:
        return ScanFinding.TOO_SMALL
    if first is not None and sharpness(first.card) < SHARP_FROM:
        return ScanFinding.NOT_SHARP
    if named or _lie_on_each_other(seen.candidates):
        return ScanFinding.COVERED
    lines = [line for attempt in attempts for line in attempt.lines]
    return ScanFinding.OTHER_DOCUMENT if _is_document(lines) else ScanFinding.NO_DOCUMENT


def _is_document(lines: Sequence[TextLine]) -> bool:
    sure = [line for line in lines if len(line.text.strip()) >= _TEXT_LEAST and line.confidence >= _LINE_SURE_FROM]
    return len(sure) >= _LINES_OF_DOCUMENT and mean_confidence(tuple(sure)) >= _LINE_SURE_FROM


def _score_of(attempt: Attempt, candidates: Sequence[CardCandidate]) -> float:
    middle = attempt.quad.mean(0)
    width = _width_px(attempt.quad)
    near = [c.score for c in candidates if float(np.linalg.norm(c.quad.mean(0) - middle)) < 0.1 * width]
    return max(near, default=0.0)


def _lie_on_each_other(candidates: Sequence[CardCandidate]) -> bool:
    """Return whether two sure outlines overlap in part."""
    sure = [c.quad for c in candidates if c.score >= _CARD_SCORE]
    for place, one in enumerate(sure):
        for other in sure[place + 1 :]:
            shared = float(cv2.intersectConvexConvex(one, other)[0])
            smaller = min(cv2.contourArea(one), cv2.contourArea(other))
            if smaller > 0 and _COVER_SHARE[0] < shared / smaller < _COVER_SHARE[1]:
                return True
    return False


def _width_px(quad: Points) -> float:
    return float(np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2
