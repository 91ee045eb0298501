from __future__ import annotations

import numpy as np
import pytest

from teller_assist.evaluation.photo_kinds.line_shapes import line_coverage
from teller_assist.evidence.kinds import HELD_OUT_SHAPES, SEEN_SHAPES, LineShape

USUAL = (178, 220)


@pytest.mark.parametrize("shape", LineShape)
@pytest.mark.parametrize("size_px", [(96, 118), USUAL, (358, 441)])
def test_every_shape_draws_lines_over_a_picture_of_any_size(shape: LineShape, size_px: tuple[int, int]) -> None:
    scale = size_px[0] / USUAL[0]
    shares = []
    for seed in range(6):
        coverage = line_coverage(shape, np.random.default_rng(seed), size_px, gap_px=26 * scale, width_px=2 * scale)
        assert coverage.shape == size_px[::-1]
        assert coverage.dtype == np.float32
        assert 0 <= coverage.min() < coverage.max() <= 1
        shares.append(float(coverage.mean()))
    assert 0.015 < np.mean(shares) < 0.6


@pytest.mark.parametrize("shape", LineShape)
def test_the_same_seed_draws_the_same_lines_and_another_one_others(shape: LineShape) -> None:
    first, again, other = (line_coverage(shape, np.random.default_rng(seed), USUAL, gap_px=26, width_px=2) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("shape", [shape for shape in LineShape if shape is not LineShape.TEXT])  # its height limits its strokes
def test_wider_lines_cover_more(shape: LineShape) -> None:
    thin, wide = (line_coverage(shape, np.random.default_rng(3), USUAL, gap_px=30, width_px=width) for width in (1.2, 3.0))
    assert wide.mean() > 1.2 * thin.mean()


def test_three_shapes_are_held_out_by_name() -> None:
    assert {shape.value for shape in HELD_OUT_SHAPES} == {"lines_guilloche", "lines_contours", "lines_honeycomb"}
    assert set(SEEN_SHAPES) == set(LineShape) - HELD_OUT_SHAPES
    assert len(SEEN_SHAPES) == 9
