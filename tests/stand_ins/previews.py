"""A document camera in a test's hands: what lies under its lens, and a rule for which time goes five times as fast."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import cycle

import cv2
import numpy as np

from teller_assist.documents.locating.search import CardCandidate
from teller_assist.documents.steadiness import Capture, CaptureRule
from teller_assist.errors import DeviceTimeoutError, KnownError
from teller_assist.evidence.pictures import Pixels
from tests.stand_ins.drawn_scans import corners_at, draw_card, lay, plain_desk
from tests.stand_ins.scans import ToldScanner

TIMES_FASTER = 5
SIZE_PX = (640, 480)
PLACE = corners_at((320, 240), 400, 4)
_SHIFT_PX = 40

MAT = plain_desk(size_px=SIZE_PX)
LYING = lay(MAT, draw_card(), PLACE)
BLURRED = np.asarray(cv2.GaussianBlur(LYING, (0, 0), 3.0), np.uint8)
ELSEWHERE = np.roll(LYING, _SHIFT_PX, axis=1)
IN_HAND = tuple(np.roll(LYING, shift_px, axis=1) for shift_px in (0, 60, 130, 70))
_LEFT_PX = int(np.flatnonzero(LYING[SIZE_PX[1] // 2, :, 1] > 150)[0])
_NOISE = [np.random.default_rng(number).normal(0, 3, (SIZE_PX[1], SIZE_PX[0], 3)) for number in range(3)]


def lying(pixels: Pixels) -> Iterator[Pixels]:
    """Frames of something that lies still, as a sensor sees it."""
    noisy = [np.clip(pixels + noise, 0, 255).astype(np.uint8) for noise in _NOISE]
    return cycle(noisy)


def moving() -> Iterator[Pixels]:
    """Frames of a card that a hand moves on and on."""
    return cycle(IN_HAND)


class PreviewingScanner(ToldScanner):
    """Shows under its lens what a test lays there; a preview that is to fail does so after a moment.

    Attributes
    ----------
    previewed
        Frames asked for.
    """

    previews = True

    def __init__(self) -> None:
        super().__init__()
        self.under_lens: Iterator[Pixels] | KnownError = lying(MAT)
        self.stalls = False
        self.previewed = 0
        self.talking = threading.Lock()

    def preview_frame(self, cancel: threading.Event) -> Pixels:
        assert self.talking.acquire(blocking=False), "one conversation at a time"
        try:
            self.previewed += 1
            if self.stalls:
                given_up = cancel.wait(0.1)
                raise DeviceTimeoutError(device="document_scanner", why="cancelled" if given_up else "time_limit")
            if isinstance(self.under_lens, KnownError):
                raise self.under_lens
            return next(self.under_lens)
        finally:
            self.talking.release()


class FastRule(CaptureRule):
    """The product's own rule with a quick search, for which time goes faster."""

    def __init__(self) -> None:
        super().__init__(find=_find)

    def see(self, frame: Pixels, at_s: float) -> Capture:
        return super().see(frame, at_s * TIMES_FASTER)


def _find(frame: Pixels) -> tuple[CardCandidate, ...]:
    """Return the card where anything bright lies on the mat: of where it lies exactly nothing depends."""
    columns = np.flatnonzero(frame[SIZE_PX[1] // 2, :, 1] > 150)
    if not columns.size:
        return ()
    return (CardCandidate(np.asarray(PLACE + np.array([columns[0] - _LEFT_PX, 0]), np.float32), 0.9),)
