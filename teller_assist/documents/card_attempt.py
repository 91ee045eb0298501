"""One place of a scan read as if a card lay there: rectified, turned upright, recognised, parsed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from teller_assist.documents.engine import TextEngine, TextLine
from teller_assist.documents.fields.doubt import is_confirmed
from teller_assist.documents.fields.parse import PLAUSIBLE, FieldsRead, ReadField, read_fields
from teller_assist.documents.fields.row_look import lacking_fields
from teller_assist.documents.locating.anchors import cards_by_words
from teller_assist.documents.locating.rectification import rectify, to_card, to_scan, upside_down
from teller_assist.documents.locating.search import overlap
from teller_assist.documents.looks import has_print
from teller_assist.documents.orientation import Orientation
from teller_assist.documents.stopwatch import Stopwatch
from teller_assist.evidence.pictures import Picture, Pixels, Points
from teller_assist.evidence.printed import (
    CARD_SIZE_PX,
    DocumentKind,
    FieldName,
    LocatedBy,
    Location,
    PrintedDocument,
    PrintedField,
)
from teller_assist.settings.personal import Personal

UPSIDE_DOWN_FROM = 0.5
# Text that stands on its head is recognised unsurely, text of another document surely: only the former is read once more, turned.
# 34 rendered cards: mean confidence of the lines upright 0.97 and more, upside down at most 0.91 (median 0.59).
SURELY_READ_FROM = 0.92
_LINES_LEAST = 2

# A sheet of paper can have a card's outline, and a card on it: its words lie elsewhere than on a card that fills the outline.
_PART_MOST = 0.6  # of its area
_ABOUT_THERE = 0.85  # intersection over union with the whole card: an outline that cuts off a row of text has less
# Plausibility of a card of which most words were read; all of them give 4.2, 3.0 and 4.2.
_WHOLE_FROM = {DocumentKind.FRONT: 3.0, DocumentKind.BACK: 2.5, DocumentKind.TEMPORARY: 3.0}
# Print keeps 50 pixels from a card's edges. Dirt and a form's lines reach one; a number alone may be cut off on the right.
_AT_THE_EDGE_PX, _CUT_OFF_FROM = 3, 0.8
_CUT_LINES = np.array([2, 2, 1, 2])  # so many lines, at the left, upper, right and lower edge
_WIDENED = 0.18  # of the card's side: of a number, three digits
_CARD = np.array([(0, 0), (CARD_SIZE_PX[0], 0), CARD_SIZE_PX, (0, CARD_SIZE_PX[1])], np.float32)

# The printed portrait by the card's layout (GA 448), with some of the paper around it: left, top, right, bottom in card pixels.
_PORTRAIT_PX = (628, 76, 948, 464)
_KINDS_WITH_PORTRAIT = (DocumentKind.FRONT, DocumentKind.TEMPORARY)


@dataclass(frozen=True, eq=False)
class Attempt:
    """What came of it.

    Attributes
    ----------
    quad
        As ``Location.quad``, as the text was read last.
    lines
        Corners in pixels of ``card``; empty where there was no print to be recognised.
    """

    quad: Points
    card: Pixels
    lines: tuple[TextLine, ...]
    read: FieldsRead

    @property
    def is_card(self) -> bool:
        """Whether an identity card was read."""
        return self.read.plausibility >= PLAUSIBLE

    def words_elsewhere(self, *, also_beside: bool) -> Points | None:
        """Return where in the scan the card lies by its words; None where that is not known, or where it was looked for.

        Words of a temporary card stand at other places than those of the others, but not within a part of the card.

        Parameters
        ----------
        also_beside
            Whether it is elsewhere where it lies askew to where it was looked for, and not within a part of that alone.
        """
        places = cards_by_words(self.lines)
        if not places:
            return None
        within_a_part = cv2.contourArea(places[0]) < _PART_MOST * CARD_SIZE_PX[0] * CARD_SIZE_PX[1]
        may_be_beside = also_beside and self.read.kind is not DocumentKind.TEMPORARY
        beside = may_be_beside and overlap(places[0], _CARD) < _ABOUT_THERE
        return to_scan(places[0], self.quad) if within_a_part or beside else None

    def widened(self) -> Points | None:
        """Return the place with its sides moved out across which a card's text goes on; None where there is no such side."""
        edges = np.array([0, 0, *CARD_SIZE_PX], np.float32)
        sure = [line.corners for line in self.lines if line.confidence >= _CUT_OFF_FROM]
        reach = np.array([[*corners.min(axis=0), *corners.max(axis=0)] for corners in sure], np.float32).reshape(-1, 4)
        cut = (np.abs(reach - edges) <= _AT_THE_EDGE_PX).sum(axis=0) >= _CUT_LINES
        if not cut.any():
            return None
        out = np.where(cut, np.tile(_WIDENED * np.array(CARD_SIZE_PX, np.float32), 2), 0) * [-1, -1, 1, 1]
        left, top, right, bottom = edges + out
        return to_scan(np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32), self.quad)

    @property
    def missing(self) -> frozenset[FieldName]:
        """Which fields of its kind were not found."""
        return self.read.missing

    @property
    def has_its_words(self) -> bool:
        """Whether most words of its kind of card were read where they stand."""
        return self.is_card and self.read.plausibility >= _WHOLE_FROM.get(self.read.kind, 0.0)

    @property
    def seems_whole(self) -> bool:
        """Whether all of a card was read: a part of one may look like another kind of card."""
        return not self.missing and self.has_its_words

    @property
    def completeness(self) -> tuple[int, int, float]:
        """How well it was read: higher is better."""
        return -len(self.missing), -lacking_fields(self.read), self.read.plausibility

    def lines_in_scan(self) -> tuple[TextLine, ...]:
        """Return the lines with their corners in pixels of the scan."""
        return tuple(replace(line, corners=to_scan(line.corners, self.quad)) for line in self.lines)


