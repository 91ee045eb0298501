"""What is said of a capture, from numbers alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.evidence.presentation import PadState
from teller_assist.pad.assessment import NOT_APPLICABLE, PadWhy, PassiveAbsent, PassiveScores, assess
from teller_assist.pad.frames import FrameEvidence
from teller_assist.pad.limits import PadLimits
from teller_assist.wording import codes, sentence

LIVE = FrameEvidence(frames=60, frozen=False, repeats=0, looped=False)
FROZEN = FrameEvidence(frames=60, frozen=True, repeats=0, looped=False)
LOOPED = FrameEvidence(frames=60, frozen=False, repeats=12, looped=True)
MISSING = PassiveAbsent(PadWhy.PASSIVE_MODEL_MISSING)
ALTERED = PassiveAbsent(PadWhy.PASSIVE_MODEL_ALTERED)

EVIDENCE = st.builds(
    FrameEvidence, frames=st.integers(0, 2000), frozen=st.booleans(), repeats=st.integers(0, 50), looped=st.booleans()
)
SCORES = st.builds(PassiveScores, st.lists(st.floats(0, 1), max_size=12).map(tuple))
ABSENT = st.sampled_from([MISSING, ALTERED])


def scores(*values: float) -> PassiveScores:
    return PassiveScores(values)


@pytest.mark.parametrize(
    ("passive", "frames", "track_broken", "state", "why"),
    [
        # the model speaks
        (scores(0.9, 0.95, 0.99), LIVE, False, "bona_fide", ["passive_bona_fide"]),
        (scores(0.9, 0.95, 0.3, 0.9, 0.9), LIVE, False, "bona_fide", ["passive_bona_fide"]),
        (scores(0.01, 0.02, 0.0), LIVE, False, "attack", ["passive_attack"]),
        (scores(0.01, 0.02, 0.0, 0.1, 0.9), LIVE, False, "attack", ["passive_attack"]),
        (scores(0.01, 0.02, 0.6), LIVE, False, "uncertain", ["passive_uncertain"]),
        (scores(0.3, 0.4, 0.3), LIVE, False, "uncertain", ["passive_uncertain"]),
        (scores(0.9, 0.1, 0.9, 0.1), LIVE, False, "uncertain", ["passive_uncertain"]),
        # one frame is no reading, neither way
        (scores(0.0), LIVE, False, "uncertain", ["too_few_frames"]),
        (scores(1.0, 1.0), LIVE, False, "uncertain", ["too_few_frames"]),
        (scores(), LIVE, False, "not_available", ["too_few_frames"]),
        # no model
        (MISSING, LIVE, False, "not_available", ["passive_model_missing"]),
        (ALTERED, LIVE, False, "not_available", ["passive_model_altered"]),
        (MISSING, FROZEN, False, "uncertain", ["frames_frozen", "passive_model_missing"]),
        (MISSING, LIVE, True, "uncertain", ["track_broken", "passive_model_missing"]),
        (MISSING, LOOPED, False, "attack", ["frame_repeat"]),
        # a flaw of the stream beside the model
        (scores(0.9, 0.9, 0.9), FROZEN, False, "uncertain", ["frames_frozen", "passive_bona_fide"]),
        (scores(0.9, 0.9, 0.9), LIVE, True, "uncertain", ["track_broken", "passive_bona_fide"]),
        (scores(0.9, 0.9, 0.9), FROZEN, True, "uncertain", ["frames_frozen", "track_broken", "passive_bona_fide"]),
        (scores(0.9, 0.9, 0.9), LOOPED, False, "attack", ["frame_repeat"]),
        (scores(0.0, 0.0, 0.0), LOOPED, True, "attack", ["frame_repeat", "passive_attack"]),
        (scores(0.0, 0.0, 0.0), FROZEN, False, "attack", ["passive_attack", "frames_frozen"]),
    ],
)
def test_the_reading(
    passive: PassiveScores | PassiveAbsent,
    frames: FrameEvidence,
    track_broken: bool,
    state: str,
    why: list[str],
    limits: PadLimits,
) -> None:
    reading = assess(passive, frames, track_broken=track_broken, limits=limits)
    assert (reading.state.value, [str(one) for one in reading.why]) == (state, why)


@given(ABSENT, EVIDENCE, st.booleans())
def test_without_the_model_nothing_but_a_loop_is_an_attack_and_nothing_is_bona_fide(
    limits: PadLimits, passive: PassiveAbsent, frames: FrameEvidence, broken: bool
) -> None:
    state = assess(passive, frames, track_broken=broken, limits=limits).state
    assert (state is PadState.ATTACK) == frames.looped
    assert state is not PadState.BONA_FIDE


@given(SCORES, EVIDENCE, st.booleans())
def test_bona_fide_needs_several_frames_and_an_unbroken_stream(
    limits: PadLimits, passive: PassiveScores, frames: FrameEvidence, broken: bool
) -> None:
    reading = assess(passive, frames, track_broken=broken, limits=limits)
    assert reading.why
    assert len(set(reading.why)) == len(reading.why)
    if reading.state is PadState.BONA_FIDE:
        assert len(passive.scores) >= limits.passive.frames_min
        assert not any((frames.looped, frames.frozen, broken))
    if reading.state is PadState.ATTACK and not frames.looped:
        assert sum(score < limits.passive.attack_below for score in passive.scores) >= limits.passive.frames_min * 0.8


@given(SCORES, st.integers(0, 11))
def test_a_higher_score_never_turns_a_reading_towards_an_attack(limits: PadLimits, passive: PassiveScores, place: int) -> None:
    order = [PadState.ATTACK, PadState.UNCERTAIN, PadState.BONA_FIDE]
    if not passive.scores:
        return
    raised = list(passive.scores)
    raised[place % len(raised)] = 1.0
    before = assess(passive, LIVE, track_broken=False, limits=limits).state
    after = assess(scores(*raised), LIVE, track_broken=False, limits=limits).state
    assert order.index(after) >= order.index(before)


def test_documents_only_is_not_applicable() -> None:
    assert (NOT_APPLICABLE.state, NOT_APPLICABLE.why) == (PadState.NOT_APPLICABLE, ("no_face_captured",))


def test_every_state_and_every_why_has_words() -> None:
    assert set(codes("pad_state")) == {state.value for state in PadState}
    assert set(codes("pad_why")) == {why.value for why in PadWhy}
    assert "被动活体检测不可用" in sentence("pad_why", "passive_model_missing").zh


def test_no_rate_is_claimed() -> None:
    for code in codes("pad_why"):
        words = sentence("pad_why", code)
        assert not any(letter.isdigit() for letter in words.zh + words.en)
        assert not any(word in words.en for word in ("APCER", "BPCER", "accura"))
