"""Chip portrait of the second-generation ID card: 102x126 pixels, plain light background, about 1 KB.

Facts: the card's answer holds 1024 bytes of photograph that decode to 102x126 pixels of 24 bits (public descriptions of
the SAM's read answer and of reader SDKs). Not known: the codec itself (WLT is closed). Stand-in: baseline JPEG 4:2:0
whose scan data fit 1024 bytes; the tables are not counted because a codec for one fixed size carries none.
A JPEG 2000 code stream of 1024 bytes with its headers looks clearly worse and would be a pessimistic bound.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from teller_assist.evaluation.photo_kinds.encoding import Rendering, decoded, jpeg, jpeg_scan_bytes, png
from teller_assist.evaluation.photo_kinds.portrait import Portrait, identity_crop, on_plain_background
from teller_assist.evidence.pictures import Pixels

SIZE_PX = (102, 126)
MAX_SCAN_BYTES = 1024
_BACKGROUND_BGR = (246, 248, 248)
_GAMMA = (0.92, 1.12)
_QUALITY = (1, 95)


def render_chip(portrait: Portrait, rng: np.random.Generator) -> Rendering:
    """Render a chip portrait; 102x126 pixels, written as PNG because a reader hands over bare pixels."""
    crop, person = identity_crop(portrait, SIZE_PX, rng)
    photograph = on_plain_background(crop, person, _BACKGROUND_BGR)
    ramp = np.arange(256, dtype=np.float64) / 255
    curve = np.rint(255 * ramp ** float(rng.uniform(*_GAMMA))).astype(np.uint8)
    return Rendering(png(decoded(squeezed(cast(Pixels, cv2.LUT(photograph, curve))))), ".png")


def squeezed(photograph: Pixels) -> bytes:
    """Return the best JPEG file whose scan data fit the chip; a picture too busy for quality 1 is smoothed first."""
    blur = 0.0
    while True:
        smoothed = photograph if blur == 0.0 else cast(Pixels, cv2.GaussianBlur(photograph, (0, 0), blur))
        fitting = _best_fitting(smoothed)
        if fitting:
            return fitting
        blur += 0.5


def _best_fitting(photograph: Pixels) -> bytes:
    """Return the file of the highest quality that fits, found by halving; empty when even the lowest does not."""
    low, high = _QUALITY
    best = b""
    while low <= high:
        quality = (low + high) // 2
        data = jpeg(photograph, quality)
        if jpeg_scan_bytes(data) <= MAX_SCAN_BYTES:
            best, low = data, quality + 1
        else:
            high = quality - 1
    return best