@dataclass(frozen=True, eq=False)
class Tools:
    """What every attempt needs."""

    engine: TextEngine
    orientation: Orientation
    today: Callable[[], datetime.date]


def attempt(scan: Pixels, quad: Points, tools: Tools, watch: Stopwatch, *, may_turn: Callable[[], bool]) -> Attempt:
    """Read a place of a scan.

    Parameters
    ----------
    quad
        Which of the longer sides is the upper one need not be known.
    may_turn
        Asked before the card is recognised a second time, turned.

    Raises
    ------
    KnownError
        From the engine, or from the orientation's model.
    """
    with watch.stage("rectify"):
        card = rectify(scan, quad)
        printed = has_print(card)
    if not printed:
        return Attempt(quad, card, (), read_fields((), CARD_SIZE_PX, tools.today()))
    with watch.stage("orient"):
        turned = tools.orientation.upside_down(card) >= UPSIDE_DOWN_FROM
    first = _recognised(*(_turned(quad, card) if turned else (quad, card)), tools, watch)
    if first.is_card or mean_confidence(first.lines) >= SURELY_READ_FROM or len(first.lines) < _LINES_LEAST or not may_turn():
        return first
    second = _recognised(*_turned(first.quad, first.card), tools, watch)
    return second if second.read.plausibility > first.read.plausibility else first


def attempt_by_words(scan: Pixels, quad: Points, lines: Sequence[TextLine], tools: Tools, watch: Stopwatch) -> Attempt:
    """Read a place of a scan by the lines that were recognised of the scan as a whole: for when there is no time for more.

    Parameters
    ----------
    quad
        The card's own upper left corner first.
    lines
        Corners in pixels of the scan.
    """
    with watch.stage("rectify"):
        card = rectify(scan, quad)
    with watch.stage("fields"):
        moved = (replace(line, corners=to_card(line.corners, quad)) for line in lines)
        on_card = tuple(line for line in moved if _lies_on_card(line))
        read = read_fields(on_card, CARD_SIZE_PX, tools.today())
        return Attempt(quad, card, on_card, replace(read, fields={name: _unsurely(one) for name, one in read.fields.items()}))


def mean_confidence(lines: tuple[TextLine, ...]) -> float:
    """Return the lines' mean confidence, 0 without lines."""
    return float(np.mean([line.confidence for line in lines])) if lines else 0.0


def printed_document(read: Attempt, by: LocatedBy, file_format: str) -> PrintedDocument:
    """Return an attempt as evidence.

    Parameters
    ----------
    file_format
        Of the scan.
    """
    card = np.ascontiguousarray(read.card)
    card.flags.writeable = False
    fields = {name: _printed_field(field, card) for name, field in read.read.fields.items()}
    portrait = _portrait(card, file_format) if read.read.kind in _KINDS_WITH_PORTRAIT else None
    return PrintedDocument(read.read.kind, Location(read.quad, by), fields, card, portrait)


def _recognised(quad: Points, card: Pixels, tools: Tools, watch: Stopwatch) -> Attempt:
    with watch.stage("recognise"):
        lines = tools.engine.read(card)
    with watch.stage("fields"):
        return Attempt(quad, card, lines, read_fields(lines, CARD_SIZE_PX, tools.today()))


def _unsurely(field: ReadField) -> ReadField:
    """Return a field that was read in small print: what nothing else on the card confirms, somebody must look at."""
    if is_confirmed(field.checks):
        return field
    return replace(field, accepted=False, doubtful=tuple(range(len(field.value))))


def _lies_on_card(line: TextLine) -> bool:
    x, y = line.corners.mean(0)
    return bool(0 <= x < CARD_SIZE_PX[0] and 0 <= y < CARD_SIZE_PX[1])


def _turned(quad: Points, card: Pixels) -> tuple[Points, Pixels]:
    return upside_down(quad), np.ascontiguousarray(card[::-1, ::-1])


def _printed_field(field: ReadField, card: Pixels) -> PrintedField:
    box = _inside(field.box_px)
    x, y, width, height = box
    return PrintedField(
        value=Personal(field.value),
        confidence=field.confidence,
        box_px=box,
        crop=card[y : y + height, x : x + width],
        checks=field.checks,
        doubtful=field.doubtful,
        accepted=field.accepted,
    )


def _inside(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Return the part of a box that lies on the card, at least a pixel."""
    x, y, width, height = box
    left, top = min(max(0, x), CARD_SIZE_PX[0] - 1), min(max(0, y), CARD_SIZE_PX[1] - 1)
    right, bottom = min(CARD_SIZE_PX[0], x + width), min(CARD_SIZE_PX[1], y + height)
    return left, top, max(1, right - left), max(1, bottom - top)


def _portrait(card: Pixels, file_format: str) -> Picture:
    left, top, right, bottom = _PORTRAIT_PX
    pixels = np.ascontiguousarray(card[top:bottom, left:right])
    pixels.flags.writeable = False
    return Picture(pixels, file_format, "recapture")
