from __future__ import annotations

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest
from teller_assist_sdk import DeviceProblem

from device_plugins.simulated_counter import footage as player
from device_plugins.simulated_counter.footage import Footage, SecondFace, open_footage
from teller_assist.evidence.pictures import Pixels


def numbers(footage: Footage, count: int) -> list[int]:
    """Which drawn frames came, told by their brightness at the edge."""
    corners = (float(np.median(pixels[:10, :10])) for pixels in itertools.islice(footage.frames, count))
    return [round((corner - 38) / 6) for corner in corners]


def test_a_recording_plays_forward_then_backward_without_a_jump(customer: Path) -> None:
    footage = open_footage(customer, 30.0)
    assert footage.frames_per_s == 10.0
    shown = numbers(footage, 90)
    assert shown[:30] == list(range(30))
    assert shown[30:58] == list(range(28, 0, -1))
    assert shown[58:88] == list(range(30))


def test_no_more_is_played_than_was_asked_for(customer: Path) -> None:
    shown = numbers(open_footage(customer, 1.0), 40)
    assert max(shown) == 9
    assert all(abs(one - other) == 1 for one, other in itertools.pairwise(shown))


def test_memory_for_the_way_back_is_bounded(customer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_KEPT_BYTES_MAX", 8_000)
    shown = numbers(open_footage(customer, 30.0), 40)
    assert max(shown) < 15


def test_one_photograph_is_moved_and_never_leaves_the_frame(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    picture = cv2.resize(rng.integers(0, 255, (12, 10, 3)).astype(np.uint8), (300, 360), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(tmp_path / "live_1.jpg"), picture)
    frames = [pixels.copy() for pixels in itertools.islice(open_footage(tmp_path, 30.0).frames, 50)]
    assert {pixels.shape for pixels in frames} == {(720, 600, 3)}
    steps = [float(np.mean(cv2.absdiff(one, other))) for one, other in itertools.pairwise(frames)]
    assert min(steps) > 0
    assert max(steps) < 20


@pytest.mark.full
def test_several_photographs_take_turns(tmp_path: Path) -> None:
    for number, brightness in enumerate((60, 180)):
        cv2.imwrite(str(tmp_path / f"live_{number}.jpg"), np.full((90, 60, 3), brightness, np.uint8))
    shown = [int(np.median(pixels)) for pixels in itertools.islice(open_footage(tmp_path, 30.0).frames, 300)]
    assert shown == [60] * 150 + [180] * 150


def test_many_pictures_are_the_frames_of_a_recording(tmp_path: Path) -> None:
    for number in range(30):
        cv2.imwrite(str(tmp_path / f"live_{number:03d}.jpg"), np.full((90, 60, 3), 40 + 6 * number, np.uint8))
    footage = open_footage(tmp_path, 30.0)
    assert footage.frames_per_s == 25.0
    assert numbers(footage, 58) == [*range(30), *range(28, 0, -1)]


def test_pictures_that_cannot_be_read_are_a_missing_camera(tmp_path: Path) -> None:
    (tmp_path / "live_1.jpg").write_bytes(b"no picture")
    with pytest.raises(DeviceProblem) as problem:
        open_footage(tmp_path, 30.0)
    assert problem.value.code == "device_missing"
    assert str(tmp_path) not in problem.value.hint


def test_the_second_face_moves_on_its_own() -> None:
    second = SecondFace(3)
    shown: list[Pixels] = [second.beside(np.full((8, 10, 3), 10 * number, np.uint8)) for number in range(6)]
    assert shown[5].shape == (8, 20, 3)
    assert [(int(one[0, 0, 0]), int(one[0, -1, 0])) for one in shown] == [(0, 0), (10, 0), (20, 0), (30, 0), (40, 10), (50, 20)]


def test_a_change_of_size_leaves_no_frame_of_the_old_size_beside_the_new() -> None:
    second = SecondFace(3)
    second.beside(np.zeros((8, 10, 3), np.uint8))
    assert second.beside(np.full((9, 12, 3), 50, np.uint8)).shape == (9, 24, 3)


def test_a_photograph_of_one_line_takes_no_memory_without_end(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "live_1.jpg"), np.full((1, 60_000, 3), 90, np.uint8))
    (pixels,) = itertools.islice(open_footage(tmp_path, 30.0).frames, 1)
    assert max(pixels.shape) <= 4096
