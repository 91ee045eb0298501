"""The camera's sensor: footage brought to the frame's size before a plain wall, and the noise of a real sensor."""

from __future__ import annotations

import cv2
import numpy as np

from .footage import Pixels

# Footage is kept this far from black and white, so that adding noise cannot overflow.
NOISE_MAX = 5
_NOISE_DEVIATION = 1.6
# Noise is made once, larger than a frame by this much; each frame takes another piece of it.
_NOISE_ROOM_PX = 64
_SEAM_PX = 32
_SEED = 1


class Sensor:
    """Makes frames of one size; no two are the same, not even after a new start: a sensor never repeats its noise.

    Parameters
    ----------
    width_px, height_px
        Of the frames.
    seed
        The order in which pieces of the noise are taken; 0: another one at every start.
    """

    def __init__(self, width_px: int, height_px: int, *, seed: int = 0) -> None:
        self.width_px, self.height_px = width_px, height_px
        self._canvas: Pixels = np.zeros((height_px, width_px, 3), np.uint8)
        self._frame: Pixels = np.zeros_like(self._canvas)
        self._range = np.clip(np.arange(256), NOISE_MAX, 255 - NOISE_MAX).astype(np.uint8)
        rng = np.random.default_rng(_SEED)
        shape = (height_px + _NOISE_ROOM_PX, width_px + _NOISE_ROOM_PX, 3)
        drawn = np.rint(np.clip(_NOISE_DEVIATION * rng.standard_normal(shape, np.float32), -NOISE_MAX, NOISE_MAX))
        self._noise = drawn.astype(np.int8).view(np.uint8)  # adding modulo 256 adds a negative number, too
        self._pieces = np.random.default_rng(seed or None).permutation(_NOISE_ROOM_PX**2)
        self._taken = 0
        self._wall: Pixels | None = None
        self._fit = (0, 0)

    def placed(self, footage: Pixels) -> Pixels:
        """Return the footage as large as the frame allows, before a plain wall; the buffer is used again by the next call.

        Parameters
        ----------
        footage
            uint8, shape (any height, any width, 3), BGR.
        """
        height, width = footage.shape[:2]
        scale = min(self.width_px / width, self.height_px / height)
        fit_width, fit_height = max(1, round(width * scale)), max(1, round(height * scale))
        left, top = (self.width_px - fit_width) // 2, (self.height_px - fit_height) // 2
        held = cv2.LUT(footage, self._range)
        if self._wall is None:
            self._wall = self._painted_wall(np.asarray(held, dtype=np.uint8))
        if self._fit != (fit_width, fit_height):
            self._fit = (fit_width, fit_height)
            self._canvas[:] = self._wall
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        fitted = cv2.resize(held, (fit_width, fit_height), interpolation=interpolation)
        self._canvas[top : top + fit_height, left : left + fit_width] = fitted
        self._soften_seams(self._wall, left, fit_width)
        return self._canvas

    def exposed(self, scene: Pixels) -> Pixels:
        """Return a scene of the frame's size with noise; the buffer is used again by the next call."""
        piece = int(self._pieces[self._taken % len(self._pieces)])
        self._taken += 1
        down, right = divmod(piece, _NOISE_ROOM_PX)
        noise = self._noise[down : down + self.height_px, right : right + self.width_px]
        np.add(scene, noise, out=self._frame)
        return self._frame

    def _painted_wall(self, footage: Pixels) -> Pixels:
        """Continue the colours of the footage's left and right edge to both sides, softly from top to bottom."""
        wall = np.empty_like(self._canvas)
        half = self.width_px // 2
        for side, edge in ((slice(0, half), footage[:, :4]), (slice(half, None), footage[:, -4:])):
            colours = np.median(edge, axis=1, keepdims=True).astype(np.float32)
            column = cv2.resize(colours, (1, self.height_px), interpolation=cv2.INTER_LINEAR)
            soft = cv2.GaussianBlur(column, (1, 0), 0.0, sigmaY=self.height_px / 6, borderType=cv2.BORDER_REPLICATE)
            wall[:, side] = np.clip(soft, NOISE_MAX, 255 - NOISE_MAX).reshape(self.height_px, 1, 3).astype(np.uint8)
        return wall

    def _soften_seams(self, painted: Pixels, left: int, fit_width: int) -> None:
        """Blend the footage's side edges into the wall, so that no hard line stands in the picture."""
        if left == 0 or fit_width <= 2 * _SEAM_PX:
            return
        rising = (np.arange(1, _SEAM_PX + 1, dtype=np.uint16) * 256 // (_SEAM_PX + 1))[None, :, None]
        for start, weight in ((left, rising), (left + fit_width - _SEAM_PX, rising[:, ::-1])):
            strip = self._canvas[:, start : start + _SEAM_PX]
            wall = painted[:, start : start + _SEAM_PX]
            strip[:] = (strip * weight + wall * (256 - weight)) >> 8
