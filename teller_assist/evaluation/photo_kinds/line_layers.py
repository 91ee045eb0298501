"""Lines of one colour laid over a photograph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from teller_assist.evaluation.photo_kinds.layout import Coverage
from teller_assist.evidence.pictures import Pixels


class Blending(StrEnum):
    """How a line and the picture below it become one."""

    OVER = "over"  # the line's colour, half transparent
    MULTIPLY = "multiply"  # darkens in proportion, as ink does
    LIGHTEN = "lighten"  # a light line


@dataclass(frozen=True, eq=False)
class LineLayer:
    """Lines of one shape and colour.

    Attributes
    ----------
    cover
        float32, shape (height, width), 0 to 1: coverage times opacity, how much of the picture below is hidden.
    colour_bgr
        float32, shape (3,), 0 to 255.
    """

    cover: Coverage
    colour_bgr: npt.NDArray[np.float32]
    blending: Blending


def laid_over(picture: Pixels, layers: Sequence[LineLayer]) -> Pixels:
    """Return the picture with the layers laid over it, one after the other; uint8, the picture's shape, BGR."""
    mixed = picture.astype(np.float32)
    for layer in layers:
        cover, colour = layer.cover[..., None], layer.colour_bgr
        if layer.blending is Blending.MULTIPLY:
            mixed *= 1 - cover * (1 - colour / np.float32(255))
        elif layer.blending is Blending.LIGHTEN:
            mixed += cover * np.maximum(colour - mixed, 0)
        else:
            mixed += cover * (colour - mixed)
    return np.rint(np.clip(mixed, 0, 255)).astype(np.uint8)
