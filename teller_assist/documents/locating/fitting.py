"""A quadrilateral's sides fitted to their edges, to parts of a pixel."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.documents.locating.work_picture import WorkPicture

Floats64 = npt.NDArray[np.float64]

_ALONG = np.linspace(0.07, 0.93, 48)
_OFFSETS_PX = np.arange(-3.0, 3.01, 0.5)
_PEAK_PX = 1.2  # around the strongest slope, for its centre
_ACROSS_LEAST = 0.75
_ROUNDS = 4
_ROBUST_PX = 0.5
_PLACES_LEAST = 10.0


def fit(picture: WorkPicture, quads: Floats64) -> Floats64:
    """Return the quadrilaterals with each side fitted to the edge it already lies on, shape (n, 4, 2).

    A side without enough edge within three pixels stays as it is.
    """
    if not len(quads):
        return quads
    along = np.roll(quads, -1, axis=1) - quads
    normal = np.stack([-along[..., 1], along[..., 0]], axis=2) / np.maximum(np.linalg.norm(along, axis=2, keepdims=True), 1e-9)
    slope = _across(picture, quads, along, normal)
    offset, weight = _centres(slope)
    first, last = _robust_line(offset, weight)
    return crossings(quads + normal * first[..., None], quads + along + normal * last[..., None], quads)


def crossings(start: Floats64, end: Floats64, before: Floats64) -> Floats64:
    """Return where each side meets the one before it; the quadrilateral as it was where two do not meet.

    Parameters
    ----------
    start, end
        float64, shape (n, 4, 2): two points of each side.
    before
        float64, shape (n, 4, 2): the corners as they were.
    """
    a, b = np.roll(end - start, 1, axis=1), end - start
    origin = np.roll(start, 1, axis=1)
    between = start - origin
    cross = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        at = (between[..., 0] * b[..., 1] - between[..., 1] * b[..., 0]) / cross
        corners = origin + at[..., None] * a
        far = np.abs(corners - before).max(axis=(1, 2)) > 0.5 * np.abs(a).max(axis=(1, 2))
    bad = ~np.isfinite(corners).all(axis=(1, 2)) | far
    return np.asarray(np.where(bad[:, None, None], before, corners), np.float64)


def _across(picture: WorkPicture, quads: Floats64, along: Floats64, normal: Floats64) -> npt.NDArray[np.float32]:
    """Return the slope across each side, shape (n, 4, places, offsets)."""
    points = quads[:, :, None, None] + along[:, :, None, None] * _ALONG[None, None, :, None, None]
    points = points + normal[:, :, None, None] * _OFFSETS_PX[None, None, None, :, None]
    shape = points.shape[:4]
    maps = points.reshape(-1, len(_OFFSETS_PX), 2).astype(np.float32)
    # remap takes pictures of up to 32767 rows: far more than the few quadrilaterals that come here
    column, row = np.ascontiguousarray(maps[..., 0]), np.ascontiguousarray(maps[..., 1])
    seen = cv2.remap(picture.gradient, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT).reshape(*shape, 2)
    across = np.abs((seen * normal[:, :, None, None]).sum(4))
    aligned = across >= _ACROSS_LEAST * np.sqrt((seen**2).sum(4))
    return np.where(aligned, across, 0.0).astype(np.float32)


def _centres(slope: npt.NDArray[np.float32]) -> tuple[Floats64, Floats64]:
    """Return at each place the offset of the edge, in pixels, and how much it weighs; both shape (n, 4, places)."""
    peak = _OFFSETS_PX[np.argmax(slope, axis=3)]
    near = np.abs(_OFFSETS_PX - peak[..., None]) <= _PEAK_PX
    weights = np.where(near, slope, 0.0).astype(np.float64)
    total = weights.sum(3)
    centre = (weights * _OFFSETS_PX).sum(3) / np.maximum(total, 1e-9)
    return centre, np.minimum(slope.max(3), 3.0) / 3.0


def _robust_line(offset: Floats64, weight: Floats64) -> tuple[Floats64, Floats64]:
    """Return the offsets of both ends of each side, shape (n, 4), by reweighted least squares."""
    robust = weight.copy()
    zero = np.zeros(offset.shape[:2])
    first, last = zero, zero
    for _ in range(_ROUNDS):
        total = robust.sum(2)
        mean_at = (robust * _ALONG).sum(2) / np.maximum(total, 1e-9)
        mean_offset = (robust * offset).sum(2) / np.maximum(total, 1e-9)
        spread = (robust * (_ALONG - mean_at[..., None]) ** 2).sum(2)
        tilt = (robust * (_ALONG - mean_at[..., None]) * (offset - mean_offset[..., None])).sum(2) / np.maximum(spread, 1e-9)
        first, last = mean_offset - tilt * mean_at, mean_offset + tilt * (1 - mean_at)
        residual = offset - (first[..., None] + (last - first)[..., None] * _ALONG)
        robust = weight / (1 + (residual / _ROBUST_PX) ** 2)
    enough = weight.sum(2) >= _PLACES_LEAST
    return np.where(enough, first, zero), np.where(enough, last, zero)
