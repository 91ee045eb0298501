"""Waiting under a document camera until a scan is worth taking; what is seen meanwhile is told, and every frame is dropped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from teller_assist.documents.steadiness import Capture, CaptureRule
from teller_assist.wording import Sentences, sentence
from teller_assist.workflow.equipment import Scanner

GIVEN_UP_AFTER_S = 60.0  # without a scan; then the teller's key asks
_FRAME_PERIOD_S = 1 / 8  # looking for a card costs a tenth of a second, and nothing lies still sooner for being looked at more
_TOLD_AFTER_S = 0.5
# Codes of the wording group ``scan_watch``; what was taken is the reading's to tell.
_TOLD_AS: Mapping[Capture, str] = {
    Capture.MOVING: "settling",
    Capture.SETTLING: "settling",
    Capture.NO_CARD: "no_card",
    Capture.NOT_SHARP: "not_sharp",
}


class ScanWatch:
    """Watches one scanner's preview for one request; used by one thread.

    Parameters
    ----------
    rule
        Says what a frame means; of this watch alone.
    tell
        Takes two sentences: what is seen, what to do.
    """

    def __init__(self, scanner: Scanner, rule: CaptureRule, tell: Callable[[Sentences], None]) -> None:
        self._scanner, self._rule = scanner, rule
        self._line = SeenLine(tell)

    def wait_for_card(self, asked: threading.Event) -> bool:
        """Return once a card should be scanned, with True; with False where nobody waits any more, or none came for a minute.

        Raises
        ------
        KnownError
            The scanner delivers no preview.
        """
        until_s = time.monotonic() + GIVEN_UP_AFTER_S
        while not asked.is_set() and (began_s := time.monotonic()) < until_s:
            frame = self._scanner.preview_frame(asked)
            seen_s = time.monotonic()
            seen = self._rule.see(frame, seen_s)
            del frame
            if seen is Capture.TAKE:
                self._line.leave_to_reading()
                return True
            self._line.see(seen, seen_s)
            asked.wait(max(0.0, began_s + _FRAME_PERIOD_S - time.monotonic()))
        return False


class SeenLine:
    """Tells what is seen once it has been so for half a second: the teller's line must not flicker."""

    def __init__(self, tell: Callable[[Sentences], None]) -> None:
        self._tell = tell
        self._seen = self._told = _TOLD_AS[Capture.MOVING]
        self._since_s = 0.0
        self._reading_tells = False
        tell(sentence("scan_watch", self._told))

    def see(self, capture: Capture, at_s: float) -> None:
        """Take what one more frame means, at a time in seconds, rising."""
        if self._reading_tells and capture is not Capture.MOVING:
            return
        self._reading_tells = False
        code = _TOLD_AS.get(capture, self._seen)
        if code != self._seen:
            self._seen, self._since_s = code, at_s
        if code != self._told and at_s - self._since_s >= _TOLD_AFTER_S:
            self._told = code
            self._tell(sentence("scan_watch", code))

    def leave_to_reading(self) -> None:
        """Say nothing until something moves: what the reading says of the scan stands."""
        self._reading_tells = True
        self._seen = self._told = ""
