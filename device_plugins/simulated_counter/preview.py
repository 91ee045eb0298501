"""What lies under the document camera: an empty mat, a hand that lays the card down, the card lying still."""

from __future__ import annotations

import math

import cv2
import numpy as np

from .footage import Pixels
from .sensor import NOISE_MAX, Sensor

SIZE_PX = (800, 600)
_MAT_BGR = (75, 60, 40)
_HAND_BGR = (140, 170, 220)
_WIDTH_SHARE, _HEIGHT_SHARE = 0.55, 0.8  # what the card takes of the picture at most
_TURN_DEG = 4.0
_EMPTY_SHARE = 0.4  # of the time until the card lies: nothing but the mat
_HAND_PX = 130
_REACH_PX, _SWAY_S = 160, 1.0
_COARSENESS_PX = 5.0  # a lens that hunts for focus


class PreviewScene:
    """Draws the camera's picture at any time.

    Parameters
    ----------
    card
        uint8, shape (any height, any width, 3), BGR.
    laying_s
        When the card lies still, in seconds after the first picture.
    focusing_s
        How long it is blurred from then on.
    """

    def __init__(self, card: Pixels, laying_s: float, focusing_s: float, seed: int) -> None:
        scale = min(_WIDTH_SHARE * SIZE_PX[0] / card.shape[1], _HEIGHT_SHARE * SIZE_PX[1] / card.shape[0])
        size = (max(1, round(scale * card.shape[1])), max(1, round(scale * card.shape[0])))
        small = cv2.resize(card, size, interpolation=cv2.INTER_AREA)
        self._card = np.clip(small, NOISE_MAX, 255 - NOISE_MAX)
        self._laying_s, self._focusing_s = laying_s, focusing_s
        self._sensor = Sensor(*SIZE_PX, seed=seed)
        self._lying = self._with_card(0.0)

    def at(self, time_s: float) -> Pixels:
        """Return one frame, with noise; the buffer is used again by the next call.

        Returns
        -------
        uint8, shape (600, 800, 3), BGR.
        """
        return self._sensor.exposed(self._scene(time_s))

    def _scene(self, time_s: float) -> Pixels:
        if time_s < _EMPTY_SHARE * self._laying_s:
            return self._mat()
        if time_s < self._laying_s:
            return self._in_hand(self._laying_s - time_s)
        if time_s < self._laying_s + self._focusing_s:
            return np.asarray(cv2.GaussianBlur(self._lying, (0, 0), _COARSENESS_PX), np.uint8)
        return self._lying

    def _mat(self) -> Pixels:
        return np.full((SIZE_PX[1], SIZE_PX[0], 3), _MAT_BGR, np.uint8)

    def _in_hand(self, left_s: float) -> Pixels:
        """Return the card and the hand that moves it to and fro until it lies."""
        right_px = _REACH_PX * (1 - math.cos(2 * math.pi * left_s / _SWAY_S))
        scene = self._with_card(right_px)
        hand = (round(0.75 * SIZE_PX[0] + right_px), round(0.6 * SIZE_PX[1]))
        cv2.circle(scene, hand, _HAND_PX, _HAND_BGR, -1)
        return scene

    def _with_card(self, right_px: float) -> Pixels:
        """Return the mat with the card on it, so far to the right of its place."""
        height, width = self._card.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), _TURN_DEG, 1.0)
        matrix[:, 2] += (SIZE_PX[0] / 2 - width / 2 + right_px, SIZE_PX[1] / 2 - height / 2)
        scene = self._mat()
        cv2.warpAffine(self._card, matrix, SIZE_PX, dst=scene, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
        return scene
