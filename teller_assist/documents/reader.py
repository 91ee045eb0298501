"""From a scan to what stands on the cards in it.

    scan -> outlines of cards -> laid out flat, upright -> lines of text -> fields
         -> nothing? where the words say that a card lies -> the same again

However the scan looks, the answer comes in time: no recognition but the first is begun when the time for it is over. What was
recognised by then is used: a card that was only seen on the page as a whole is read by the page's own lines.
"""

from __future__ import annotations

import datetime
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from teller_assist.documents.card_attempt import (
    SURELY_READ_FROM,
    Attempt,
    Tools,
    attempt,
    attempt_by_words,
    mean_confidence,
    printed_document,
)
from teller_assist.documents.engine import TextEngine, TextLine
from teller_assist.documents.fields.row_look import lacking_fields, look_at_rows
from teller_assist.documents.fields.second_look import look_again
from teller_assist.documents.findings import Seen, finding_of
from teller_assist.documents.locating.anchors import cards_by_words
from teller_assist.documents.locating.search import find_cards, overlap, settle
from teller_assist.documents.locating.within_box import cards_in_box, cards_near, part_of_box
from teller_assist.documents.orientation import Orientation
from teller_assist.documents.shrinking import shrunk
from teller_assist.documents.stopwatch import Stopwatch
from teller_assist.errors import BugError
from teller_assist.evidence.pictures import Picture, Pixels, Points
from teller_assist.evidence.printed import LocatedBy, PrintedDocument, ScanReading

# Two seconds are promised for a card, and a recognition takes about 0.6 s of processor.
LAST_RECOGNITION_BEGINS_S = 1.35
# After so many clear outlines without a card the words are asked; the other outlines follow if there is time.
_OUTLINES_FIRST = 2
_OUTLINE_SCORE_LEAST = 0.5
_CLEAR_SCORE_LEAST = 0.7  # to come before the words; once a card was read, another one must be as clear, and of its size
_OUTLINE_WITHIN_LEAST = 0.55
_SIZE_ALIKE = 1.35  # ratio of sides: a document camera sees the nearer card larger
_MOVES_MOST = 2  # a card that was found turned or by a part may then still be cut off
_SAME_PLACE = 0.2  # intersection over union
_PART_SIDE_MOST = 0.8  # of a card's mean side: the portrait and the emblem have outlines, too
_TOUCHES, _THE_SAME = 0.05, 0.95  # likewise: of one card's outlines

# The page as a whole: the number's digits are 18 pixels high on an A4 page of this size, enough for the recognition.
_PAGE_SIDE_PX = 1920


