"""A roughly known quadrilateral moved onto the edges around it."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.documents.locating.fitting import crossings
from teller_assist.documents.locating.work_picture import WorkPicture

Floats64 = npt.NDArray[np.float64]

_WITHIN = np.linspace(0.08, 0.92, 20)
_BEYOND = np.array([-0.12, -0.07, 1.07, 1.12])  # where a card's side has ended and the line of a form goes on
_ALONG = np.concatenate([_WITHIN, _BEYOND])
_WEIGHTS = np.concatenate([np.full(len(_WITHIN), 1 / len(_WITHIN)), np.full(len(_BEYOND), -0.35 / len(_BEYOND))])
_STEPS = 13  # to either side
_STEP_SHARE = 0.009  # of the quadrilateral's mean side, at least a pixel
_SLOPE_LEAST, _SLOPE_ENOUGH = 1.0, 3.0  # of the picture's own noise
_ACROSS_LEAST = 0.8
_TILT_STEPS_MOST = 9
# Of two edges that are about as good the nearer one is taken: an end moved by the whole range costs so much of the side's share.
_MOVING_COSTS = 0.12


def snap(picture: WorkPicture, quads: Floats64) -> Floats64:
    """Return the quadrilaterals with each side laid on the straight edge nearby that fills it best, shape (n, 4, 2)."""
    if not len(quads):
        return quads
    along = np.roll(quads, -1, axis=1) - quads
    length = np.maximum(np.linalg.norm(along, axis=2, keepdims=True), 1e-9)
    normal = np.stack([-along[..., 1], along[..., 0]], axis=2) / length
    step_px = np.maximum(1.0, _STEP_SHARE * length.mean((1, 2)))
    offsets = np.arange(-_STEPS, _STEPS + 1)
    # Twice as fine as the steps, the better of two taken: an edge is thinner than a step.
    fine = np.arange(-2 * _STEPS, 2 * _STEPS + 2) / 2 - 0.25
    seen = _profile(picture, quads, along, normal, fine[None, :] * step_px[:, None])
    profile = np.maximum(seen[..., ::2], seen[..., 1::2])
    first, last = _best_ends(profile)
    start = quads + normal * (offsets[first] * step_px[:, None])[..., None]
    end = quads + along + normal * (offsets[last] * step_px[:, None])[..., None]
    return crossings(start, end, quads)


def _profile(
    picture: WorkPicture, quads: Floats64, along: Floats64, normal: Floats64, moves_px: Floats64
) -> npt.NDArray[np.float32]:
    """Return how much an edge runs along the side at each place and offset, 0 to 1, shape (n, 4, places, offsets)."""
    points = (quads[:, :, None] + along[:, :, None] * _ALONG[None, None, :, None]).astype(np.float32)
    across_px = normal.astype(np.float32)[:, :, None, None] * moves_px.astype(np.float32)[:, None, None, :, None]
    moved = points[:, :, :, None] + across_px
    column, row = cv2.split(moved.reshape(-1, moved.shape[3], 2))
    slope = cv2.remap(picture.gradient, column, row, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0))
    slope = np.asarray(slope, np.float32).reshape(moved.shape)
    right, down = slope[..., 0], slope[..., 1]
    directed = normal.astype(np.float32)[:, :, None, None]
    across = np.abs(right * directed[..., 0] + down * directed[..., 1])
    edge = (across > _SLOPE_LEAST) & (across * across > np.float32(_ACROSS_LEAST**2) * (right * right + down * down))
    return np.where(edge, np.minimum(np.float32(1.0), across * np.float32(1 / _SLOPE_ENOUGH)), np.float32(0.0))


def _best_ends(profile: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return for each side the offsets of its two ends that gather most, each shape (n, 4), as indices of the offsets."""
    count = profile.shape[3]
    first, last = (ends.ravel() for ends in np.meshgrid(np.arange(count), np.arange(count), indexing="ij"))
    likely = np.abs(first - last) <= _TILT_STEPS_MOST
    first, last = first[likely], last[likely]
    gathered = np.zeros((*profile.shape[:2], len(first)), np.float32)
    for place, share in enumerate(_ALONG):
        at = np.rint(first + (last - first) * share).astype(np.intp)
        gathered += np.float32(_WEIGHTS[place]) * profile[:, :, place][:, :, np.clip(at, 0, count - 1)]
    middle = (count - 1) / 2
    moved = (np.abs(first - middle) + np.abs(last - middle)) / (2 * middle)
    best = np.argmax(gathered - _MOVING_COSTS * moved, axis=2)
    return first[best], last[best]
