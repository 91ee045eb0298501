"""What is written over the preview: one hint, a few marks, and what presentation attack detection says."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.evidence.measurements import AssessedQuality, QualityComponent, QualityName
from teller_assist.evidence.presentation import PadReading, PadState
from teller_assist.wording import Sentences, codes, sentence
from teller_assist.workflow.counter_session import CHOOSING, SessionState
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.view import CaptureView, Chip, Mark

# Chip -> the components it sums up and the advice that marks it.
_CHIPS: dict[str, tuple[frozenset[QualityName], frozenset[str]]] = {
    "light": (
        frozenset({QualityName.UNDER_EXPOSURE_PREVENTION, QualityName.OVER_EXPOSURE_PREVENTION}),
        frozenset({"picture_dark", "picture_bright"}),
    ),
    "sharpness": (frozenset({QualityName.SHARPNESS}), frozenset({"picture_blurred"})),
    "pose": (
        frozenset(
            {
                QualityName.HEAD_POSE_YAW,
                QualityName.HEAD_POSE_PITCH,
                QualityName.HEAD_POSE_ROLL,
                QualityName.MOUTH_OCCLUSION_PREVENTION,
            }
        ),
        frozenset({"head_turned", "head_raised_or_lowered", "head_tilted", "picture_turned", "mouth_covered"}),
    ),
    "distance": (frozenset({QualityName.INTER_EYE_DISTANCE}), frozenset({"face_small"})),
}
_PAD_MARKS = {
    PadState.BONA_FIDE: Mark.GOOD,
    PadState.ATTACK: Mark.BAD,
    PadState.UNCERTAIN: Mark.ATTENTION,
    PadState.NOT_AVAILABLE: Mark.UNKNOWN,
    PadState.NOT_APPLICABLE: Mark.UNKNOWN,
}


@dataclass(frozen=True)
class Watched:
    """What the newest look at the face showed.

    Attributes
    ----------
    hint
        Code of the wording group ``hint`` or ``advice``; "" for none.
    quality
        Empty where no face was seen.
    pad
        None before the first look.
    """

    hint: str
    quality: tuple[QualityComponent, ...]
    advice: tuple[str, ...]
    pad: PadReading | None

    def looks_different(self, other: Watched) -> bool:
        """Return whether a person would see a difference; numbers that change with every frame are not shown."""
        return (self.hint, self.advice, self.pad, bool(self.quality)) != (
            other.hint,
            other.advice,
            other.pad,
            bool(other.quality),
        )


NOTHING_WATCHED = Watched("", (), (), None)


def capture_view(
    state: SessionState, customer: Customer | None, watched: Watched, *, stalled: bool, blanked: bool
) -> CaptureView:
    """Return what is written over the preview."""
    permitted = customer is not None and customer.consent is not None
    looking = permitted and state in (*CHOOSING, SessionState.HELD)
    reading = customer.pad if customer is not None and customer.pad is not None else watched.pad if looking else None
    return CaptureView(
        permitted=permitted,
        hint=_hint(state, watched) if looking else None,
        captured=customer is not None and customer.capture is not None,
        stalled=stalled,
        quality=_quality(watched) if looking else (),
        pad=None if reading is None else _pad(reading),
        blanked=blanked,
        may_point=permitted and state in CHOOSING,
        imported=customer is not None and customer.imported,
    )


def _hint(state: SessionState, watched: Watched) -> Sentences | None:
    if state is SessionState.HELD:
        return sentence("hint", "waiting_for_card")
    if not watched.hint:
        return None if watched.quality else sentence("hint", "look_at_camera")
    return sentence("hint" if watched.hint in codes("hint") else "advice", watched.hint)


def _quality(watched: Watched) -> tuple[Chip, ...]:
    assessed = {one.name for one in watched.quality if isinstance(one, AssessedQuality)}
    return tuple(
        Chip(code, Mark.ATTENTION if advice & set(watched.advice) else Mark.GOOD if names & assessed else Mark.UNKNOWN)
        for code, (names, advice) in _CHIPS.items()
        if watched.quality
    )


def _pad(reading: PadReading) -> Chip:
    return Chip(reading.state.value, _PAD_MARKS[reading.state], sentence("pad_why", reading.why[0]))
