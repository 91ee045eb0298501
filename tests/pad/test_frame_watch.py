"""Frozen frames and looped clips, told by fingerprints alone. The clock is in the frames: nothing here waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.evidence.frames import CameraFrame
from teller_assist.evidence.pictures import Pixels
from teller_assist.pad.frames import NO_FRAMES, FrameEvidence, FrameWatch, fingerprint, sampled
from teller_assist.pad.limits import FrameLimits, PadLimits

FRAMES_PER_S = 30.0
LIMITS = FrameLimits(
    frozen_after_s=1.0, repeat_after_s=0.5, loop_frames=5, remembered_s=60.0, remembered_frames=1800, contrast_min=16
)


def scene(seed: int) -> Pixels:
    """One frame of a counter camera, small; every seed gives other noise."""
    return np.random.default_rng(seed).integers(40, 200, (48, 64, 3), dtype=np.uint8)


SCENES = [scene(seed) for seed in range(400)]


def watched(shown: Iterable[int], *, frames_per_s: float = FRAMES_PER_S, limits: FrameLimits = LIMITS) -> list[FrameEvidence]:
    watch = FrameWatch(limits)
    return [watch.add(CameraFrame(SCENES[number], sequence, sequence / frames_per_s)) for sequence, number in enumerate(shown)]


def first(evidence: Sequence[FrameEvidence], attribute: str) -> int:
    """The first frame at which it holds, -1 for never."""
    return next((place for place, one in enumerate(evidence) if getattr(one, attribute)), -1)


# ---------------------------------------------------------------- a live camera


def test_a_sensor_that_never_repeats_is_neither_frozen_nor_looped() -> None:
    last = watched(range(400))[-1]
    assert last == FrameEvidence(frames=400, frozen=False, repeats=0, looped=False)


def test_before_the_first_frame_nothing_is_said() -> None:
    assert FrameWatch(LIMITS).evidence == NO_FRAMES


def test_one_grey_level_of_noise_in_the_sample_tells_two_frames_apart() -> None:
    changed = SCENES[0].copy()
    changed[8, 25 // 3, 1] ^= 1
    assert fingerprint(sampled(changed)) != fingerprint(sampled(SCENES[0]))
    assert fingerprint(sampled(SCENES[0].copy())) == fingerprint(sampled(SCENES[0]))


@pytest.mark.parametrize("size", [(720, 1280), (1080, 1920), (480, 640), (9, 11), (1, 1)])
def test_a_frame_of_any_size_has_a_fingerprint_of_a_small_sample_of_all_colours(size: tuple[int, int]) -> None:
    height, width = size
    colours = np.zeros((height, width, 3), np.uint8)
    colours[:] = (1, 2, 3)
    sample = sampled(colours)
    assert sample.shape == (-(-height // 8), -(-3 * width // 25))
    assert sample.size <= 32_000
    assert width < 25 or set(np.unique(sample)) == {1, 2, 3}


def test_the_same_frame_handed_in_twice_counts_once() -> None:
    watch = FrameWatch(LIMITS)
    frame = CameraFrame(SCENES[0], 1, 10.0)
    assert watch.add(frame) == watch.add(frame)
    assert watch.evidence.frames == 1


# ---------------------------------------------------------------- frozen


def test_a_picture_that_stands_still_is_frozen_after_its_time_and_not_before() -> None:
    evidence = watched([0, 1, *[2] * 60])
    assert first(evidence, "frozen") == 2 + 30
    assert not evidence[-1].looped


def test_a_few_doubled_frames_are_what_drivers_do() -> None:
    assert first(watched([number // 3 for number in range(300)]), "frozen") == -1


def test_frozen_ends_when_the_picture_moves_again() -> None:
    evidence = watched([*[0] * 45, 1, 2])
    assert [evidence[44].frozen, evidence[45].frozen] == [True, False]


# ---------------------------------------------------------------- looped


@pytest.mark.parametrize("length", [2, 5, 12, 90, 300])
def test_a_clip_that_comes_round_again_is_a_loop_within_one_round_and_a_second(length: int) -> None:
    found = first(watched(place % length for place in range(3 * length + 60)), "looped")
    if length < LIMITS.loop_frames:
        assert found == -1, "so few pictures are no clip"
    else:
        assert length <= found <= length + LIMITS.loop_frames + round(FRAMES_PER_S * LIMITS.repeat_after_s)


def test_a_clip_played_there_and_back_is_a_loop() -> None:
    there_and_back = [*range(90), *reversed(range(89))]
    assert 90 < first(watched(there_and_back * 2), "looped") < 90 + 30


@pytest.mark.full
@given(st.integers(30, 120), st.integers(0, 10_000))
def test_looks_at_a_third_of_the_frames_find_a_loop_after_a_few_rounds(length: int, seed: int) -> None:
    """Ten looks a second at thirty frames a second, never quite in step."""
    rng = np.random.default_rng(seed)
    looked_at = np.cumsum(rng.integers(2, 5, 8 * length))
    found = first(watched((int(place) % length for place in looked_at), frames_per_s=10.0), "looped")
    assert 0 < found <= 2 * length


def test_a_loop_stays_said_when_the_stream_goes_on_live() -> None:
    assert watched([*list(range(30)) * 2, *range(100, 400)])[-1].looped


def test_an_old_buffer_that_a_driver_hands_over_again_is_no_loop() -> None:
    """Four buffers, delivered once more right after a hiccup, again and again."""
    shown = [number for start in range(0, 320, 40) for number in (*range(start, start + 40), *range(start + 36, start + 40))]
    last = watched(shown)[-1]
    assert (last.repeats, last.looped) == (0, False)


def test_a_few_frames_that_come_again_are_counted_but_make_no_loop() -> None:
    last = watched([*range(60), 10, 60, 20, 61, 30, 62])[-1]
    assert (last.repeats, last.looped) == (3, False)


@pytest.mark.parametrize("level", [0, 7, 255])
def test_a_covered_lens_is_no_loop(level: int) -> None:
    """Without noise, frames cannot be told apart: black, other black, black."""
    watch = FrameWatch(LIMITS)
    for sequence in range(600):
        plain = np.full((48, 64, 3), level, np.uint8)
        plain[0, 0] ^= sequence % 8
        watch.add(CameraFrame(plain, sequence, sequence / FRAMES_PER_S))
    assert watch.evidence.repeats == 0


def test_a_clip_longer_than_the_memory_is_not_seen_and_the_memory_is_bounded() -> None:
    limits = replace(LIMITS, remembered_frames=100)
    watch = FrameWatch(limits)
    for sequence in range(900):
        watch.add(CameraFrame(SCENES[sequence % 300], sequence, sequence / FRAMES_PER_S))
        assert len(watch._seen) <= 100
    assert not watch.evidence.looped


def test_what_is_older_than_the_memory_is_forgotten() -> None:
    assert not watched(list(range(100)) * 2, limits=replace(LIMITS, remembered_s=2.0))[-1].looped


def test_no_picture_is_kept(limits: PadLimits) -> None:
    watch = FrameWatch(limits.frames)
    for sequence in range(50):
        watch.add(CameraFrame(SCENES[sequence], sequence, sequence / FRAMES_PER_S))
    assert not [value for value in vars(watch).values() if isinstance(value, np.ndarray | CameraFrame)]
    assert all(isinstance(mark, bytes) and len(mark) == 16 for mark in watch._seen)
