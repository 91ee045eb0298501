"""Mesh photographs of every variety: what a mesh remover is trained on, and the rows by line shape of an evaluation.

Wider on purpose than the mesh kinds of ``mesh.py``: line shape, number of shapes at once, opacity, colour, width, distance, way
of blending, over the whole picture or only behind the person, before or after a JPEG of quality 15 to 90, and sizes from 96x118
to 358x441. Every range is an assumption; none was fitted to real photographs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.evaluation.photo_kinds.encoding import Rendering, decoded, jpeg
from teller_assist.evaluation.photo_kinds.layout import Coverage
from teller_assist.evaluation.photo_kinds.line_layers import Blending, LineLayer, laid_over
from teller_assist.evaluation.photo_kinds.line_shapes import line_coverage
from teller_assist.evaluation.photo_kinds.mesh import LEVELS, LineRanges, MeshLevel
from teller_assist.evaluation.photo_kinds.portrait import Portrait, crop_matrix, cut_out, on_plain_background
from teller_assist.evidence.kinds import SEEN_SHAPES, LineShape
from teller_assist.evidence.pictures import Pixels, Points

# 178x220, 96x118 and 144x178 are known of such photos; the others are twice 178x220 and what lies between.
SIZES_PX = ((178, 220), (96, 118), (144, 178), (267, 330), (358, 441))
_SIZE_WEIGHTS = (0.5, 0.1, 0.15, 0.1, 0.15)
_USUAL_WIDTH_PX = 178
_QUALITY = (15, 90)
_OUTER_QUALITY = (60, 95)  # of a photo that was a JPEG before its lines came
_UNDER_SHARE, _AFTER_JPEG_SHARE, _UNEVEN_SHARE = 0.08, 0.3, 0.3
_PLAIN_BACKGROUND_SHARE = 0.85


_BLENDING_WEIGHTS = {Blending.OVER: 0.7, Blending.MULTIPLY: 0.18, Blending.LIGHTEN: 0.12}


TRAINING_RANGES = LineRanges((0.12, 0.72), (0.9, 3.8), (13, 42), (1, 3))


@dataclass(frozen=True, eq=False)
class MeshSample:
    """A mesh photograph and the truth about it.

    Attributes
    ----------
    rendering
        The file.
    clean
        uint8, shape (height, width, 3), BGR: the pixels before any line and any JPEG.
    cover
        float32, shape (height, width), 0 to 1: how much of each pixel the lines hide.
    landmarks
        float32, shape (5, 2), (x, y) in pixels of the photograph, order as in ``FaceBox``.
    """

    rendering: Rendering
    clean: Pixels
    cover: Coverage
    landmarks: Points


def render_variety(portrait: Portrait, shape: LineShape, level: MeshLevel, rng: np.random.Generator) -> Rendering:
    """Render one photograph with lines of one shape, as strong as those of a mesh kind."""
    return draw_sample(portrait, rng, LEVELS[level], shapes=(shape,)).rendering


def draw_sample(
    portrait: Portrait,
    rng: np.random.Generator,
    ranges: LineRanges = TRAINING_RANGES,
    *,
    shapes: Sequence[LineShape] = SEEN_SHAPES,
    lines: bool = True,
) -> MeshSample:
    """Draw one mesh photograph.

    Parameters
    ----------
    shapes
        What every layer of lines is drawn from.
    lines
        False leaves the lines out and everything else as it is.
    """
    size_px = SIZES_PX[int(rng.choice(len(SIZES_PX), p=_SIZE_WEIGHTS))]
    matrix = crop_matrix(size_px, rng)
    crop, person = cut_out(portrait, size_px, matrix)
    clean = crop
    if rng.random() < _PLAIN_BACKGROUND_SHARE:
        blue, green, red = (int(value) for value in np.clip(rng.uniform(225, 255) + rng.uniform(-12, 6, 3), 0, 255))
        clean = on_plain_background(crop, person, (blue, green, red))
    count = int(rng.integers(ranges.families[0], ranges.families[1] + 1)) if lines else 0
    layers = [_layer(rng, shapes[int(rng.integers(len(shapes)))], ranges, size_px) for _ in range(count)]
    if rng.random() < _UNDER_SHARE:
        layers = [LineLayer(layer.cover * (1 - person), layer.colour_bgr, layer.blending) for layer in layers]
    after_jpeg = rng.random() < _AFTER_JPEG_SHARE
    quality = int(rng.uniform(*_QUALITY))
    below = decoded(jpeg(clean, quality)) if after_jpeg else clean
    data = jpeg(laid_over(below, layers), int(rng.uniform(*_OUTER_QUALITY)) if after_jpeg else quality)
    landmarks = np.asarray((portrait.landmarks - matrix[:, 2]) / matrix[0, 0], np.float32)
    return MeshSample(Rendering(data, ".jpg"), clean, _together(layers, size_px), landmarks)


def _layer(rng: np.random.Generator, shape: LineShape, ranges: LineRanges, size_px: tuple[int, int]) -> LineLayer:
    scale = size_px[0] / _USUAL_WIDTH_PX
    width_px, gap_px = float(rng.uniform(*ranges.width_px)) * scale, float(rng.uniform(*ranges.gap_px)) * scale
    coverage = line_coverage(shape, rng, size_px, gap_px=gap_px, width_px=width_px)
    if rng.random() < _UNEVEN_SHARE:
        coverage = coverage * _uneven(rng, size_px)
    blending = Blending(rng.choice([*_BLENDING_WEIGHTS], p=[*_BLENDING_WEIGHTS.values()]))
    return LineLayer(coverage * np.float32(rng.uniform(*ranges.opacity)), _colour(rng, blending), blending)


def _colour(rng: np.random.Generator, blending: Blending) -> npt.NDArray[np.float32]:
    grey = rng.uniform(200, 255) if blending is Blending.LIGHTEN else rng.uniform(10, 120)
    tint = rng.uniform(-30, 60, 3) if rng.random() < 0.4 else np.zeros(3)
    return np.clip(grey + tint, 0, 255).astype(np.float32)


def _uneven(rng: np.random.Generator, size_px: tuple[int, int]) -> Coverage:
    """Return how strong the lines are here and there; float32, 0.5 to 1, smooth."""
    coarse = rng.uniform(0.5, 1.0, (4, 3)).astype(np.float32)
    return np.clip(cv2.resize(coarse, size_px, interpolation=cv2.INTER_CUBIC), 0.5, 1.0).astype(np.float32)


def _together(layers: Sequence[LineLayer], size_px: tuple[int, int]) -> Coverage:
    seen_through = np.ones(size_px[::-1], np.float32)
    for layer in layers:
        seen_through *= 1 - layer.cover
    return 1 - seen_through
