"""Watches the face before the camera: which frame to keep, what to tell the customer, whether it is still the same person.

Called by the pipeline on its capture and measure threads; tells the station in few words.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from teller_assist.errors import ModelError, QualityTooLowError
from teller_assist.evidence.frames import CameraFrame
from teller_assist.evidence.measurements import QualityComponent
from teller_assist.evidence.presentation import PadReading
from teller_assist.pad.assessment import PassiveScores, assess
from teller_assist.pad.continuity import FaceTrack, TrackEvent
from teller_assist.pad.frames import FrameWatch
from teller_assist.settings.schema import CaptureSettings
from teller_assist.workflow.best_frame import BestFrameChooser, HintKeeper, SeenFrame, bystander, coaching
from teller_assist.workflow.capture_view import NOTHING_WATCHED, Watched
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.pipeline import PipelineListener
from teller_assist.workflow.triangle import MeasuredPhoto

_PASSIVE_FRAMES = 50  # five seconds of looks: what was seen longer ago says little about who stands there now


@dataclass(frozen=True, eq=False)
class FaceFound:
    """The chosen frame, measured, and what presentation attack detection says about it."""

    capture: MeasuredPhoto
    pad: PadReading


class FaceWatch:
    """What the frames of one customer show.

    Parameters
    ----------
    on_found
        The best frame is chosen and measured. This and the two that follow get first which look it belongs to (``look``).
    on_pad
        Presentation attack detection says something else about the captured person, who is still there.
    on_lost
        The face is gone, or another one is in its place.
    on_failed
        A network does not run: no face can be looked for, and the teller goes on by hand.
    on_change
        A hint or a quality chip changed.

    Attributes
    ----------
    look
        Number of the present look: rises with every ``restart``. What still comes from an earlier one is of no interest.
    """

    def __init__(
        self,
        instruments: Instruments,
        settings: CaptureSettings,
        *,
        on_found: Callable[[int, FaceFound], None],
        on_pad: Callable[[int, PadReading], None],
        on_lost: Callable[[int], None],
        on_failed: Callable[[ModelError], None],
        on_change: Callable[[], None],
    ) -> None:
        self._instruments = instruments
        self._settings = settings
        self._on_found, self._on_pad, self._on_lost, self._on_change = on_found, on_pad, on_lost, on_change
        self._on_failed = on_failed
        self._chooser = BestFrameChooser(settings)
        self.look = 0
        self._look_now = 0  # the measure thread's
        self._pointer_lock = threading.Lock()
        self._pointed_at: tuple[float, float] | None = None
        self._wanted_at_once = -1  # the look in which the teller does not wait for a better frame
        self._captured: tuple[int, PadReading] | None = None  # the captured person's track, and what was told about it
        self._forget()
        self.choosing = False
        self.shown: Watched = NOTHING_WATCHED

    def restart(self) -> None:
        """Forget everything at the next frame; the station calls it, from any thread, under its lock."""
        with self._pointer_lock:
            self._pointed_at = None
        self.look += 1
        self.shown = NOTHING_WATCHED

    def point_at(self, place: tuple[float, float]) -> None:
        """Look anew, for the face at a place (shares of the frame) instead of the largest; called like ``restart``.

        The place follows the face. Once the face is gone, the station begins anew, with the largest one.
        """
        self.restart()
        with self._pointer_lock:
            self._pointed_at = place

    def take_at_once(self) -> None:
        """Take the best frame so far at the next face; the station calls it, from any thread, under its lock."""
        self._wanted_at_once = self.look

    @property
    def pointed_at(self) -> tuple[float, float] | None:
        """Where to look for the face, in shares of the frame; None: the largest one is meant."""
        return self._pointed_at

    def listening(self, frame_shown: Callable[[], None], camera_stalled: Callable[[bool], None]) -> PipelineListener:
        """Return the listener for a new pipeline."""
        return _Listener(self, frame_shown, camera_stalled)

    def frame_came(self, frame: CameraFrame) -> None:
        """Note a frame before any detector sees it (capture thread)."""
        self._frames.add(frame)

    def face_seen(self, found: SeenFrame) -> None:
        """Note a face (measure thread)."""
        self._restart_if_asked()
        if (found.pointed_at is None) != (self._pointed_at is None):
            return  # looked at before the teller pointed, or before that was over: perhaps another face
        if self._followed(found):
            return
        self._follow_pointer(found)
        self._note_passive(found)
        hints = coaching(found.seen)
        self._show(hints[0] if hints else bystander(found.seen), found.frame.received_s, found.seen.quality, hints)
        if self.choosing:
            chosen = self._chooser.offer(found, at_once=self._wanted_at_once == self._look_now)
            if chosen is not None:
                self._keep(chosen)
        elif self._captured is not None:
            self._watch_captured(*self._captured)

    def _watch_captured(self, track: int, told: PadReading) -> None:
        """Say so when more frames of the captured person change the reading: a loop or a frozen stream takes seconds to show."""
        reading = self._reading()
        if self._track.number == track and reading != told:
            self._captured = (track, reading)
            self._on_pad(self._look_now, reading)

    def face_not_seen(self, reason: str, at_s: float) -> None:
        """Note a frame without a usable face (measure thread)."""
        self._restart_if_asked()
        if self._track.add(None, at_s) is TrackEvent.LOST:
            self._lose()
        self._show(reason, at_s, (), ())

    def measuring_failed(self, error: ModelError) -> None:
        """Pass on that a network does not run (measure thread)."""
        self._on_failed(error)

    def _followed(self, found: SeenFrame) -> bool:
        """Follow the face; returns whether it was lost, another one being there now."""
        event = self._track.add(found.seen.face, found.frame.received_s)
        if event is TrackEvent.JUMPED:
            self._lose()
        return event is TrackEvent.JUMPED

    def _follow_pointer(self, found: SeenFrame) -> None:
        face, (height, width) = found.seen.face, found.frame.pixels.shape[:2]
        with self._pointer_lock:
            if found.pointed_at is not None and found.pointed_at == self._pointed_at:  # nobody pointed elsewhere meanwhile
                self._pointed_at = (face.x_px + face.width_px / 2) / width, (face.y_px + face.height_px / 2) / height

    def _lose(self) -> None:
        self._captured = None
        self._chooser.restart()
        self._passive_scores.clear()
        self._on_lost(self._look_now)

    def _note_passive(self, found: SeenFrame) -> None:
        passive = self._instruments.passive
        if passive is None:
            return
        with suppress(QualityTooLowError):  # a face at the very edge of the frame says nothing either way
            self._passive_scores.append(passive.pad_score(found.frame.as_picture("probe"), found.seen.face))

    def _keep(self, chosen: SeenFrame) -> None:
        """Extract the features of the chosen frame once, averaged with those of its companions."""
        companions = self._chooser.companions(chosen)
        self._chooser.restart()
        measurer = self._instruments.measurer
        if measurer is None:
            return
        try:
            measurement = measurer.extract(chosen.seen, companions)
        except QualityTooLowError as error:
            self._show(error.reason, chosen.frame.received_s, chosen.seen.quality, ())
            return
        reading = self._reading()
        self._captured = (self._track.number, reading)
        self._on_found(self._look_now, FaceFound(MeasuredPhoto.of(chosen.frame.as_picture("probe"), measurement), reading))

    def _reading(self) -> PadReading:
        absent = self._instruments.passive_absent
        passive = PassiveScores(tuple(self._passive_scores)) if absent is None else absent
        return assess(
            passive, self._frames.evidence, track_broken=not self._track.is_followed, limits=self._instruments.pad_limits
        )

    def _show(self, hint: str, at_s: float, quality: tuple[QualityComponent, ...], advice: tuple[str, ...]) -> None:
        watched = Watched(self._hints.offer(hint, at_s), quality, advice, self._reading())
        changed = watched.looks_different(self.shown)
        self.shown = watched
        if changed:
            self._on_change()

    def _restart_if_asked(self) -> None:
        look = self.look
        if look != self._look_now:
            self._look_now = look
            self._chooser.restart()
            self._forget()

    def _forget(self) -> None:
        limits = self._instruments.pad_limits
        self._frames = FrameWatch(limits.frames)
        self._track = FaceTrack(limits.track, face_lost_s=self._settings.face_lost_s)
        self._passive_scores: deque[float] = deque(maxlen=_PASSIVE_FRAMES)
        self._hints = HintKeeper()
        self._captured = None


@dataclass(frozen=True)
class _Listener:
    """Hands the pipeline's calls to the watch and the station."""

    watch: FaceWatch
    shown: Callable[[], None]
    stalled: Callable[[bool], None]

    def frame_shown(self) -> None:
        self.shown()

    def frame_came(self, frame: CameraFrame) -> None:
        self.watch.frame_came(frame)

    def face_seen(self, seen: SeenFrame) -> None:
        self.watch.face_seen(seen)

    def face_not_seen(self, reason: str, at_s: float) -> None:
        self.watch.face_not_seen(reason, at_s)

    def measuring_failed(self, error: ModelError) -> None:
        self.watch.measuring_failed(error)

    def camera_stalled(self, stalled: bool) -> None:
        self.stalled(stalled)

    def pointed_at(self) -> tuple[float, float] | None:
        return self.watch.pointed_at
