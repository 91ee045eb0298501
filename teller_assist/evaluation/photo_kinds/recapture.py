"""Recapture (翻拍照): a camera's picture of a printed card, 640x480 pixels, JPEG.

A made-up card (bars instead of text, no characters) with the portrait printed on it: print screen, perspective, moire,
glare, uneven light, blur, noise. The author's ranges; nothing here was fitted to real recaptures.
"""

from __future__ import annotations

from functools import lru_cache
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.evaluation.photo_kinds.camera import FRAME_PX, Field, add_noise, coarse_grid, to_frame, to_pixels, unit_noise
from teller_assist.evaluation.photo_kinds.encoding import Rendering, camera_jpeg
from teller_assist.evaluation.photo_kinds.portrait import Portrait, identity_crop, on_plain_background
from teller_assist.evidence.pictures import Pixels

_CARD_PX = (856, 540)  # ID-1, 85.60 x 53.98 mm, ten pixels to the millimetre
_PHOTO_BOX_PX = (545, 70, 268, 332)  # x, y, width, height
_TEXT_LINES = ((70, 3), (130, 5), (190, 9), (260, 14), (300, 10), (450, 18))  # y in pixels, bars
_PRINT_THROUGH = 0.35  # how much of the card's pattern shows through the photo's background
_HALFTONE = 0.10
_HALFTONE_PERIOD_PX = 3.2
_CARD_WIDTH_PX = (520, 590)
_TILT = 0.06
_ROTATION_DEG = 7.0
_MOIRE = (0.015, 0.05)
_MOIRE_PERIOD_PX = (5.0, 14.0)
_MOIRE_CHANNEL_SHIFT_PX = (-0.35, 0.0, 0.35)
_GLARE = (0.0, 0.45)
_BLUR_PX = (0.6, 1.3)
_NOISE = (2.0, 5.0)
_QUALITY = (55, 80)

Corners = npt.NDArray[np.float32]


