"""From what the detectors saw to one reading. No error rate stands behind it: APCER and BPCER cannot be stated from our data.

passive detector (model) --+
frames (FrameWatch) -------+--> PadReading
track (FaceTrack) ---------+
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from teller_assist.evidence.presentation import PadReading, PadState
from teller_assist.pad.frames import FrameEvidence
from teller_assist.pad.limits import PadLimits, PassiveLimits


class PadWhy(StrEnum):
    """What a reading rests on; codes of the wording group ``pad_why``."""

    FRAME_REPEAT = "frame_repeat"
    PASSIVE_ATTACK = "passive_attack"
    FRAMES_FROZEN = "frames_frozen"
    TRACK_BROKEN = "track_broken"
    PASSIVE_UNCERTAIN = "passive_uncertain"
    TOO_FEW_FRAMES = "too_few_frames"
    PASSIVE_BONA_FIDE = "passive_bona_fide"
    PASSIVE_MODEL_MISSING = "passive_model_missing"
    PASSIVE_MODEL_ALTERED = "passive_model_altered"
    NO_FACE_CAPTURED = "no_face_captured"
    PICTURE_IMPORTED = "picture_imported"


@dataclass(frozen=True)
class PassiveAbsent:
    """The passive detector is not on this machine.

    Attributes
    ----------
    why
        PASSIVE_MODEL_MISSING or PASSIVE_MODEL_ALTERED.
    """

    why: PadWhy


@dataclass(frozen=True)
class PassiveScores:
    """What the passive detector gave, one PAD score a frame of the face that is followed now.

    Attributes
    ----------
    scores
        0 to 1, higher is more likely bona fide, in the order of the frames.
    """

    scores: tuple[float, ...]


NOT_APPLICABLE = PadReading(PadState.NOT_APPLICABLE, (PadWhy.NO_FACE_CAPTURED,))
NOT_LIVE = PadReading(PadState.NOT_AVAILABLE, (PadWhy.PICTURE_IMPORTED,))


def assess(passive: PassiveScores | PassiveAbsent, frames: FrameEvidence, *, track_broken: bool, limits: PadLimits) -> PadReading:
    """Return the reading for one capture; for a customer without one it is ``NOT_APPLICABLE``.

    BONA_FIDE needs the model: a stream without a flaw proves no living person. An absent model is never an ATTACK.

    Parameters
    ----------
    track_broken
        The face that the capture was taken from is no longer followed, or was not followed throughout.
    """
    if frames.looped:
        return PadReading(PadState.ATTACK, (PadWhy.FRAME_REPEAT, *_model_says(passive, limits.passive)))
    broken = _broken(frames, track_broken=track_broken)
    model = _model_reading(passive, limits.passive)
    if model.state is PadState.ATTACK or not broken:
        return PadReading(model.state, (*model.why, *broken))
    return PadReading(PadState.UNCERTAIN, (*broken, *model.why))


def _broken(frames: FrameEvidence, *, track_broken: bool) -> tuple[PadWhy, ...]:
    frozen = (PadWhy.FRAMES_FROZEN,) if frames.frozen else ()
    return (*frozen, PadWhy.TRACK_BROKEN) if track_broken else frozen


def _model_says(passive: PassiveScores | PassiveAbsent, limits: PassiveLimits) -> tuple[str, ...]:
    """Return the model's word beside a loop where it points the same way; a loop of a living person still is a loop."""
    model = _model_reading(passive, limits)
    return model.why if model.state is PadState.ATTACK else ()


def _model_reading(passive: PassiveScores | PassiveAbsent, limits: PassiveLimits) -> PadReading:
    if isinstance(passive, PassiveAbsent):
        return PadReading(PadState.NOT_AVAILABLE, (passive.why,))
    count = len(passive.scores)
    if count < limits.frames_min:
        # Without a single frame there was nothing to judge; a few leave it open.
        return PadReading(PadState.UNCERTAIN if count else PadState.NOT_AVAILABLE, (PadWhy.TOO_FEW_FRAMES,))
    if sum(score < limits.attack_below for score in passive.scores) >= limits.attack_share * count:
        return PadReading(PadState.ATTACK, (PadWhy.PASSIVE_ATTACK,))
    if sum(score >= limits.bona_fide_from for score in passive.scores) >= limits.bona_fide_share * count:
        return PadReading(PadState.BONA_FIDE, (PadWhy.PASSIVE_BONA_FIDE,))
    return PadReading(PadState.UNCERTAIN, (PadWhy.PASSIVE_UNCERTAIN,))
