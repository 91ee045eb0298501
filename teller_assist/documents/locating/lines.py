"""Straight edges of a picture: line segments, and the lines that segments lie on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.documents.locating.work_picture import WorkPicture
from teller_assist.evidence.pictures import Pixels

Floats64 = npt.NDArray[np.float64]

# What the line segment detector is shown: each channel less its wide average, amplified until its noise is about a level, so that
# a white card on white paper has edges too.
_WIDE_SIGMA_PX = 12.0
_GAIN_MOST = 5.0
_NOISE_LEVELS = 1.5
_COLOUR_SHRUNK = 0.5

_SEGMENT_LEAST = 0.018  # of the longer side; shorter ones are letters
_SEGMENTS_MOST = 420
_LINES_MOST = 90
_DIRECTIONS = 12
_DIRECTION_SHARE_MOST = 0.25
# Segments within so much of a line belong to it.
_SAME_ANGLE_DEG = 2.5
_SAME_DISTANCE_PX = 2.2
# A gap within a line is at most as long as this share of what the line already covers.
_GAP_MOST = 0.9


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines with the stretch that was seen of each; all arrays have one row for each line, the longest first.

    Attributes
    ----------
    start, end
        float64, shape (n, 2), (x, y) in work pixels: ends of the stretch.
    covered_px
        float64, shape (n,): how much of the stretch is edge.
    """

    start: Floats64
    end: Floats64
    covered_px: Floats64

    @property
    def direction(self) -> Floats64:
        """Unit vectors from start to end."""
        along = self.end - self.start
        return np.asarray(along / np.linalg.norm(along, axis=1, keepdims=True), np.float64)


def find_lines(picture: WorkPicture) -> Lines:
    """Return the straight edges of a picture."""
    return _merged(_segments(picture))


def _segments(picture: WorkPicture) -> Floats64:
    """Return segments, shape (n, 4), x, y of both ends, the longest first."""
    # Small, too: long faint edges of lightness stand out of the noise there. The whole one takes as long as the three others.
    channels = [(picture.lab[0], 1.0), *((channel, _COLOUR_SHRUNK) for channel in picture.lab)]
    with ThreadPoolExecutor(2, "segments") as pool:
        segments = np.concatenate(list(pool.map(lambda one: _segments_of(*one), channels)))
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    order = np.argsort(-length, kind="stable")
    order = order[length[order] >= _SEGMENT_LEAST * max(picture.size_px)]
    angle = np.arctan2(segments[:, 3] - segments[:, 1], segments[:, 2] - segments[:, 0])
    return np.asarray(segments[_some_of_each_direction(order, angle, _SEGMENTS_MOST)], np.float64)


def _some_of_each_direction(order: npt.NDArray[np.intp], angle: Floats64, most: int) -> npt.NDArray[np.intp]:
    """Return the first of ``order``, but of no direction so many that it leaves no room: wood and forms are full of parallels."""
    of_direction = np.floor((angle % np.pi) / np.pi * _DIRECTIONS).astype(int) % _DIRECTIONS
    kept: list[int] = []
    counts = np.zeros(_DIRECTIONS, int)
    for index in order:
        direction = of_direction[index]
        if counts[direction] < most * _DIRECTION_SHARE_MOST:
            counts[direction] += 1
            kept.append(int(index))
    return np.array(kept[:most], np.intp)


def _amplified(channel: Pixels) -> Pixels:
    wide = cv2.GaussianBlur(cv2.resize(channel, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), (0, 0), _WIDE_SIGMA_PX / 4)
    wide = cv2.resize(wide, (channel.shape[1], channel.shape[0]), interpolation=cv2.INTER_LINEAR)
    across = np.abs(np.diff(channel[::4].astype(np.int16), axis=1)).mean()
    down = np.abs(np.diff(channel[:, ::4].astype(np.int16), axis=0)).mean()
    gain = min(_GAIN_MOST, max(1.0, _NOISE_LEVELS / max(0.1, float(across), float(down))))
    return np.asarray(cv2.addWeighted(channel, gain, wide, -gain, 128.0), np.uint8)


def _segments_of(channel: Pixels, shrunk: float) -> Floats64:
    if shrunk != 1.0:
        channel = np.asarray(cv2.resize(channel, None, fx=shrunk, fy=shrunk, interpolation=cv2.INTER_AREA), np.uint8)
    return _detected(_amplified(channel), shrunk)


def _detected(channel: Pixels, shrunk: float) -> Floats64:
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE, 0.8).detect(channel)[0]
    if found is None:
        return np.empty((0, 4))
    return np.asarray((found.reshape(-1, 4) + 0.5) / shrunk - 0.5, np.float64)


def _merged(segments: Floats64) -> Lines:
    """Join segments that lie on one line."""
    start, end = segments[:, :2], segments[:, 2:]
    along = end - start
    length = np.hypot(along[:, 0], along[:, 1])
    angle = np.arctan2(along[:, 1], along[:, 0])
    free = np.ones(len(segments), bool)
    rows: list[tuple[float, float, float, float, float]] = []
    for seed in range(len(segments)):
        if not free[seed]:
            continue
        turn = np.abs((angle - angle[seed] + np.pi / 2) % np.pi - np.pi / 2)
        unit = along[seed] / length[seed]
        normal = np.array([-unit[1], unit[0]])
        aside = np.maximum(np.abs((start - start[seed]) @ normal), np.abs((end - start[seed]) @ normal))
        near = free & (turn < np.radians(_SAME_ANGLE_DEG) + _SAME_DISTANCE_PX / length) & (aside < _SAME_DISTANCE_PX)
        members = np.flatnonzero(near)
        free[members] = False
        rows.append(_joined(start[members], end[members], length[members], unit))
    array = np.array(rows, np.float64).reshape(-1, 5)
    order = np.argsort(-array[:, 4], kind="stable")
    angles = np.arctan2(array[:, 3] - array[:, 1], array[:, 2] - array[:, 0])
    array = array[_some_of_each_direction(order, angles, _LINES_MOST)]
    return Lines(array[:, :2], array[:, 2:4], array[:, 4])


def _joined(start: Floats64, end: Floats64, length: Floats64, unit: Floats64) -> tuple[float, float, float, float, float]:
    """Return the line through the members that follow one another: both ends and the covered length; the seed is the first."""
    points = np.concatenate([start, end])
    weights = np.concatenate([length, length])
    centre = (points * weights[:, None]).sum(0) / weights.sum()
    spread = (points - centre) * weights[:, None]
    if len(start) > 1:
        _, _, axes = np.linalg.svd(spread, full_matrices=False)
        unit = axes[0] * (1 if axes[0] @ unit > 0 else -1)
    a, b = (start - centre) @ unit, (end - centre) @ unit
    low, high = np.minimum(a, b), np.maximum(a, b)
    first, last, covered = low[0], high[0], length[0]
    for member in np.argsort(np.abs((low + high) / 2 - (first + last) / 2))[1:]:
        gap = max(low[member] - last, first - high[member])
        if gap > _GAP_MOST * covered:
            continue
        covered += max(0.0, min(length[member], max(high[member] - last, 0) + max(first - low[member], 0)))
        first, last = min(first, low[member]), max(last, high[member])
    from_here, to_there = centre + first * unit, centre + last * unit
    return from_here[0], from_here[1], to_there[0], to_there[1], float(covered)
