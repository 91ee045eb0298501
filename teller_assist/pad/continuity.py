"""Whether the face before the camera is followed without a break: one that was away, or jumped, may be another person's."""

from __future__ import annotations

from enum import StrEnum

from teller_assist.evidence.pictures import FaceBox
from teller_assist.pad.limits import TrackLimits


class TrackEvent(StrEnum):
    """What one look at the camera did to the track."""

    STARTED = "started"  # a face where none was followed
    KEPT = "kept"  # the same one, or it is missing for less than the limit
    JUMPED = "jumped"  # a face somewhere else: a new track begins with it
    LOST = "lost"  # away for too long: said once
    ABSENT = "absent"  # no face, and none is followed


class FaceTrack:
    """Follows the chosen face from look to look. One thread.

    Parameters
    ----------
    limits
        From ``config/pad.toml``.
    face_lost_s
        Seconds without a face after which it counts as lost.
    """

    def __init__(self, limits: TrackLimits, *, face_lost_s: float) -> None:
        self._limits = limits
        self._face_lost_s = face_lost_s
        self._box: FaceBox | None = None
        self._seen_s = 0.0
        self.number = 0  # of the present track, or of the last one; 0 before the first
        self.started_s = 0.0

    @property
    def is_followed(self) -> bool:
        """Whether a face is followed now."""
        return self._box is not None

    def add(self, box: FaceBox | None, at_s: float) -> TrackEvent:
        """Note one look.

        Parameters
        ----------
        box
            The chosen face, in pixels of frames of one size; None: no face was found.
        at_s
            Monotonic clock, in seconds, not before the last look.
        """
        last = self._box
        if last is None:
            return TrackEvent.ABSENT if box is None else self._start(box, at_s, TrackEvent.STARTED)
        if box is None and at_s - self._seen_s < self._face_lost_s:
            return TrackEvent.KEPT
        if box is None:
            self._box = None
            return TrackEvent.LOST
        if at_s - self._seen_s >= self._face_lost_s or overlap(last, box) < self._limits.overlap_min:
            return self._start(box, at_s, TrackEvent.JUMPED)
        self._box, self._seen_s = box, at_s
        return TrackEvent.KEPT

    def _start(self, box: FaceBox, at_s: float, event: TrackEvent) -> TrackEvent:
        self._box, self._seen_s, self.started_s = box, at_s, at_s
        self.number += 1
        return event


def overlap(first: FaceBox, second: FaceBox) -> float:
    """Return how much of their union two boxes share, 0 to 1."""
    width_px = min(first.x_px + first.width_px, second.x_px + second.width_px) - max(first.x_px, second.x_px)
    height_px = min(first.y_px + first.height_px, second.y_px + second.height_px) - max(first.y_px, second.y_px)
    if width_px <= 0 or height_px <= 0:
        return 0.0
    shared_px2 = width_px * height_px
    return shared_px2 / (first.area_px2 + second.area_px2 - shared_px2)