def render_recapture(portrait: Portrait, rng: np.random.Generator) -> Rendering:
    """Render a camera picture of a printed card with the portrait; 640x480 pixels, JPEG."""
    printed = _screened(_card(portrait, rng))
    frame = _desk(rng)
    matrix = cv2.getPerspectiveTransform(_corners(), _seen_corners(rng))
    cv2.warpPerspective(printed, matrix, FRAME_PX, dst=frame, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
    lit = _lit(frame, rng)
    blurred = cast(Pixels, cv2.GaussianBlur(lit, (0, 0), float(rng.uniform(*_BLUR_PX))))
    noise = unit_noise(rng) * np.float32(rng.uniform(*_NOISE))
    return Rendering(camera_jpeg(add_noise(blurred, noise), int(rng.uniform(*_QUALITY))), ".jpg")


def _card(portrait: Portrait, rng: np.random.Generator) -> Pixels:
    card = _blank_card().copy()
    for y, bars in _TEXT_LINES:
        for bar in range(bars):
            if rng.random() < 0.9:
                x = 100 + 24 * bar
                cv2.rectangle(card, (x, y), (x + 17, y + 21), (70, 70, 72), cv2.FILLED)
    left, top, width, height = _PHOTO_BOX_PX
    crop, person = identity_crop(portrait, (width, height), rng)
    photograph = on_plain_background(crop, person, (247, 248, 246)).astype(np.float32)
    paper = card[top : top + height, left : left + width]
    through = (1 - person[..., None]) * np.float32(_PRINT_THROUGH)
    card[top : top + height, left : left + width] = np.rint(photograph + through * (paper - photograph)).astype(np.uint8)
    return card


@lru_cache(maxsize=1)
def _blank_card() -> Pixels:
    """Return the card's printed pattern: soft colour waves and three families of fine guilloche lines."""
    width, height = _CARD_PX
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = [10 * np.sin(x / 90 + y / 140), 6 * np.sin(y / 70), 12 * np.cos(x / 160 - y / 80)]
    card = np.array([226, 222, 206], dtype=np.float32) + np.stack(waves, axis=-1)
    for number in range(3):
        lines = np.abs(np.sin((y + 26 * np.sin(x / (61 + 9 * number) + number)) / (6 + number))) < 0.16
        card -= 7 * lines[..., None] * np.array([0.6, 1.0, 0.8], dtype=np.float32)
    return to_pixels(card)


@lru_cache(maxsize=1)
def _print_screen() -> Field:
    """Return the brightness of the printer's dot screen; float32, shape (540, 856, 3), about 0.9 to 1.1."""
    width, height = _CARD_PX
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    frequency = 2 * np.pi / _HALFTONE_PERIOD_PX
    dots = np.sin(frequency * (0.866 * x + 0.5 * y)) * np.sin(frequency * (0.866 * y - 0.5 * x))
    brightness = (1 + _HALFTONE * dots).astype(np.float32)
    return cast(Field, cv2.merge([brightness, brightness, brightness]))


def _screened(card: Pixels) -> Pixels:
    dotted = cv2.multiply(card, _print_screen(), dtype=cv2.CV_8U)
    return cast(Pixels, cv2.GaussianBlur(dotted, (0, 0), 0.55))


def _desk(rng: np.random.Generator) -> Pixels:
    grain = rng.uniform(60, 130) + rng.normal(0, 6, (FRAME_PX[1] // 8, FRAME_PX[0] // 8, 3))
    return to_pixels(cast(Field, cv2.resize(grain.astype(np.float32), FRAME_PX, interpolation=cv2.INTER_CUBIC)))


def _corners() -> Corners:
    width, height = _CARD_PX
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)


def _seen_corners(rng: np.random.Generator) -> Corners:
    """Return where the card's corners (clockwise from upper left) lie in the frame; float32, shape (4, 2), (x, y)."""
    width = float(rng.uniform(*_CARD_WIDTH_PX))
    scaled = (_corners() - np.array(_CARD_PX) / 2) * (width / _CARD_PX[0])
    tilted = scaled * (1 + rng.uniform(-_TILT, _TILT, (4, 2)))
    angle = np.deg2rad(float(rng.uniform(-_ROTATION_DEG, _ROTATION_DEG)))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    middle = [FRAME_PX[0] / 2 + float(rng.uniform(-12, 12)), FRAME_PX[1] / 2 + float(rng.uniform(-25, 25))]
    return np.asarray(tilted @ turn + middle, dtype=np.float32)


def _lit(frame: Pixels, rng: np.random.Generator) -> Pixels:
    """Return the frame under moire, one glare spot and light that falls off to one side."""
    angle = float(rng.uniform(0, np.pi))
    moire = _moire(rng, angle)
    x, y = coarse_grid()
    glare = _glare(rng, x, y)
    fall_off = 0.85 + 0.3 * (x * np.cos(angle) / FRAME_PX[0] + y * np.sin(angle) / FRAME_PX[1])
    gain = moire * to_frame((1 - glare) * fall_off)[..., None]
    haze = np.repeat(to_frame(255 * glare * fall_off)[..., None], 3, axis=2)
    return cast(Pixels, cv2.add(cv2.multiply(frame, gain, dtype=cv2.CV_32F), haze, dtype=cv2.CV_8U))


def _moire(rng: np.random.Generator, angle: float) -> Field:
    """Return interference of the print screen and the sensor; float32, shape (480, 640, 3), about 1."""
    depth, period_px = float(rng.uniform(*_MOIRE)), float(rng.uniform(*_MOIRE_PERIOD_PX))
    x, y, bend = _moire_grid()
    distance = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
    frequencies = [np.float32(2 * np.pi / (period_px + shift)) for shift in _MOIRE_CHANNEL_SHIFT_PX]
    channels = [1 + np.float32(depth) * np.sin(distance * frequency + bend) for frequency in frequencies]
    return cast(Field, cv2.merge(channels))


@lru_cache(maxsize=1)
def _moire_grid() -> tuple[Field, Field, Field]:
    y, x = np.mgrid[0 : FRAME_PX[1], 0 : FRAME_PX[0]].astype(np.float32)
    bend = 0.004 * (x - y) * np.sin(y / 90)
    return x, y, bend.astype(np.float32)


def _glare(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Return how much a lamp's reflection covers, 0 to 0.45, on the coarse grid."""
    strength = float(rng.uniform(*_GLARE))
    dx = x - np.float32(rng.uniform(0.2, 0.95) * FRAME_PX[0])
    dy = y - np.float32(rng.uniform(0.1, 0.8) * FRAME_PX[1])
    long_px, short_px = float(rng.uniform(40, 110)), float(rng.uniform(25, 60))
    along, across = 0.8 * dx + 0.6 * dy, -0.6 * dx + 0.8 * dy
    spot = np.exp(-(along**2) / (2 * long_px**2) - across**2 / (2 * short_px**2))
    return (strength * spot).astype(np.float32)
