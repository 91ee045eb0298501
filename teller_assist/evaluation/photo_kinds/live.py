"""Live frame of the counter camera: 640x480 pixels, MJPEG quality 60 to 85.

The person sits in front of an out-of-focus banking hall, turned a little (as a flat picture: no real depth), under
ceiling light, with exposure, colour cast, slight motion blur and sensor noise. The author's ranges; nothing here was
fitted to real counters.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.evaluation.photo_kinds.camera import FRAME_PX, Field, add_noise, coarse_grid, to_frame, to_pixels, unit_noise
from teller_assist.evaluation.photo_kinds.encoding import Rendering, camera_jpeg
from teller_assist.evaluation.photo_kinds.layout import SIZE_PX
from teller_assist.evaluation.photo_kinds.portrait import Portrait
from teller_assist.evidence.pictures import Pixels

_SCALE = (1.4, 2.0)  # frame pixels per pixel of the canonical layout: eyes 57 to 82 px apart
_FOCAL_LENGTH_PX = 620.0
_YAW_DEG, _PITCH_DEG, _ROLL_DEG = 12.0, 10.0, 6.0
_CEILING_LIGHT = (0.15, 0.45)
_EXPOSURE_STOPS = (-0.45, 0.3)
_WARMTH = (-0.06, 0.08)
_GAMMA = (0.9, 1.15)
_MOTION_PX = (1.0, 6.0)
_MIN_MOTION_PX = 1.5
_NOISE = (2.0, 6.0)  # grey levels at mid grey
_QUALITY = (60, 85)
_HALL_STEP_PX = 4
_SIDE_FADE_PX = 9.0  # the photograph's side edges must not show as vertical lines


def render_live(portrait: Portrait, rng: np.random.Generator) -> Rendering:
    """Render a counter camera frame with the person; 640x480 pixels, JPEG."""
    scale = float(rng.uniform(*_SCALE))
    centre_x = FRAME_PX[0] / 2 + float(rng.uniform(-80, 80))
    centre_y = FRAME_PX[1] - 113 * scale + float(rng.uniform(0, 14))  # the body runs out of the lower edge
    matrix = _pose(rng, scale, centre_x, centre_y)
    scene = _seated(portrait, matrix, _hall(rng))
    frame = _moved(_lit(scene, rng, scale, centre_x, centre_y), rng)
    grain = cv2.LUT(frame, _noise_curve(float(rng.uniform(*_NOISE))))
    noisy = add_noise(frame, cast(Field, cv2.multiply(unit_noise(rng), grain)))
    return Rendering(camera_jpeg(noisy, int(rng.uniform(*_QUALITY))), ".jpg")


def _pose(rng: np.random.Generator, scale: float, centre_x: float, centre_y: float) -> npt.NDArray[np.float64]:
    """Return the perspective that turns the flat picture by yaw, pitch and roll in front of the camera."""
    yaw, pitch, roll = (float(np.deg2rad(rng.uniform(-limit, limit))) for limit in (_YAW_DEG, _PITCH_DEG, _ROLL_DEG))
    turn = _rotation(0, yaw, 0) @ _rotation(pitch, 0, 0) @ _rotation(0, 0, roll)
    corners = np.array([[0, 0], [SIZE_PX, 0], [SIZE_PX, SIZE_PX], [0, SIZE_PX]], dtype=np.float64)
    flat = np.column_stack([corners - SIZE_PX / 2, np.zeros(4)])
    in_space = flat @ turn.T + [0.0, 0.0, _FOCAL_LENGTH_PX / scale]
    seen = in_space[:, :2] / in_space[:, 2:] * _FOCAL_LENGTH_PX + [centre_x, centre_y]
    return np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32)), dtype=np.float64)


def _rotation(x: float, y: float, z: float) -> npt.NDArray[np.float64]:
    return np.asarray(cv2.Rodrigues(np.array([x, y, z], dtype=np.float64))[0], dtype=np.float64)


def _hall(rng: np.random.Generator) -> Pixels:
    """Return an out-of-focus banking hall: wall, blocks of furniture, ceiling lamps. Drawn small: it is blurred anyway."""
    width, height = FRAME_PX[0] // _HALL_STEP_PX, FRAME_PX[1] // _HALL_STEP_PX
    wall = float(rng.uniform(120, 195)) + 25 - 70 * np.arange(height, dtype=np.float32) / height
    hall = np.repeat(np.repeat(wall[:, None, None], width, axis=1), 3, axis=2) + rng.normal(0, 5, 3)
    for _ in range(int(rng.integers(4, 9))):
        x, y = int(rng.integers(-15, width)), int(rng.integers(15, height))
        block_width, block_height = int(rng.integers(10, 48)), int(rng.integers(15, 70))
        hall[y : y + block_height, max(x, 0) : max(x + block_width, 0)] = rng.uniform(45, 205) + rng.normal(0, 14, 3)
    room = to_pixels(hall)
    for _ in range(int(rng.integers(1, 4))):
        middle = int(rng.integers(0, width)), int(rng.integers(0, 18))
        axes = int(rng.integers(6, 20)), int(rng.integers(2, 4))
        cv2.ellipse(room, middle, axes, 0, 0, 360, (252, 252, 250), cv2.FILLED)
    blurred = cv2.GaussianBlur(room, (0, 0), float(rng.uniform(7, 14)) / _HALL_STEP_PX)
    return cast(Pixels, cv2.resize(blurred, FRAME_PX, interpolation=cv2.INTER_LINEAR))


def _seated(portrait: Portrait, matrix: npt.NDArray[np.float64], hall: Pixels) -> Pixels:
    """Return the hall with the person in front of it."""
    columns = np.arange(SIZE_PX, dtype=np.float32)
    fade = np.clip(np.minimum(columns, columns[::-1]) / _SIDE_FADE_PX, 0, 1)
    faded = portrait.person * fade[None]
    # Below its lower edge the picture is continued, so that a pitched person still reaches the frame's lower edge.
    body = cv2.copyMakeBorder(portrait.pixels, 0, SIZE_PX // 5, 0, 0, cv2.BORDER_REPLICATE)
    person = cv2.copyMakeBorder(faded, 0, SIZE_PX // 5, 0, 0, cv2.BORDER_REPLICATE)
    drawn = cv2.warpPerspective(body, matrix, FRAME_PX, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    weight = cv2.warpPerspective(person, matrix, FRAME_PX, flags=cv2.INTER_LINEAR)
    return cast(Pixels, cv2.blendLinear(drawn, hall, weight, 1 - weight))


def _lit(scene: Pixels, rng: np.random.Generator, scale: float, centre_x: float, centre_y: float) -> Pixels:
    """Return the scene under ceiling light from above and a little from one side, exposed and tinted.

    (value * light) ** gamma = value ** gamma * light ** gamma: one table for the pixels, one smooth field for the light.
    """
    x, y = coarse_grid()
    strength, side = float(rng.uniform(*_CEILING_LIGHT)), float(rng.uniform(-0.5, 0.5))
    upward = (centre_y - y) / (SIZE_PX / 2 * scale) + side * (x - centre_x) / (SIZE_PX / 2 * scale)
    light = np.clip(1 + strength * np.tanh(upward), 0.35, 1.6) * 2 ** float(rng.uniform(*_EXPOSURE_STOPS))
    warmth, gamma = float(rng.uniform(*_WARMTH)), float(rng.uniform(*_GAMMA))
    tinted = (light[..., None] * np.array([1 - warmth, 1.0, 1 + warmth])) ** gamma
    curve = (255 * (np.arange(256) / 255) ** gamma).astype(np.float32)
    return cast(Pixels, cv2.multiply(cv2.LUT(scene, curve), to_frame(tinted), dtype=cv2.CV_8U))


def _moved(frame: Pixels, rng: np.random.Generator) -> Pixels:
    """Return the frame blurred along one direction, as by a head moving during the exposure."""
    length_px, angle = float(rng.uniform(*_MOTION_PX)), float(rng.uniform(0, np.pi))
    if length_px < _MIN_MOTION_PX:
        return frame
    kernel = np.zeros((7, 7), dtype=np.float32)
    for step in np.linspace(-length_px / 2, length_px / 2, 31):
        kernel[round(3 + float(step * np.sin(angle))), round(3 + float(step * np.cos(angle)))] += 1
    return cast(Pixels, cv2.filter2D(frame, -1, kernel / kernel.sum()))


def _noise_curve(noise: float) -> Field:
    """Return noise by grey level: photon noise grows with the root of the light; float32, shape (256,)."""
    return (noise * np.sqrt(np.clip(np.arange(256), 8, 255) / 128)).astype(np.float32)
