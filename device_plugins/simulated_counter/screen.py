"""A hand-held screen before the camera that shows the footage: bezel, tilt, moire, a rolling band and the room's reflection."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from .footage import Pixels
from .sensor import NOISE_MAX

_SHARE_OF_HEIGHT = 0.84
_BEZEL_PX = 26
_BEZEL_BGR = (24, 22, 22)
_TILT = 0.07  # how much shorter the far side is
_SWAY_PX = 5.0
_SWAY_PERIODS = (173, 131)  # frames
_BANDS = 12
_ROOM_BGR = (120, 126, 130)


class Screen:
    """Shows footage on a tilted screen.

    Parameters
    ----------
    width_px, height_px
        Of the camera's frames.
    """

    def __init__(self, width_px: int, height_px: int) -> None:
        self._size = (width_px, height_px)
        self._room = _room(width_px, height_px)
        self._scene = self._room.copy()
        self._patterns: list[Pixels] = []
        self._gloss: Pixels = np.zeros((0, 0, 3), np.uint8)
        self._shown = 0

    def showing(self, footage: Pixels) -> Pixels:
        """Return the camera's view of the screen; the buffer is used again by the next call.

        Parameters
        ----------
        footage
            uint8, shape (any height, any width, 3), BGR.
        """
        width, height = self._picture_size(footage)
        if not self._patterns or self._patterns[0].shape[:2] != (height, width):
            self._patterns = [_pattern(width, height, band) for band in range(_BANDS)]
            self._gloss = _gloss(width, height)
        picture = cv2.resize(footage, (width, height), interpolation=cv2.INTER_LINEAR)
        lit = cv2.multiply(picture, self._patterns[self._shown % _BANDS], scale=1 / 255)
        glossy = np.clip(cv2.add(lit, self._gloss), NOISE_MAX, 255 - NOISE_MAX)
        device = cv2.copyMakeBorder(glossy, *(_BEZEL_PX,) * 4, cv2.BORDER_CONSTANT, value=_BEZEL_BGR)
        self._scene[:] = self._room
        matrix = self._tilted(device.shape[1], device.shape[0])
        cv2.warpPerspective(
            device, matrix, self._size, dst=self._scene, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
        )
        self._shown += 1
        return self._scene

    def _picture_size(self, footage: Pixels) -> tuple[int, int]:
        height = round(_SHARE_OF_HEIGHT * self._size[1]) - 2 * _BEZEL_PX
        width = round(height * footage.shape[1] / footage.shape[0])
        widest = round(0.9 * self._size[0]) - 2 * _BEZEL_PX
        return (width, height) if width <= widest else (widest, round(height * widest / width))

    def _tilted(self, width: int, height: int) -> npt.NDArray[np.float64]:
        """Return the matrix that places the device: its right side is farther away, and the hand is not quite still."""
        frame_width, frame_height = self._size
        right, down = (_SWAY_PX * math.sin(2 * math.pi * self._shown / period) for period in _SWAY_PERIODS)
        left, top = (frame_width - width) / 2 + right, (frame_height - height) / 2 + down
        short = _TILT * height
        corners = [
            (left, top),
            (left + width * (1 - _TILT / 2), top + short),
            (left + width * (1 - _TILT / 2) - 8, top + height - short / 2),
            (left + 10, top + height),
        ]
        flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        return np.asarray(cv2.getPerspectiveTransform(flat, np.array(corners, np.float32)), dtype=np.float64)


def _pattern(width: int, height: int, band: int) -> Pixels:
    """Return how much light passes: the display's own pixels seen as moire, and a dark band that rolls down."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    grid = 0.04 * np.sin(x * 2.6) + 0.04 * np.sin(y * 2.45)
    moire = 0.05 * np.sin((x + 0.35 * y) / 5.5) * np.sin((y - 0.2 * x) / 7.5)
    rolling = 0.07 * np.sin(2 * math.pi * (y / height + band / _BANDS))
    light = 0.86 + grid + moire + rolling
    tinted = np.stack([light + 0.03, light, light - 0.02 + 0.03 * np.sin(x / 9)], axis=2)
    return np.asarray(np.clip(255 * tinted, 0, 255), dtype=np.uint8)


def _gloss(width: int, height: int) -> Pixels:
    """Return the reflection of a lamp and of the room, to be added."""
    gloss = np.full((height, width), 12, np.uint8)
    cv2.ellipse(
        gloss, (round(0.78 * width), round(0.16 * height)), (round(0.13 * width), round(0.05 * height)), 20, 0, 360, 150, -1
    )
    blurred = cv2.GaussianBlur(gloss, (0, 0), width / 40)
    return np.asarray(cv2.merge([blurred] * 3), dtype=np.uint8)


def _room(width_px: int, height_px: int) -> Pixels:
    shade = np.linspace(1.1, 0.75, height_px, dtype=np.float32)[:, None, None]
    return np.clip(shade * np.array(_ROOM_BGR, np.float32) * np.ones((1, width_px, 1), np.float32), 5, 250).astype(np.uint8)
