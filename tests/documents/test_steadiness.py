"""A document camera's preview: when a scan is taken without a click."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import pytest

from teller_assist.documents.locating.search import CardCandidate
from teller_assist.documents.steadiness import STILL_S, Capture, CaptureRule
from teller_assist.evidence.pictures import Pixels
from tests.stand_ins.drawn_scans import corners_at, draw_card, lay, plain_desk

SIZE = (960, 720)
PLACE = corners_at((480, 360), 520, 4)
EMPTY = plain_desk(size_px=SIZE)
LYING = lay(EMPTY, draw_card(), PLACE)
PERIOD_S = 0.1


def sensor(pixels: Pixels, number: int) -> Pixels:
    rng = np.random.default_rng(number)
    return np.clip(pixels + rng.normal(0, 3, pixels.shape), 0, 255).astype(np.uint8)


def moved(right_px: float) -> Pixels:
    return lay(EMPTY, draw_card(), np.asarray(PLACE + np.array([right_px, 0]), np.float32))


def watch(frames: Iterable[Pixels], rule: CaptureRule | None = None) -> list[Capture]:
    rule = rule or CaptureRule(find=lambda frame: (CardCandidate(PLACE, 0.9),))
    return [rule.see(frame, number * PERIOD_S) for number, frame in enumerate(frames)]


@pytest.mark.full
def test_a_card_that_lies_still_is_taken_once() -> None:
    seen = watch(sensor(LYING, number) for number in range(20))
    assert seen.count(Capture.TAKE) == 1
    assert seen.index(Capture.TAKE) >= STILL_S / PERIOD_S
    assert set(seen[seen.index(Capture.TAKE) + 1 :]) == {Capture.TAKEN}


def test_the_real_search_finds_the_card_in_the_frame() -> None:
    seen = watch((LYING for _ in range(9)), CaptureRule())
    assert Capture.TAKE in seen


@pytest.mark.full
def test_an_empty_desk_is_never_taken() -> None:
    seen = watch((sensor(EMPTY, number) for number in range(20)), CaptureRule(find=lambda frame: ()))
    assert seen[-1] is Capture.NO_CARD
    assert Capture.TAKE not in seen


def test_where_nothing_lies_it_is_not_looked_for_all_the_time() -> None:
    looks = []
    rule = CaptureRule(find=lambda frame: looks.append(frame) or ())  # type: ignore[func-returns-value]
    watch((EMPTY for _ in range(70)), rule)
    assert 3 <= len(looks) <= 4


@pytest.mark.full
def test_nothing_is_taken_while_the_card_moves() -> None:
    assert set(watch(sensor(moved(12 * number), number) for number in range(15))) == {Capture.MOVING}


@pytest.mark.full
def test_a_slow_push_is_motion_too() -> None:
    assert Capture.TAKE not in watch(moved(2.5 * number) for number in range(24))


@pytest.mark.full
def test_a_moment_of_stillness_is_not_enough() -> None:
    frames = [moved(40 * (number // 4)) for number in range(24)]
    assert Capture.TAKE not in watch(frames)


def test_a_blurred_card_waits_until_it_is_sharp() -> None:
    blurred = np.asarray(cv2.GaussianBlur(LYING, (0, 0), 4.0), np.uint8)
    seen = watch([blurred] * 12 + [LYING] * 14)
    assert Capture.NOT_SHARP in seen[:12]
    assert Capture.TAKE not in seen[:12]
    assert Capture.TAKE in seen[12:]


@pytest.mark.full
@pytest.mark.parametrize("sigma_px", [4.0, 15.0])
def test_no_blur_is_sharp_however_much_noise_is_on_it(sigma_px: float) -> None:
    blurred = np.asarray(cv2.GaussianBlur(LYING, (0, 0), sigma_px), np.uint8)
    seen = watch(sensor(blurred, number) for number in range(14))
    assert seen[-1] is Capture.NOT_SHARP
    assert Capture.TAKE not in seen


@pytest.mark.full
def test_a_card_that_stays_blurred_is_taken_once_all_the_same_and_again_once_it_is_sharp() -> None:
    blurred = np.asarray(cv2.GaussianBlur(LYING, (0, 0), 4.0), np.uint8)
    seen = watch([blurred] * 90 + [LYING] * 14)
    first = seen.index(Capture.TAKE)
    assert first * PERIOD_S >= 5.0
    assert set(seen[first + 1 : 90]) == {Capture.NOT_SHARP}
    assert Capture.TAKE in seen[90:]
    assert seen[-1] is Capture.TAKEN


def test_the_next_card_is_taken_again() -> None:
    hand = EMPTY.copy()
    cv2.circle(hand, (400, 400), 260, (140, 170, 220), -1)
    seen = watch([LYING] * 10 + [hand] * 2 + [EMPTY] * 1 + [moved(30)] * 12)
    assert seen.count(Capture.TAKE) == 2


@pytest.mark.parametrize("step", [0, 25])
def test_a_lamp_that_grows_brighter_is_no_motion(step: int) -> None:
    frames = [np.clip(LYING.astype(int) + step * (number > 8), 0, 255).astype(np.uint8) for number in range(16)]
    assert watch(frames).count(Capture.TAKE) == 1


def test_another_size_begins_again() -> None:
    rule = CaptureRule(find=lambda frame: ())
    assert rule.see(LYING, 0.0) is Capture.MOVING
    assert rule.see(LYING[:300], 0.1) is Capture.MOVING
