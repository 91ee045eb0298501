"""What every kind starts from: a person in the canonical layout, and the head-and-shoulders crop of identity photographs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.evaluation.photo_kinds.cutout import person_coverage
from teller_assist.evaluation.photo_kinds.layout import CENTRE_X_PX, EYES_Y_PX, Coverage, to_canonical
from teller_assist.evidence.pictures import Pixels, Points

# The layout identity photographs aim at: eyes 0.24 of the width apart, at 0.41 of the height.
_CROP_WIDTH_PX = 171.0
_EYES_AT = 0.41
_CROP_JITTER = 0.03
_PLACE_JITTER_PX = 3.0
_MINIFY_BLUR = 0.42


@dataclass(frozen=True, eq=False)
class Portrait:
    """One photograph made ready for rendering; made once, rendered into any number of kinds.

    Attributes
    ----------
    pixels
        uint8, shape (250, 250, 3), BGR, canonical layout.
    person
        float32, shape (250, 250), 0 (background) to 1 (person).
    landmarks
        float32, shape (5, 2), (x, y) in pixels of the layout, order as for ``prepare_portrait``.
    """

    pixels: Pixels
    person: Coverage
    landmarks: Points


def prepare_portrait(pixels: Pixels, landmarks: Points) -> Portrait:
    """Bring a photograph to the canonical layout and cut the person out.

    Parameters
    ----------
    pixels
        uint8, shape (height, width, 3), BGR, any size.
    landmarks
        float32, shape (5, 2), pixels as (x, y): left eye, right eye, nose tip, left and right mouth corner,
        left and right as the viewer sees them.

    Raises
    ------
    BugError
        All landmarks lie in one place.
    """
    canonical = to_canonical(pixels, landmarks)
    return Portrait(canonical.pixels, person_coverage(canonical), canonical.landmarks)


def identity_crop(portrait: Portrait, size_px: tuple[int, int], rng: np.random.Generator) -> tuple[Pixels, Coverage]:
    """Cut head and shoulders out of a portrait, with a little jitter in place and size.

    Parameters
    ----------
    size_px
        Width and height of the result.

    Returns
    -------
    Pixels as uint8, shape (height, width, 3), BGR, and the person's coverage as float32, shape (height, width), 0 to 1.
    """
    return cut_out(portrait, size_px, crop_matrix(size_px, rng))


def crop_matrix(size_px: tuple[int, int], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Draw where head and shoulders are cut out; float64, shape (2, 3), from the crop's pixels to the canonical layout's."""
    width, height = size_px
    crop_width = _CROP_WIDTH_PX * (1 + float(rng.uniform(-_CROP_JITTER, _CROP_JITTER)))
    crop_height = crop_width * height / width
    left = CENTRE_X_PX + float(rng.uniform(-_PLACE_JITTER_PX, _PLACE_JITTER_PX)) - crop_width / 2
    top = EYES_Y_PX + float(rng.uniform(-_PLACE_JITTER_PX, _PLACE_JITTER_PX)) - _EYES_AT * crop_height
    step = crop_width / width
    return np.array([[step, 0.0, left], [0.0, step, top]])


def cut_out(portrait: Portrait, size_px: tuple[int, int], matrix: npt.NDArray[np.float64]) -> tuple[Pixels, Coverage]:
    """Cut a crop out of a portrait.

    Parameters, Returns
        As ``identity_crop``; the matrix from ``crop_matrix``.
    """
    step = float(matrix[0, 0])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    pixels = portrait.pixels if step <= 1.2 else cv2.GaussianBlur(portrait.pixels, (0, 0), _MINIFY_BLUR * step)
    crop = cv2.warpAffine(pixels, matrix, size_px, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    person = cv2.warpAffine(portrait.person, matrix, size_px, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return cast(Pixels, crop), cast(Coverage, person)


def on_plain_background(crop: Pixels, person: Coverage, background_bgr: tuple[int, int, int]) -> Pixels:
    """Return the crop with one colour behind the person; uint8, the crop's shape, BGR."""
    weight = person[..., None]
    return np.rint(crop * weight + np.array(background_bgr, dtype=np.float32) * (1 - weight)).astype(np.uint8)
