"""The scanner's glass: filed pictures of a card's sides laid on a page, anywhere, at any angle."""

from __future__ import annotations

import math

import cv2
import numpy as np

from .footage import Pixels

# A4 at 200 dots an inch; the filed pictures have 300.
PAGE_PX = (1654, 2339)
_SCALE = 200 / 300
_MARGIN_PX = 24
_NOISE_DEVIATION = 2.0
_RIM_PX = 4
_JPEG_QUALITY = 90


def lay_on_glass(sides: list[Pixels], rng: np.random.Generator) -> bytes:
    """Return a scanned page with each side on its own part of the glass, as a JPEG file.

    Parameters
    ----------
    sides
        uint8, shape (height, width, 3), BGR, at 300 dpi; the page takes the colour of the first one's rim.
    """
    width, height = PAGE_PX
    rim = np.concatenate([sides[0][:_RIM_PX].reshape(-1, 3), sides[0][-_RIM_PX:].reshape(-1, 3)])
    page = np.full((height, width, 3), np.median(rim, axis=0), np.uint8)
    part_px = height / len(sides)
    for place, side in enumerate(sides):
        _lay(page, side, (place * part_px, (place + 1) * part_px), rng)
    noise = rng.normal(0.0, _NOISE_DEVIATION, page.shape[:2])[:, :, None]
    noisy = np.clip(page + noise, 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()


def _lay(page: Pixels, side: Pixels, rows: tuple[float, float], rng: np.random.Generator) -> None:
    """Lay one side within some rows of the page, turned by any angle, whole."""
    height, width = side.shape[:2]
    angle = rng.uniform(0, 2 * math.pi)
    cos, sin = math.cos(angle), math.sin(angle)
    needed = (width * abs(cos) + height * abs(sin), width * abs(sin) + height * abs(cos))
    room = (page.shape[1] - 2 * _MARGIN_PX, rows[1] - rows[0] - 2 * _MARGIN_PX)
    scale = min(_SCALE, room[0] / needed[0], room[1] / needed[1])
    half = [scale * one / 2 + _MARGIN_PX for one in needed]
    x = rng.uniform(half[0], max(half[0], page.shape[1] - half[0]))
    y = rng.uniform(rows[0] + half[1], max(rows[0] + half[1], rows[1] - half[1]))
    matrix = np.array([[scale * cos, -scale * sin, x], [scale * sin, scale * cos, y]])
    matrix[:, 2] -= matrix[:, :2] @ np.array([width / 2, height / 2])
    # A card pixel is two thirds of a page pixel: what is finer would turn into wrong strokes.
    smooth = cv2.GaussianBlur(side, (0, 0), 0.4 / scale)
    cv2.warpAffine(
        smooth, matrix, (page.shape[1], page.shape[0]), dst=page, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
