"""Shapes of mesh lines, drawn as coverage: what a network learns to take out, and what it has never seen.

The authority's generator is not public. So no single shape is imitated; twelve different ones are drawn, and three of them, named
in ``HELD_OUT_SHAPES`` of ``evidence.kinds``, are kept out of every training and every choice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.evaluation.photo_kinds.layout import Coverage
from teller_assist.evidence.kinds import LineShape

Field = npt.NDArray[np.float32]

_SUPERSAMPLING = 3
_LOOSE_SHARE = 0.4  # of the sinusoids
_DIGITS_AND_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX_SMALL)
_WIDTH_MAX_SHARE = 0.35  # of the distance between lines: a mesh leaves the person recognisable to the eye
# Some shapes are finer than waves by nature: their distance between lines as a share of the waves'.
_GAP_SHARE = {
    LineShape.MOIRE: 0.22,
    LineShape.DOTS: 0.36,
    LineShape.TEXT: 0.55,
    LineShape.HATCH: 0.6,
    LineShape.ZIGZAG: 0.7,
    LineShape.RINGS: 0.6,
    LineShape.SCALES: 0.7,
    LineShape.CONTOURS: 0.7,
    LineShape.HONEYCOMB: 0.8,
}


def line_coverage(
    shape: LineShape, rng: np.random.Generator, size_px: tuple[int, int], *, gap_px: float, width_px: float
) -> Coverage:
    """Draw the lines of one shape over a whole picture.

    Parameters
    ----------
    size_px
        Width and height of the picture.
    gap_px
        Distance between neighbouring waves in pixels; finer shapes take their share of it.
    width_px
        Of a line, in pixels.

    Returns
    -------
    float32, shape (height, width), 0 to 1: how much of the pixel a line covers.
    """
    gap_px = max(2.5, gap_px * _GAP_SHARE.get(shape, 1.0))
    return _DRAWN[shape](rng, size_px, gap_px, min(width_px, _WIDTH_MAX_SHARE * gap_px))


def _turned_grid(rng: np.random.Generator, size_px: tuple[int, int]) -> tuple[Field, Field]:
    """Return coordinates in pixels from the picture's middle, in a frame turned by a random angle."""
    width, height = size_px
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = columns - np.float32(width / 2), rows - np.float32(height / 2)
    angle = rng.uniform(-np.pi / 2, np.pi / 2)
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return x * cosine + y * sine, y * cosine - x * sine


def _stroke(distance_px: Field, width_px: float) -> Coverage:
    return np.clip(np.float32(0.5 + width_px / 2) - np.abs(distance_px), 0, 1).astype(np.float32)


def _to_nearest(value: Field, period: float) -> Field:
    """Return the signed distance to the nearest multiple of a period."""
    step = np.float32(period)
    return (value + step / 2) % step - step / 2


def _grating(across: Field, slope: Field | float, gap_px: float, width_px: float) -> Coverage:
    """Lines at every multiple of the gap, ``across`` measured along y although the line rises with ``slope``."""
    return _stroke(_to_nearest(across, gap_px) / np.sqrt(1 + np.square(np.float32(slope))).astype(np.float32), width_px)


