"""Scanning and reading, off every other thread: the device delivers a page, the reader says what stands on it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from teller_assist.errors import KnownError
from teller_assist.evidence.pictures import Picture, Points
from teller_assist.evidence.printed import ScanFinding, ScanReading
from teller_assist.wording import error_sentences, sentence
from teller_assist.workflow.equipment import Scanner
from teller_assist.workflow.scanned import Scanned, ScannedPicture
from teller_assist.workflow.workers import Work, Workers

SCANS_BY_ITSELF = 6  # then the scanner rests, and the teller's key asks: nobody wants a lamp that never goes out
_AGAIN_AFTER_S = 1.0
# What a hand that lays a card down looks like; everything else is told at once.
_NOT_THERE_YET = frozenset({ScanFinding.BLANK, ScanFinding.NO_DOCUMENT, ScanFinding.NOT_SHARP, ScanFinding.COVERED})


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
    """

    def __init__(self, reader: DocumentReader, workers: Workers, change: ScanChange, number: Callable[[], str]) -> None:
        self._reader, self._workers, self._change, self._number = reader, workers, change, number

    def warm(self, get_ready: Callable[[], object]) -> None:
        """Get the reader ready ahead of the first scan; a failure is met again there."""
        self._workers.submit(Work.DOCUMENT, _warm, get_ready)

    def scan(self, scanner: Scanner, asked: threading.Event, *, scans_most: int) -> None:
        """Scan and read, again while nothing lies there yet, until something was read or it was scanned so often."""
        self._workers.submit(Work.DOCUMENT, self._told, lambda: self._scan(scanner, asked, scans_most), asked)

    def read_box(self, picture: ScannedPicture, quad: Points, asked: threading.Event) -> None:
        """Read a scan again, the document where the teller says."""
        self._workers.submit(Work.DOCUMENT, self._told, lambda: self._read(picture, quad, asked), asked)

    def _told(self, work: Callable[[], object], asked: threading.Event) -> None:
        if asked.is_set():
            return
        try:
            work()
        except KnownError as error:
            told = error_sentences(error)
            self._change(asked, lambda scanned: scanned.failed(told))
        except Exception:
            own_fault = sentence("program", "own_fault")
            self._change(asked, lambda scanned: scanned.failed(own_fault))
            raise

    def _scan(self, scanner: Scanner, asked: threading.Event, scans_most: int) -> None:
        for left in reversed(range(scans_most)):
            picture = ScannedPicture.of(scanner.scan(asked))
            if asked.is_set() or self._read(picture, None, asked, again=left > 0) is None or asked.wait(_AGAIN_AFTER_S):
                return

    def _read(
        self, picture: ScannedPicture, quad: Points | None, asked: threading.Event, *, again: bool = False
    ) -> ScanFinding | None:
        """Read one scan, and return why it should be scanned again; None where it need not."""
        self._change(asked, lambda scanned: scanned.reading(picture))
        started_s = time.perf_counter()
        reading = self._reader.read(picture.whole, quad=quad, cancel=asked)
        read_ms = 1000 * (time.perf_counter() - started_s)
        if again and reading.finding in _NOT_THERE_YET:
            told = sentence("scan", reading.finding)
            self._change(asked, lambda scanned: scanned.waiting(told))
            return reading.finding
        number = self._number()
        self._change(asked, lambda scanned: scanned.read(reading, number), read_ms=read_ms)
        return None


def _warm(get_ready: Callable[[], object]) -> None:
    with suppress(KnownError):
        get_ready()
