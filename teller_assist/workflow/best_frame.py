"""Which of many frames becomes the probe, and the one sentence that helps the customer to give a better one."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.evidence.frames import CameraFrame
from teller_assist.evidence.measurements import AssessedQuality
from teller_assist.face.measurement import SeenFace
from teller_assist.face.selection import ADVICE_CHOSEN, ADVICE_LARGEST_USED
from teller_assist.settings.schema import CaptureSettings

# A hint stays until another one has lasted this long: two hints that alternate ten times a second help nobody.
HINT_STEADY_S = 0.6

# Features of so many good frames of one person are averaged. Simulated on development people, three frames rendered anew from one
# photograph: 0.7 to 1.2 points more pass at FMR 1e-4 than with one, a fourth adds nothing; each costs the time of one extraction.
FRAMES_AVERAGED = 3


@dataclass(frozen=True, eq=False)
class SeenFrame:
    """A frame and the face seen in it.

    Attributes
    ----------
    pointed_at
        Where the face was looked for, in shares of the frame; None: the largest one was.
    """

    frame: CameraFrame
    seen: SeenFace
    pointed_at: tuple[float, float] | None = None

    @property
    def is_good(self) -> bool:
        """Whether nothing about the face calls for coaching."""
        return not coaching(self.seen)

    @property
    def weakest_quality(self) -> int:
        """0 to 100: the lowest assessed component, since one bad component spoils the features."""
        return min((one.value for one in self.seen.quality if isinstance(one, AssessedQuality)), default=0)


def coaching(seen: SeenFace) -> tuple[str, ...]:
    """Return the advice that a customer can act on."""
    return tuple(code for code in seen.advice if code not in (ADVICE_LARGEST_USED, ADVICE_CHOSEN))


def bystander(seen: SeenFace) -> str:
    """Return the advice about another face in the picture, which spoils nothing but may be told; "" where there is none."""
    return ADVICE_LARGEST_USED if ADVICE_LARGEST_USED in seen.advice else ""


class BestFrameChooser:
    """Chooses the best of the frames seen over a short time.

    A good frame opens a short window in which a still better one may come. Without any good frame the best one so far is taken
    once patience is over: the reading then carries the advice, and nobody is nagged for ever.
    """

    def __init__(self, settings: CaptureSettings) -> None:
        self._settings = settings
        self.restart()

    def restart(self) -> None:
        """Forget every frame."""
        self._best: SeenFrame | None = None
        self._first_seen_s: float | None = None
        self._first_good_s: float | None = None
        self._good: list[SeenFrame] = []

    def companions(self, chosen: SeenFrame) -> tuple[SeenFace, ...]:
        """Return what was seen in the next best good frames of the same person; none beside a frame that calls for coaching."""
        if not chosen.is_good:
            return ()
        return tuple(one.seen for one in self._good if one is not chosen)[: FRAMES_AVERAGED - 1]

    def offer(self, candidate: SeenFrame, *, at_once: bool = False) -> SeenFrame | None:
        """Look at one more frame; returns the chosen one as soon as the choice is made.

        Parameters
        ----------
        at_once
            The teller does not want to wait: the best one so far is it.
        """
        now_s = candidate.frame.received_s
        if self._first_seen_s is None:
            self._first_seen_s = now_s
        if candidate.is_good:
            self._first_good_s = now_s if self._first_good_s is None else self._first_good_s
            # The older first among equals: a later one was no better. No more than can be used: frames are large.
            self._good = sorted([*self._good, candidate], key=_rank, reverse=True)[:FRAMES_AVERAGED]
        if self._best is None or _rank(candidate) > _rank(self._best):
            self._best = candidate
        window_over = self._first_good_s is not None and now_s - self._first_good_s >= self._settings.window_s
        patience_over = now_s - self._first_seen_s >= self._settings.patience_s
        return self._best if window_over or patience_over or at_once else None


def _rank(one: SeenFrame) -> tuple[bool, int]:
    return one.is_good, one.weakest_quality


class HintKeeper:
    """Holds the one hint that is shown, steady enough to be read."""

    def __init__(self) -> None:
        self.shown = ""
        self._wanted = ""
        self._wanted_since_s = float("-inf")

    def offer(self, code: str, at_s: float) -> str:
        """Take what the newest frame calls for ("" for nothing) and return what to show."""
        if code != self._wanted:
            self._wanted, self._wanted_since_s = code, at_s
        if not self.shown or at_s - self._wanted_since_s >= HINT_STEADY_S:
            self.shown = self._wanted
        return self.shown
