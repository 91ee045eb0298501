"""Scanning and reading, off every other thread: the device delivers a page, the reader says what stands on it.

asked by the teller                     -> one scan
by itself, the scanner has a preview    -> ScanWatch -> a scan whenever a card lies still |  up to six, while nothing
by itself, it has none, or that fails   -> a scan a second                                |  readable lies there
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from teller_assist.documents.steadiness import CaptureRule
from teller_assist.errors import KnownError
from teller_assist.evidence.pictures import Picture, Points
from teller_assist.evidence.printed import ScanFinding, ScanReading
from teller_assist.settings.logs import Subject, logger_for
from teller_assist.wording import Sentences, error_sentences, sentence
from teller_assist.workflow.equipment import Scanner
from teller_assist.workflow.scan_watch import ScanWatch
from teller_assist.workflow.scanned import Scanned, ScannedPicture
from teller_assist.workflow.workers import Work, Workers

SCANS_BY_ITSELF = 6  # then the scanner rests, and the teller's key asks: nobody wants a lamp that never goes out
_AGAIN_AFTER_S = 1.0
# What a hand that lays a card down looks like; everything else is told at once.
_NOT_THERE_YET = frozenset({ScanFinding.BLANK, ScanFinding.NO_DOCUMENT, ScanFinding.NOT_SHARP, ScanFinding.COVERED})
_GoesOn = Callable[[Scanned, Sentences], Scanned]  # how it stands while nothing readable lies there yet

_logger = logger_for(Subject.DEVICES)


class DocumentReader(Protocol):
    """Reads documents from a scan; ``documents.reader`` is one. Used by one thread at a time."""

    def read(self, scan: Picture, *, quad: Points | None = None, cancel: threading.Event | None = None) -> ScanReading:
        """Return what stands on a scan.

        Parameters
        ----------
        quad
            float32, shape (4, 2), (x, y) in pixels of the scan, clockwise: where the teller says that the document lies.

        Raises
        ------
        KnownError
            The engine failed; a scan without a readable document is an answer.
        """


class ScanChange(Protocol):
    """Hands what came of a scan back to the station."""

    def __call__(self, asked: threading.Event, change: Callable[[Scanned], Scanned], *, read_ms: float | None = None) -> None:
        """Change what is known of the customer's documents.

        Parameters
        ----------
        asked
            Of which request this is the answer: dropped where it is set, or another request has taken its place.
        read_ms
            Milliseconds that the reading took, once it is done.
        """


class ScanWork:
    """Scans and reads on a worker of its own.

    Parameters
    ----------
    number
        Returns the customer's citizen's number as known otherwise, "" where it is not.
    new_rule
        Makes what says when a scan is taken from a scanner that has a preview.
    """

    def __init__(
        self,
        reader: DocumentReader,
        workers: Workers,
        change: ScanChange,
        number: Callable[[], str],
        new_rule: Callable[[], CaptureRule],
    ) -> None:
        self._reader, self._workers, self._change, self._number = reader, workers, change, number
        self._new_rule = new_rule

    def warm(self, get_ready: Callable[[], object]) -> None:
        """Get the reader ready ahead of the first scan; a failure is met again there."""
        self._workers.submit(Work.DOCUMENT, _warm, get_ready)

    def scan(self, scanner: Scanner, asked: threading.Event) -> None:
        """Scan once, at once, and read."""
        self._workers.submit(Work.DOCUMENT, self._told, lambda: self._scan(scanner, asked, 1), asked)

    def scan_by_itself(self, scanner: Scanner, asked: threading.Event) -> None:
        """Scan and read, again while nothing lies there yet, until something was read or it was scanned often enough."""
        self._workers.submit(Work.DOCUMENT, self._told, lambda: self._scan_by_itself(scanner, asked), asked)

    def read_box(self, picture: ScannedPicture, quad: Points, asked: threading.Event) -> None:
        """Read a scan again, the document where the teller says."""
        self._workers.submit(Work.DOCUMENT, self._told, lambda: self._read(picture, quad, asked), asked)

    def _told(self, work: Callable[[], object], asked: threading.Event) -> None:
        if asked.is_set():
            return
        try:
            work()
        except KnownError as error:
            self._end(asked, error_sentences(error))
        except Exception:
            self._end(asked, sentence("program", "own_fault"))
            raise

    def _end(self, asked: threading.Event, told: Sentences) -> None:
        self._change(asked, lambda scanned: scanned.failed(told))

    def _scan_by_itself(self, scanner: Scanner, asked: threading.Event) -> None:
        left = self._scan_what_lies_still(scanner, asked) if scanner.previews else SCANS_BY_ITSELF
        self._scan(scanner, asked, left)

    def _scan_what_lies_still(self, scanner: Scanner, asked: threading.Event) -> int:
        """Scan as often as a card was laid down, and return how many scans are left to be taken without a preview: it failed."""
        rested = sentence("scan_watch", "rested")
        watch = ScanWatch(scanner, self._new_rule(), lambda told: self._change(asked, lambda scanned: scanned.watching(told)))
        for left in reversed(range(SCANS_BY_ITSELF)):
            try:
                came = watch.wait_for_card(asked)
            except KnownError as error:
                return left + 1 if self._goes_on_without_preview(error, asked) else 0
            if not came:
                self._end(asked, rested)
                return 0
            self._change(asked, Scanned.asked)
            found = self._scan_once(scanner, asked, Scanned.watching if left else None)
            if found is None:
                return 0
            rested = sentence("scan", found)
        return 0

    def _goes_on_without_preview(self, error: KnownError, asked: threading.Event) -> bool:
        """Tell it, and return after a while, in which its process may start again, whether somebody still waits for a scan."""
        if asked.is_set():  # it was given up
            return False
        _logger.warning("no preview, scanning without: %s", error)
        told = error_sentences(error)
        self._change(asked, lambda scanned: scanned.waiting(told))
        return not asked.wait(_AGAIN_AFTER_S)

    def _scan(self, scanner: Scanner, asked: threading.Event, scans_most: int) -> None:
        for left in reversed(range(scans_most)):
            found = self._scan_once(scanner, asked, Scanned.waiting if left else None)
            if found is None or asked.wait(_AGAIN_AFTER_S):
                return

    def _scan_once(self, scanner: Scanner, asked: threading.Event, goes_on: _GoesOn | None) -> ScanFinding | None:
        """Scan and read once, and return why it should be scanned again; None where it need not, or nobody waits any more."""
        picture = ScannedPicture.of(scanner.scan(asked))
        return None if asked.is_set() else self._read(picture, None, asked, goes_on)

    def _read(
        self, picture: ScannedPicture, quad: Points | None, asked: threading.Event, goes_on: _GoesOn | None = None
    ) -> ScanFinding | None:
        """Read one scan, and return why it should be scanned again; None where it need not."""
        self._change(asked, lambda scanned: scanned.reading(picture))
        started_s = time.perf_counter()
        reading = self._reader.read(picture.whole, quad=quad, cancel=asked)
        read_ms = 1000 * (time.perf_counter() - started_s)
        if goes_on is not None and reading.finding in _NOT_THERE_YET:
            told = sentence("scan", reading.finding)
            self._change(asked, lambda scanned: goes_on(scanned, told))
            return reading.finding
        number = self._number()
        self._change(asked, lambda scanned: scanned.read(reading, number), read_ms=read_ms)
        return None


def _warm(get_ready: Callable[[], object]) -> None:
    with suppress(KnownError):
        get_ready()
