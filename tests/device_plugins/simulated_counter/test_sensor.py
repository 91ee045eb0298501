from __future__ import annotations

import itertools

import numpy as np
import pytest

from device_plugins.simulated_counter.screen import Screen
from device_plugins.simulated_counter.sensor import NOISE_MAX, Sensor
from teller_assist.evidence.pictures import Pixels

SIZE = (320, 240)


def footage(height: int = 120, width: int = 120) -> Pixels:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return np.stack([x, y, 255 - x], axis=2).astype(np.uint8)


def test_black_and_white_get_noise_without_overflow() -> None:
    sensor = Sensor(*SIZE)
    for level in (0, 255):
        scene = sensor.placed(np.full((240, 320, 3), level, np.uint8))
        change = sensor.exposed(scene).astype(int) - scene
        assert np.abs(change).max() <= NOISE_MAX
        assert 1.0 < change.std() < 2.0


def test_no_two_frames_are_the_same_not_even_of_a_camera_that_was_started_again() -> None:
    first, restarted = Sensor(*SIZE), Sensor(*SIZE)
    shown = [sensor.exposed(sensor.placed(footage())).tobytes() for sensor in (first, restarted) for _ in range(20)]
    assert len(set(shown)) >= 39  # one of 4,096 pieces of noise may come up for both


@pytest.mark.parametrize(("height", "width"), [(120, 120), (60, 320), (480, 100), (240, 320), (1000, 1500), (8, 8)])
def test_footage_of_any_shape_fills_the_frame_and_keeps_its_proportions(height: int, width: int) -> None:
    sensor = Sensor(*SIZE)
    placed = sensor.placed(footage(height, width))
    assert placed.shape == (240, 320, 3)
    assert placed.min() >= NOISE_MAX
    assert placed.max() <= 255 - NOISE_MAX


def test_the_wall_takes_its_colour_from_the_footages_edge() -> None:
    picture = np.full((120, 120, 3), 200, np.uint8)
    picture[:, 60:] = 80
    placed = Sensor(*SIZE).placed(picture)
    assert np.abs(placed[:, :30].astype(int) - 200).max() <= 1
    assert np.abs(placed[:, -30:].astype(int) - 80).max() <= 1


def test_footage_that_changes_its_size_leaves_nothing_of_the_old_behind() -> None:
    sensor = Sensor(*SIZE)
    sensor.placed(np.full((100, 200, 3), 200, np.uint8))
    placed = sensor.placed(np.full((200, 100, 3), 50, np.uint8))
    assert np.abs(placed[:, 150:170].astype(int) - 50).max() <= 1
    assert np.abs(placed[120, :60].astype(int) - 200).max() <= 1  # the wall stays


def test_a_screen_stands_in_the_room_flickers_and_is_not_held_quite_still() -> None:
    screen = Screen(*SIZE)
    shown = [screen.showing(footage()).astype(int) for _ in range(40)]
    assert all(np.array_equal(one[:8], shown[0][:8]) for one in shown), "the room behind it stands still"
    assert all(np.abs(one - other).max() > 3 for one, other in itertools.pairwise(shown))
    assert min(one.min() for one in shown) >= NOISE_MAX
    assert max(one.max() for one in shown) <= 255 - NOISE_MAX
