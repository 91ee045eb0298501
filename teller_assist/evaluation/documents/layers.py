"""Pictures while they are worked on: floating-point, so that one effect after another rounds nothing away."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from teller_assist.evidence.pictures import Pixels

Layer = npt.NDArray[np.floating[Any]]  # shape (height, width) or (height, width, 1 or 3), BGR, 0 to 255 or a share 0 to 1


def to_pixels(layer: Layer) -> Pixels:
    """Return a layer as a picture: uint8, what lies outside 0 to 255 cut off."""
    return np.asarray(np.clip(layer, 0, 255).astype(np.uint8), np.uint8)