def _sinusoid(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    if rng.random() < _LOOSE_SHARE:
        return _loose_waves(rng, size_px, gap_px, width_px)
    x, y = _turned_grid(rng, size_px)
    period, amplitude = rng.uniform(1.6, 5.5) * gap_px, rng.uniform(0.15, 0.6) * gap_px
    second, share = period / rng.uniform(1.6, 2.8), rng.uniform(0, 0.5)
    phases = rng.uniform(0, 2 * np.pi, 2)
    turn, turn2 = np.float32(2 * np.pi / period), np.float32(2 * np.pi / second)
    wave = amplitude * (np.sin(turn * x + phases[0]) + share * np.sin(turn2 * x + phases[1]))
    slope = amplitude * (turn * np.cos(turn * x + phases[0]) + share * turn2 * np.cos(turn2 * x + phases[1]))
    lines = _grating(y - wave.astype(np.float32), slope.astype(np.float32), gap_px, width_px)
    if rng.random() < 0.55:
        mirrored = _grating(y + wave.astype(np.float32), slope.astype(np.float32), gap_px, width_px)
        lines = np.maximum(lines, mirrored)
    return lines


def _moire(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    x, y = _turned_grid(rng, size_px)
    angle, stretch = rng.uniform(0.03, 0.22) * rng.choice([-1, 1]), rng.uniform(1.0, 1.18)
    bend = np.float32(rng.uniform(0, 0.6) * gap_px) * np.sin(x * np.float32(2 * np.pi / (rng.uniform(6, 14) * gap_px)))
    first = _grating(y + bend, 0.0, gap_px, width_px)
    second = _grating(np.float32(np.cos(angle)) * y + np.float32(np.sin(angle)) * x, 0.0, gap_px * stretch, width_px)
    return np.maximum(first, second) if rng.random() < 0.6 else np.abs(first - second)


def _hatch(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    x, y = _turned_grid(rng, size_px)
    lines = _grating(y, 0.0, gap_px, width_px)
    if rng.random() < 0.6:
        angle = rng.uniform(0.35, np.pi / 2)
        across = np.float32(np.cos(angle)) * y + np.float32(np.sin(angle)) * x
        lines = np.maximum(lines, _grating(across, 0.0, gap_px * rng.uniform(0.8, 1.25), width_px))
    return lines


def _rings(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    lines = np.zeros(size_px[::-1], np.float32)
    for _ in range(int(rng.integers(1, 3))):
        x, y = _turned_grid(rng, size_px)
        x, y = x - np.float32(rng.uniform(-0.7, 0.7) * size_px[0]), y - np.float32(rng.uniform(-0.7, 0.7) * size_px[1])
        radius = np.hypot(x, y * np.float32(rng.uniform(0.7, 1.0)))
        waves = int(rng.integers(0, 9))
        bend = np.float32(rng.uniform(0, 0.35) * gap_px) * np.sin(np.float32(waves) * np.arctan2(y, x))
        lines = np.maximum(lines, _grating(radius + bend, 0.0, gap_px, width_px))
    return lines


def _zigzag(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    x, y = _turned_grid(rng, size_px)
    period, steep = rng.uniform(1.2, 4) * gap_px, rng.uniform(0.3, 1.4)
    teeth = np.abs(_to_nearest(x, period)) * np.float32(steep)
    lines = _grating(y - teeth, steep, gap_px * rng.uniform(0.9, 1.3), width_px)
    if rng.random() < 0.4:
        lines = np.maximum(lines, _grating(y + teeth, steep, gap_px * 1.2, width_px))
    return lines


def _dots(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    x, y = _turned_grid(rng, size_px)
    bend = np.float32(rng.uniform(0, 1.2) * gap_px) * np.sin(x * np.float32(2 * np.pi / (rng.uniform(5, 14) * gap_px)))
    y = y + bend
    row_px = gap_px * rng.uniform(0.7, 1.1)
    offset = np.where(np.round(y / np.float32(row_px)) % 2 == 0, 0, gap_px / 2).astype(np.float32)
    distance = np.hypot(_to_nearest(x + offset, gap_px), _to_nearest(y, row_px))
    return _stroke(distance, width_px * rng.uniform(1.2, 1.7))


def _honeycomb(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    x, y = _turned_grid(rng, size_px)
    row_px = gap_px * np.sqrt(3)
    to_centres = np.stack(
        [
            np.hypot(_to_nearest(x + np.float32(dx), gap_px), _to_nearest(y + np.float32(dy), row_px))
            for dx, dy in ((0.0, 0.0), (gap_px / 2, row_px / 2))
        ]
        + [_second_nearest(x, y, gap_px, row_px)]
    )
    ordered = np.sort(to_centres, axis=0)
    return _stroke((ordered[1] - ordered[0]) / 2, width_px)


def _second_nearest(x: Field, y: Field, gap_px: float, row_px: float) -> Field:
    """Return the distance to the second nearest centre within a row: its neighbour on the pixel's side."""
    found = []
    for dx, dy in ((0.0, 0.0), (gap_px / 2, row_px / 2)):
        along = np.abs(_to_nearest(x + np.float32(dx), gap_px))
        found.append(np.hypot(np.float32(gap_px) - along, _to_nearest(y + np.float32(dy), row_px)))
    return np.minimum(found[0], found[1])


def _contours(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    width, height = size_px
    hill_px = rng.uniform(1.8, 3.5) * gap_px
    cells = (max(3, round(width / hill_px)), max(3, round(height / hill_px)))
    hills = cv2.resize(rng.standard_normal(cells[::-1]).astype(np.float32), size_px, interpolation=cv2.INTER_CUBIC)
    land: Field = np.asarray(cv2.GaussianBlur(hills, (0, 0), 0.25 * hill_px), np.float32)
    steep = np.hypot(np.gradient(land, axis=0), np.gradient(land, axis=1)).astype(np.float32)
    usual, slope = float(np.median(steep)), np.maximum(steep, np.float32(0.25 * np.median(steep)))
    return _stroke((_to_nearest(land, usual * gap_px) / slope).astype(np.float32), width_px)


class _Canvas:
    """Curves drawn larger and averaged down."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        self._size_px = size_px
        self._pixels = np.zeros((size_px[1] * _SUPERSAMPLING, size_px[0] * _SUPERSAMPLING), np.uint8)

    def curve(self, x: npt.NDArray[np.floating], y: npt.NDArray[np.floating], width_px: float) -> None:
        points = (np.stack([x, y], axis=-1) * _SUPERSAMPLING).astype(np.int32)
        cv2.polylines(self._pixels, [points], False, (255,), max(1, round(width_px * _SUPERSAMPLING)))

    def characters(self, text: str, at_px: tuple[float, float], height_px: float, width_px: float, font: int) -> None:
        place = (round(at_px[0] * _SUPERSAMPLING), round(at_px[1] * _SUPERSAMPLING))
        scale = height_px * _SUPERSAMPLING / 22
        cv2.putText(self._pixels, text, place, font, scale, (255,), max(1, round(width_px * _SUPERSAMPLING)), cv2.LINE_AA)

    def coverage(self) -> Coverage:
        small = cv2.resize(self._pixels, self._size_px, interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.float32) / np.float32(255)


def _loose_waves(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    """Waves that are not quite parallel: each has a phase of its own."""
    reach = int(np.hypot(*size_px)) + round(2 * gap_px)
    canvas = _Canvas((reach, reach))
    x = np.arange(0, reach, 1.5)
    period, amplitude = rng.uniform(2.0, 5.0) * gap_px, rng.uniform(0.25, 0.6) * gap_px
    second, share, phase = period / rng.uniform(1.6, 2.6), rng.uniform(0.1, 0.6), rng.uniform(0, 2 * np.pi)
    sides = (1, -1) if rng.random() < 0.6 else (1,)
    for line in range(-1, int(reach / gap_px) + 2):
        own = phase + rng.normal(0, 0.25)
        wave = amplitude * (np.sin(2 * np.pi * x / period + own) + share * np.sin(2 * np.pi * x / second + phase))
        for side in sides:
            canvas.curve(x, line * gap_px + side * wave, width_px)
    return _turned_cut(rng, canvas.coverage(), size_px)


def _splines(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    canvas = _Canvas(size_px)
    reach = np.array(size_px, np.float64)
    t = np.linspace(0, 1, 60)[:, None]
    for _ in range(max(3, round(rng.uniform(0.9, 2.2) * float(reach.mean()) / gap_px))):
        corners = rng.uniform(-0.35, 1.35, (4, 2)) * reach
        curve = (
            (1 - t) ** 3 * corners[0] + 3 * t * (1 - t) ** 2 * corners[1] + 3 * t**2 * (1 - t) * corners[2] + t**3 * corners[3]
        )
        canvas.curve(curve[:, 0], curve[:, 1], width_px)
    return canvas.coverage()


def _scales(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    reach = int(np.hypot(*size_px)) + round(2 * gap_px)
    canvas = _Canvas((reach, reach))
    angles = np.linspace(0, np.pi, 18)
    row_px = gap_px * rng.uniform(0.45, 0.6)
    for row in range(-1, int(reach / row_px) + 2):
        for column in range(-1, int(reach / gap_px) + 2):
            x = (column + 0.5 * (row % 2)) * gap_px + gap_px / 2 * np.cos(angles)
            canvas.curve(x, row * row_px + gap_px / 2 * np.sin(angles), width_px)
    return _turned_cut(rng, canvas.coverage(), size_px)


def _text(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    reach = int(np.hypot(*size_px)) + round(2 * gap_px)
    canvas = _Canvas((reach, reach))
    font = int(rng.choice(_FONTS))
    word = "".join(rng.choice(list(_DIGITS_AND_LETTERS), int(rng.integers(2, 8)))) + " " * int(rng.integers(1, 4))
    height_px, row_px = gap_px * rng.uniform(0.5, 0.9), gap_px * rng.uniform(1.0, 1.5)
    line = word * (int(reach / (len(word) * height_px * 0.5)) + 2)
    for row in range(int(reach / row_px) + 2):
        canvas.characters(line[row * 3 % len(word) :], (-5, row * row_px), height_px, min(width_px * 0.7, height_px / 5), font)
    return _turned_cut(rng, canvas.coverage(), size_px)


def _guilloche(rng: np.random.Generator, size_px: tuple[int, int], gap_px: float, width_px: float) -> Coverage:
    reach = int(np.hypot(*size_px)) + round(2 * gap_px)
    canvas = _Canvas((reach, reach))
    x = np.arange(0, reach, 1.5)
    band_px, strands = gap_px * rng.uniform(1.6, 2.6), int(rng.integers(3, 6))
    period, swell = gap_px * rng.uniform(2.5, 6), gap_px * rng.uniform(5, 12)
    phase = rng.uniform(0, 2 * np.pi)
    for band in range(-1, int(reach / band_px) + 2):
        height = band_px * (0.42 + 0.14 * np.sin(2 * np.pi * x / swell + phase + band))
        for strand in range(strands):
            turn = 2 * np.pi * (x / period + strand / strands)
            canvas.curve(x, (band + 0.5) * band_px + height * np.sin(turn), width_px * 0.7)
    return _turned_cut(rng, canvas.coverage(), size_px)


def _turned_cut(rng: np.random.Generator, coverage: Coverage, size_px: tuple[int, int]) -> Coverage:
    """Cut the picture's size out of the middle of a square, turned by a random angle."""
    side = coverage.shape[0]
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), float(rng.uniform(-90, 90)), 1.0)
    matrix[:, 2] += np.array(size_px) / 2 - side / 2
    return cast(Coverage, cv2.warpAffine(coverage, matrix, size_px, flags=cv2.INTER_LINEAR))


_DRAWN: dict[LineShape, Callable[[np.random.Generator, tuple[int, int], float, float], Coverage]] = {
    LineShape.SINUSOID: _sinusoid,
    LineShape.MOIRE: _moire,
    LineShape.SPLINES: _splines,
    LineShape.DOTS: _dots,
    LineShape.TEXT: _text,
    LineShape.HATCH: _hatch,
    LineShape.RINGS: _rings,
    LineShape.ZIGZAG: _zigzag,
    LineShape.SCALES: _scales,
    LineShape.GUILLOCHE: _guilloche,
    LineShape.CONTOURS: _contours,
    LineShape.HONEYCOMB: _honeycomb,
}
