"""How much a picture's edges speak for a quadrilateral being a card that lies there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from teller_assist.documents.locating.quads import aspect_off
from teller_assist.documents.locating.work_picture import WorkPicture

Floats64 = npt.NDArray[np.float64]

# Where on a side edges are looked for, in shares of it: not at the rounded corners (3.18 mm of 85.6 and 54), and beyond them,
# where the line of a form goes on and a card's side does not.
_ALONG = np.linspace(0.08, 0.92, 26)
_BEYOND = np.array([-0.14, -0.11, -0.08, -0.05, 1.05, 1.08, 1.11, 1.14])
_ASIDE_PX = np.array([-1.2, 0, 1.2])
_SLOPE_LEAST = 1.3  # of the picture's own noise
_ACROSS_LEAST = 0.8  # cosine between the slope and the side's normal

# Of the score: the mean side, the two weakest sides, what goes on beyond the corners, and the shape.
_WEIGHT_MEAN, _WEIGHT_WEAKEST, _WEIGHT_BEYOND, _WEIGHT_ASPECT = 0.55, 0.45, 0.35, 1.6


def support(picture: WorkPicture, quads: Floats64, *, every: int = 1) -> Floats64:
    """Return a score for each quadrilateral, shape (n,), higher is more surely a card; 1 is a card with four clear sides."""
    if not len(quads):
        return np.empty(0)
    sides = _edge_share(picture, quads, _ALONG[::every])
    beyond = _edge_share(picture, quads, _BEYOND[::every])
    weakest = np.sort(sides, axis=1)[:, :2].mean(1)
    return np.asarray(
        _WEIGHT_MEAN * sides.mean(1)
        + _WEIGHT_WEAKEST * weakest
        - _WEIGHT_BEYOND * beyond.mean(1)
        - _WEIGHT_ASPECT * np.maximum(0, aspect_off(quads) - 0.03),
        np.float64,
    )


def _edge_share(picture: WorkPicture, quads: Floats64, at: Floats64) -> Floats64:
    """Return the share of places at which an edge runs along the side, shape (n, 4)."""
    along = np.roll(quads, -1, axis=1) - quads
    length = np.maximum(np.linalg.norm(along, axis=2, keepdims=True), 1e-9)
    normal = np.stack([-along[..., 1], along[..., 0]], axis=2) / length
    points = (quads[:, :, None] + along[:, :, None] * at[None, None, :, None]).astype(np.float32)
    across_x, across_y = (normal[:, :, None, axis].astype(np.float32) for axis in (0, 1))
    seen = np.zeros(points.shape[:3], bool)
    width, height = picture.size_px
    for aside in _ASIDE_PX.astype(np.float32):
        column = np.clip(points[..., 0] + (aside * across_x + 0.5), 0, width - 1).astype(np.int32)
        row = np.clip(points[..., 1] + (aside * across_y + 0.5), 0, height - 1).astype(np.int32)
        slope = picture.gradient.reshape(-1, 2)[row * width + column]
        right, down = slope[..., 0], slope[..., 1]
        across = np.abs(right * across_x + down * across_y)
        seen |= (across > _SLOPE_LEAST) & (across * across > _ACROSS_LEAST**2 * (right * right + down * down))
    return np.asarray(seen.mean(2), np.float64)
