"""Conditions a live photograph may be taken under, made from a rendered one. Like the renderings, they are simulations.

These are done to the finished frame; what a person wears, holds or does is drawn before the frame is rendered (``worn``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import cv2
import numpy as np

from teller_assist.evidence.kinds import Condition
from teller_assist.evidence.pictures import Pixels

SMALL_SHARE = 0.25  # a person who stands four times as far away
BLUR_SIGMA_SHARE = 0.006  # of the picture's width: 4 pixels of 640, as a lens out of focus


def under_condition(pixels: Pixels, condition: Condition, rng: np.random.Generator) -> Pixels:
    """Return a photograph as it would look under a condition.

    Parameters
    ----------
    pixels
        uint8, shape (height, width, 3), BGR.
    condition
        One of ``DONE_TO_FRAMES``.
    rng
        Decides the angle, the side the light comes from, and so on.

    Returns
    -------
    uint8, BGR; height and width change places for a quarter turn.
    """
    return _MADE_BY[condition](pixels, rng)


def _mirrored(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    return np.ascontiguousarray(pixels[:, ::-1])


def _turned(quarters: int) -> Callable[[Pixels, np.random.Generator], Pixels]:
    return lambda pixels, _rng: np.ascontiguousarray(np.rot90(pixels, quarters))


def _turned_anyhow(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Turn by an angle that no step of 90 degrees comes near; the corners show what the edge shows."""
    degrees = float(rng.uniform(20, 70)) + 90.0 * int(rng.integers(4))
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), degrees, 0.75)
    turned = cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return cast(Pixels, turned)


def _side_light(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Light from one side: the other half of the face falls to a fifth of its brightness."""
    width = pixels.shape[1]
    ramp = 1.25 - 1.05 / (1.0 + np.exp(-(np.arange(width) / width - 0.5) / 0.05))
    if rng.random() < 0.5:
        ramp = ramp[::-1]
    return _scaled_light(pixels, ramp[None, :, None])


def _back_light(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A window behind the person: the face in the middle loses light, what is around it burns out."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    distance = np.hypot((x - width / 2) / (0.30 * width), (y - height / 2) / (0.42 * height))
    bright = 1.0 / (1.0 + np.exp(-(distance - 1.0) / 0.12))
    gain = float(rng.uniform(0.18, 0.30)) + 1.6 * bright
    return _scaled_light(pixels, gain[:, :, None], veil=70.0 * bright[:, :, None])


def _blurred(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    return cast(Pixels, cv2.GaussianBlur(pixels, (0, 0), BLUR_SIGMA_SHARE * pixels.shape[1]))


def _small(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    """Shrink the scene into the middle of a frame of the same size; around it, what the edge shows."""
    height, width = pixels.shape[:2]
    inner = cv2.resize(pixels, (round(SMALL_SHARE * width), round(SMALL_SHARE * height)), interpolation=cv2.INTER_AREA)
    top, left = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
    bottom, right = height - inner.shape[0] - top, width - inner.shape[1] - left
    return cast(Pixels, cv2.copyMakeBorder(inner, top, bottom, left, right, cv2.BORDER_REPLICATE))


def _scaled_light(pixels: Pixels, gain: np.ndarray, veil: np.ndarray | float = 0.0) -> Pixels:
    """Scale light, not grey levels: pictures are stored with a gamma of about 2.2."""
    light = (pixels.astype(np.float32) / 255.0) ** 2.2 * gain
    levels = 255.0 * np.clip(light, 0.0, 1.0) ** (1 / 2.2) + veil
    return cast(Pixels, np.clip(levels + 0.5, 0, 255).astype(np.uint8))


def _several(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    """Put a second person of the same size beside the first; the first one mirrored stands in for a stranger."""
    width = pixels.shape[1]
    person = pixels[:, width // 4 : width - width // 4]
    return np.ascontiguousarray(np.hstack([person, person[:, ::-1]]))


def _person_behind(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Put a person half as large into an upper corner, as one who waits in the hall; the first one mirrored stands in."""
    height, width = pixels.shape[:2]
    person = pixels[:, width // 4 : width - width // 4][:, ::-1]
    small = cv2.resize(person, (person.shape[1] * 9 // 20, height * 9 // 20), interpolation=cv2.INTER_AREA)
    behind = pixels.copy()
    left = 0 if rng.random() < 0.5 else width - small.shape[1]
    behind[: small.shape[0], left : left + small.shape[1]] = small
    return behind


_MADE_BY: dict[Condition, Callable[[Pixels, np.random.Generator], Pixels]] = {
    Condition.MIRRORED: _mirrored,
    Condition.ROTATED_90: _turned(1),
    Condition.ROTATED_180: _turned(2),
    Condition.ROTATED_270: _turned(3),
    Condition.ROTATED_ANY: _turned_anyhow,
    Condition.SIDE_LIGHT: _side_light,
    Condition.BACK_LIGHT: _back_light,
    Condition.BLUR: _blurred,
    Condition.SMALL_FACE: _small,
    Condition.SEVERAL_PERSONS: _several,
    Condition.PERSON_BEHIND: _person_behind,
}
DONE_TO_FRAMES = frozenset(_MADE_BY)
