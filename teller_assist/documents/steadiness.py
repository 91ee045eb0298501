"""When to take a scan from a document camera without a click: a card lies there, it lies still, and it is sharp.

Asked of every frame that a scanner's preview delivers, while the station waits for a card.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.documents.locating.rectification import rectify
from teller_assist.documents.locating.search import CardCandidate, find_cards
from teller_assist.documents.looks import sharpness
from teller_assist.evidence.pictures import Pixels

# Motion is how much of the picture changed from one frame to the next, seen this small: a hand changes tenths of it, a sensor's
# noise and a lamp that flickers nothing. Between the two limits whatever was the case goes on being the case.
_SIDE_PX = 160
_CHANGED_LEVELS = 12.0
_MOVING_FROM, _STILL_BELOW = 0.015, 0.004
# A slow push changes little from frame to frame: against the frame where the stillness began it shows.
_DRIFT_FROM = 0.03

STILL_S = 0.5  # a card that was just laid down still slides, and autofocus hunts
_LOOK_EVERY_S = 0.6  # finding a card costs a tenth of a second
_LOOK_AGAIN_S = 2.0  # where none was found, or a blurred one was taken, and nothing has moved since
_CARD_SCORE = 0.8  # nineteen cards in twenty have more; a form that is taken for one costs a scan that says so
# A reading can do with less (``looks.SHARP_FROM``), but a scan that nobody asked for should be a good one.
_SHARP_FROM = 0.18
# Strokes of drawn cards: 20 to 43 levels, half as bright 13 and more while sharp enough; out of focus by 7 card pixels or more
# (sigma) at most 8, and noise alone makes them pass for sharp.
_FAINTEST = 9.0
# By then a lens has focused. What still is not sharp is a smeared lens or a coarse preview, as where the card is less than 320
# pixels wide: the reading is to say.
_PATIENCE_S = 5.0


class Capture(StrEnum):
    """What the preview shows, or what is to be done."""

    MOVING = "moving"
    SETTLING = "settling"  # still, not long enough
    NO_CARD = "no_card"  # still, but no card lies there
    NOT_SHARP = "not_sharp"  # a card lies there still, blurred; taken all the same once, if it stays so
    TAKE = "take"  # now; told once
    TAKEN = "taken"  # until something moves


class CaptureRule:
    """Watches the frames of one preview; used by one thread.

    Parameters
    ----------
    find
        What finds cards in a frame.
    """

    def __init__(self, find: Callable[[Pixels], Sequence[CardCandidate]] = find_cards) -> None:
        self._find = find
        self._last: npt.NDArray[np.float32] | None = None
        self._first_still: npt.NDArray[np.float32] | None = None
        self._still_since_s = 0.0
        self._looked_s = -np.inf
        self._tried = False  # a blurred card was taken
        self._answer = Capture.MOVING

    def see(self, frame: Pixels, at_s: float) -> Capture:
        """Return what one more frame means.

        Parameters
        ----------
        frame
            uint8, shape (height, width, 3), BGR; frames may come at any pace, of one size.
        at_s
            When it was taken, in seconds, rising.
        """
        small = _small(frame)
        last, self._last = self._last, small
        if last is None or last.shape != small.shape or self._moves(small, last):
            return self._begin_again(at_s)
        if self._first_still is None:
            return self._begin_again(at_s) if _changed(small, last) >= _STILL_BELOW else self._begin_stillness(small, at_s)
        if self._is_to_be_looked_at(at_s):
            self._looked_s = at_s
            self._answer = self._look(frame)
            if self._is_to_be_taken(at_s):
                return Capture.TAKE
        return self._answer

    def _is_to_be_looked_at(self, at_s: float) -> bool:
        pause_s = _LOOK_AGAIN_S if self._answer is Capture.NO_CARD or self._tried else _LOOK_EVERY_S
        long_still = at_s - self._still_since_s >= STILL_S
        return self._answer is not Capture.TAKEN and long_still and at_s - self._looked_s >= pause_s

    def _is_to_be_taken(self, at_s: float) -> bool:
        if self._answer is Capture.NOT_SHARP and not self._tried and at_s - self._still_since_s >= _PATIENCE_S:
            self._tried = True
            return True
        return self._answer is Capture.TAKEN

    def _moves(self, small: npt.NDArray[np.float32], last: npt.NDArray[np.float32]) -> bool:
        drifted = self._first_still is not None and _changed(small, self._first_still) >= _DRIFT_FROM
        return drifted or _changed(small, last) >= _MOVING_FROM

    def _begin_again(self, at_s: float) -> Capture:
        self._first_still = None
        self._still_since_s = at_s
        self._answer = Capture.MOVING
        return self._answer

    def _begin_stillness(self, small: npt.NDArray[np.float32], at_s: float) -> Capture:
        self._first_still = small
        self._still_since_s = at_s
        self._looked_s = -np.inf
        self._tried = False
        self._answer = Capture.SETTLING
        return self._answer

    def _look(self, frame: Pixels) -> Capture:
        cards = [candidate for candidate in self._find(frame) if candidate.score >= _CARD_SCORE]
        if not cards:
            return Capture.NO_CARD
        sharp = sharpness(rectify(frame, cards[0].quad), faintest=_FAINTEST) >= _SHARP_FROM
        return Capture.TAKEN if sharp else Capture.NOT_SHARP


def _small(frame: Pixels) -> npt.NDArray[np.float32]:
    scale = min(1.0, _SIDE_PX / max(frame.shape[:2]))
    size = (max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale)))
    grey = cv2.cvtColor(np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA)), cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, np.float32)


def _changed(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    """Return the share of the picture that differs, the light of the whole picture aside."""
    difference = one - other
    return float((np.abs(difference - np.median(difference)) >= _CHANGED_LEVELS).mean())