class DocumentReader:
    """Reads the identity cards of scans; used by one thread at a time, like its engine.

    Parameters
    ----------
    today
        The day on which a card must be in force.
    shows_face
        Whether a picture shows a person; None: a person before the lens is told as "no document".
    clock
        Seconds, rising.
    """

    def __init__(
        self,
        engine: TextEngine,
        orientation: Orientation,
        today: Callable[[], datetime.date],
        *,
        shows_face: Callable[[Picture], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tools = Tools(engine, orientation, today)
        self._shows_face = shows_face
        self._clock = clock

    def read(self, scan: Picture, *, quad: Points | None = None, cancel: threading.Event | None = None) -> ScanReading:
        """Read every card of a scan.

        Parameters
        ----------
        quad
            float32, shape (4, 2), (x, y) in pixels of the scan, corners in any order: a box that the teller drew around one card,
            or its corners. Nothing outside of it is read then.
        cancel
            Set where nobody waits for the answer any longer: it comes soon, without what was not read yet.

        Raises
        ------
        KnownError
            The engine failed, or a model is missing. Whatever the scan shows is told by the answer's finding.
        BugError
            The box is none.
        """
        watch = Stopwatch(self._clock, cancel)
        reading = _Reading(scan, self._tools, watch)
        if quad is None:
            reading.read_outlines()
        else:
            reading.read_box(_box_within(scan, quad))
        documents = sorted(reading.documents, key=lambda found: -cv2.contourArea(found.location.quad))
        finding = None if documents else finding_of(scan, reading.seen, self._shows_face)
        return ScanReading(tuple(documents), finding, watch.latency_ms())


class _Reading:
    """One scan being read."""

    def __init__(self, scan: Picture, tools: Tools, watch: Stopwatch) -> None:
        self._scan = scan
        self._tools = tools
        self._watch = watch
        self.seen = Seen()
        self.documents: list[PrintedDocument] = []

    # ------------------------------------------------------------ the rungs

    def read_outlines(self) -> None:
        """Read what has a card's outline; where that is nothing, what has a card's words."""
        with self._watch.stage("locate"):
            self.seen.candidates = find_cards(self._scan.pixels)
        candidates = self.seen.candidates
        clear = [c for c in candidates if c.score >= _CLEAR_SCORE_LEAST][:_OUTLINES_FIRST]
        # A page full of words takes longer to read than three outlines: even one that is not clear comes first.
        first = clear or [c for c in candidates if c.score >= _OUTLINE_SCORE_LEAST][:1]
        self._read_until_found(c.quad for c in first)
        if not self.documents:
            self._read_by_words(self._words_so_far() or self._words_of_page(self._scan.pixels), LocatedBy.NUMBER_LINE)
        if self.documents:
            self._read_further()
        else:
            self._read_until_found(c.quad for c in candidates if c not in first and c.score >= _OUTLINE_SCORE_LEAST)

    def read_box(self, box: Points) -> None:
        """Read the card in a box."""
        with self._watch.stage("locate"):
            quads = cards_in_box(self._scan.pixels, box)
        self._read_until_found(quads[:1], LocatedBy.MANUAL)
        if not self.documents:
            part, corner = part_of_box(self._scan.pixels, box)
            self._read_by_words(self._words_so_far() or self._words_of_page(part, corner), LocatedBy.MANUAL)
        if not self.documents:
            self._read_until_found(quads[1:], LocatedBy.MANUAL)

    def _read_until_found(self, quads: Iterable[Points], by: LocatedBy = LocatedBy.CONTOUR) -> None:
        for quad in quads:
            if not self.documents and self._in_time():
                self._try(quad, by)

    def _read_further(self) -> None:
        """Read other cards of the same scan."""
        for candidate in self.seen.candidates:
            if candidate.score >= _CLEAR_SCORE_LEAST and self._may_be_another(candidate.quad) and self._in_time():
                self._try(candidate.quad, LocatedBy.CONTOUR)

    def _read_by_words(self, lines: Sequence[TextLine], by: LocatedBy) -> None:
        for rough in cards_by_words(lines):
            quad = self._settled(rough)
            if self._in_time():
                self._try(quad, by)
            elif not self._watch.cancelled:
                self._take(attempt_by_words(self._scan.pixels, quad, lines, self._tools, self._watch), by)

    # ------------------------------------------------------------ steps

    def _try(self, quad: Points, by: LocatedBy) -> None:
        done = self._attempted(quad)
        if done.is_card:
            # Where few of a card's words were read it lies elsewhere: rows would be cut out of the wrong places.
            done, by = self._bettered(self._with_rows(done) if done.has_its_words else done, by)
            done = self._looked_at_again(done if done.has_its_words else self._with_rows(done))
        self._take(done, by)

    def _take(self, done: Attempt, by: LocatedBy) -> None:
        if done.is_card:
            self.documents.append(printed_document(done, by, self._scan.file_format))
        else:
            self.seen.attempts.append(done)

    def _bettered(self, done: Attempt, by: LocatedBy) -> tuple[Attempt, LocatedBy]:
        """Return what was read of the same card at a better place, where there is one; from there, once more."""
        for _ in range(_MOVES_MOST):
            better = self._better(done, by)
            if better is None:
                break
            done, by = better
        return done, by

    def _better(self, done: Attempt, by: LocatedBy) -> tuple[Attempt, LocatedBy] | None:
        for quad, found_by in self._better_places(done, by):
            other = self._attempted(quad) if self._in_time() else self._by_its_words(done, quad, found_by)
            if other is not None and other.has_its_words:
                other = self._with_rows(other)
            if other is not None and other.is_card and other.completeness >= done.completeness:
                return other, found_by
        return None

    def _by_its_words(self, done: Attempt, quad: Points, found_by: LocatedBy) -> Attempt | None:
        """Read a card anew, without a look at it, by the lines within its place: the outline took in a form around it."""
        if found_by is LocatedBy.CONTOUR or self._watch.cancelled:
            return None
        return attempt_by_words(self._scan.pixels, quad, done.lines_in_scan(), self._tools, self._watch)

    def _better_places(self, done: Attempt, by: LocatedBy) -> Iterator[tuple[Points, LocatedBy]]:
        """Yield where a card lies by its words, if elsewhere; if it is not read whole, a wider place, then the next outline."""
        rough = done.words_elsewhere(also_beside=bool(done.missing) or not self._is_clear(done.quad))
        if rough is not None:
            with self._watch.stage("locate"):
                place = settle(self._scan.pixels, rough)
            sure = place.quad if place.score >= _OUTLINE_WITHIN_LEAST else rough
            yield sure, LocatedBy.NUMBER_LINE if by is LocatedBy.CONTOUR else by
        if not done.seems_whole or lacking_fields(done.read):
            wider = done.widened()
            if wider is not None:
                yield wider, by
        if not done.seems_whole:
            near = (c.quad for c in self.seen.candidates if c.score >= _OUTLINE_SCORE_LEAST)
            touching = (quad for quad in near if _TOUCHES < overlap(quad, done.quad) < _THE_SAME)
            no_part_of_it = (quad for quad in touching if _side_px(quad) > _PART_SIDE_MOST * _side_px(done.quad))
            yield from ((quad, by) for quad in itertools.islice(no_part_of_it, 1))

    def _is_clear(self, quad: Points) -> bool:
        """Return whether a clear outline is about there."""
        clear = (c.quad for c in self.seen.candidates if c.score >= _CLEAR_SCORE_LEAST)
        return any(overlap(quad, other) >= _THE_SAME for other in clear)

    def _attempted(self, quad: Points) -> Attempt:
        return attempt(self._scan.pixels, quad, self._tools, self._watch, may_turn=self._in_time)

    def _with_rows(self, done: Attempt) -> Attempt:
        """Return an attempt with the rows read alone in which something lacks."""
        engine, today = self._tools.engine.read, self._tools.today()
        with self._watch.stage("recognise"):
            read, lines = look_at_rows(done.read, done.lines, done.card, engine, today, self._in_time)
        return replace(done, read=read, lines=lines)

    def _looked_at_again(self, done: Attempt) -> Attempt:
        if not self._in_time():
            return done
        with self._watch.stage("recognise"):
            return replace(done, read=look_again(done.read, done.card, self._tools.engine.read))

    def _settled(self, rough: Points) -> Points:
        with self._watch.stage("locate"):
            place = settle(self._scan.pixels, rough)
            if place.score >= _CLEAR_SCORE_LEAST:
                return place.quad
            return max([place, *cards_near(self._scan.pixels, rough)], key=lambda candidate: candidate.score).quad

    def _in_time(self) -> bool:
        early = self._watch.gone_s < LAST_RECOGNITION_BEGINS_S or not self._watch.has_begun("recognise")
        return early and not self._watch.cancelled

    def _may_be_another(self, quad: Points) -> bool:
        """Return whether a place is none of those that were tried, and of the size of a card that was read."""
        tried = [*(done.quad for done in self.seen.attempts), *(found.location.quad for found in self.documents)]
        if any(overlap(quad, other) > _SAME_PLACE for other in tried):
            return False
        ratio = _side_px(quad) / _side_px(self.documents[0].location.quad)
        return 1 / _SIZE_ALIKE < ratio < _SIZE_ALIKE

    def _words_so_far(self) -> tuple[TextLine, ...]:
        """Return the lines of the attempts where they tell of a card: it may lie within the outline that was tried."""
        lines = tuple(line for done in self.seen.attempts for line in done.lines_in_scan())
        return lines if cards_by_words(lines) else ()

    def _words_of_page(self, page: Pixels, corner: Points | None = None) -> tuple[TextLine, ...]:
        """Return the lines of the scan, or of a part of it, as they are or, where that is read badly, upside down."""
        if not self._in_time():
            return ()
        with self._watch.stage("recognise"):
            scale = min(1.0, _PAGE_SIDE_PX / max(page.shape[:2]))
            small = shrunk(page, scale)
            lines = self._tools.engine.read(small)
            if mean_confidence(lines) < SURELY_READ_FROM and not cards_by_words(lines) and self._in_time():
                turned = self._tools.engine.read(np.ascontiguousarray(small[::-1, ::-1]))
                far = np.array([small.shape[1] - 1, small.shape[0] - 1], np.float32)
                lines = tuple(replace(line, corners=np.asarray(far - line.corners, np.float32)) for line in turned)
        origin = np.zeros(2, np.float32) if corner is None else corner
        in_scan = tuple(
            replace(line, corners=np.asarray((line.corners + 0.5) / scale - 0.5 + origin, np.float32)) for line in lines
        )
        self.seen.page_lines = in_scan
        return in_scan


def _box_within(scan: Picture, quad: Points) -> Points:
    """Return the part of a box that lies on the scan.

    Raises
    ------
    BugError
        There is none.
    """
    box = np.asarray(quad, np.float32)
    if box.shape != (4, 2) or not np.isfinite(box).all():
        raise BugError("a box has four finite corners")
    inside = np.clip(box, -0.5, np.array([scan.width_px, scan.height_px], np.float32) - 0.5)
    if cv2.contourArea(cv2.convexHull(inside)) < 1:
        raise BugError("a box covers a part of the scan")
    return np.asarray(inside, np.float32)


def _side_px(quad: Points) -> float:
    return float(np.sqrt(max(1.0, cv2.contourArea(quad))))
