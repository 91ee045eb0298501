"""What live frames and recaptures share: a 640x480 camera with its smooth light fields, noise and frame grid."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.evidence.pictures import Pixels

Field = npt.NDArray[np.float32]

FRAME_PX = (640, 480)
_COARSE_STEP_PX = 8
_NOISE_BANK_VALUES = 1 << 22


def coarse_grid() -> tuple[Field, Field]:
    """Return x and y in frame pixels on every eighth pixel; float32, shape (60, 80). Smooth light is computed here."""
    width, height = FRAME_PX
    rows, columns = np.mgrid[0:height:_COARSE_STEP_PX, 0:width:_COARSE_STEP_PX].astype(np.float32)
    middle = np.float32((_COARSE_STEP_PX - 1) / 2)  # where cv2.resize puts a coarse pixel's centre
    return columns + middle, rows + middle


def to_frame(coarse: npt.NDArray[np.floating]) -> Field:
    """Enlarge a coarse field, shape (60, 80) or (60, 80, 3), to the frame's shape; float32."""
    return cast(Field, cv2.resize(coarse.astype(np.float32), FRAME_PX, interpolation=cv2.INTER_LINEAR))


def unit_noise(rng: np.random.Generator) -> Field:
    """Return white noise of mean 0 and standard deviation 1; float32, shape (480, 640, 3), not writeable.

    A random stretch of one fixed bank: drawing 921,600 new values for every frame would take 12 ms of about 30.
    """
    width, height = FRAME_PX
    count = width * height * 3
    start = int(rng.integers(0, _NOISE_BANK_VALUES - count))
    return _noise_bank()[start : start + count].reshape(height, width, 3)


@lru_cache(maxsize=1)
def _noise_bank() -> Field:
    bank = np.random.default_rng(0).standard_normal(_NOISE_BANK_VALUES, dtype=np.float32)
    bank.flags.writeable = False
    return bank


def add_noise(frame: Pixels, noise: Field) -> Pixels:
    """Return frame plus noise (grey levels), cut to 0..255."""
    return cast(Pixels, cv2.add(frame, noise, dtype=cv2.CV_8U))


def to_pixels(frame: npt.NDArray[np.floating]) -> Pixels:
    """Round and cut a float frame to uint8."""
    rounded: Pixels = np.rint(np.clip(frame, 0, 255)).astype(np.uint8)
    return rounded
