from __future__ import annotations

from collections import Counter

import cv2
import numpy as np
import pytest

from teller_assist.evaluation.photo_kinds import mesh_variety
from teller_assist.evaluation.photo_kinds.line_layers import Blending, LineLayer, laid_over
from teller_assist.evaluation.photo_kinds.mesh import LEVELS, MeshLevel
from teller_assist.evaluation.photo_kinds.mesh_variety import (
    SIZES_PX,
    MeshSample,
    draw_sample,
    render_variety,
)
from teller_assist.evaluation.photo_kinds.portrait import Portrait
from teller_assist.evidence.kinds import HELD_OUT_SHAPES, LineShape


def samples(portrait: Portrait, count: int, **options: object) -> list[MeshSample]:
    return [draw_sample(portrait, np.random.default_rng(seed), **options) for seed in range(count)]  # type: ignore[arg-type]


def quality_of(data: bytes) -> int:
    """First entry of the luminance table: 16 at quality 50, more at less."""
    return data[data.index(b"\xff\xdb") + 5]


def test_a_sample_knows_what_lies_under_its_lines(portrait: Portrait) -> None:
    for sample in samples(portrait, 12):
        photo = sample.rendering.pixels
        assert photo.shape == sample.clean.shape
        assert sample.cover.shape == photo.shape[:2]
        assert sample.cover.min() >= 0
        assert 0 < sample.cover.max() < 1
        changed = np.abs(photo.astype(np.float32) - sample.clean).mean(axis=2)
        covered, free = sample.cover > 0.3, sample.cover < 0.02
        if min(covered.mean(), free.mean()) > 0.05:
            assert changed[covered].mean() > changed[free].mean()


def test_without_lines_nothing_is_covered(portrait: Portrait) -> None:
    for sample in samples(portrait, 4, lines=False):
        assert not sample.cover.any()


@pytest.mark.full
def test_the_sizes_and_qualities_reach_from_end_to_end(portrait: Portrait) -> None:
    drawn = samples(portrait, 120)
    sizes = Counter(sample.clean.shape[1::-1] for sample in drawn)
    assert set(sizes) == set(SIZES_PX)
    assert sizes[(178, 220)] == max(sizes.values())
    tables = [quality_of(sample.rendering.data) for sample in drawn]
    assert min(tables) <= 4 < 40 <= max(tables)  # qualities of about 90 and 20


@pytest.mark.full
def test_held_out_shapes_are_never_drawn_unless_they_are_named(portrait: Portrait, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def note(shape: LineShape, *_: object, **__: object) -> np.ndarray:
        seen.append(shape)
        return np.zeros((1, 1), np.float32)

    monkeypatch.setattr(mesh_variety, "line_coverage", note)
    samples(portrait, 150)
    assert set(seen) == set(LineShape) - HELD_OUT_SHAPES


@pytest.mark.full
@pytest.mark.parametrize("shape", [LineShape.HATCH, LineShape.GUILLOCHE])
def test_a_heavy_rendering_of_a_shape_hides_more_than_a_medium_one(portrait: Portrait, shape: LineShape) -> None:
    means = []
    for level in (MeshLevel.MEDIUM, MeshLevel.HEAVY):
        drawn = samples(portrait, 12, ranges=LEVELS[level], shapes=(shape,))
        means.append(np.mean([sample.cover.mean() for sample in drawn]))
    assert means[1] > 1.4 * means[0]


def test_a_rendering_is_the_samples_file(portrait: Portrait) -> None:
    rendered = render_variety(portrait, LineShape.TEXT, MeshLevel.MEDIUM, np.random.default_rng(4))
    sample = draw_sample(portrait, np.random.default_rng(4), LEVELS[MeshLevel.MEDIUM], shapes=(LineShape.TEXT,))
    assert rendered.data == sample.rendering.data


def test_landmarks_lie_on_the_face(portrait: Portrait) -> None:
    for sample in samples(portrait, 6):
        height, width = sample.clean.shape[:2]
        eyes, mouth = sample.landmarks[:2] / (width, height), sample.landmarks[3:] / (width, height)
        assert np.all(np.abs(eyes[:, 1] - 0.41) < 0.03)
        assert np.all(np.abs(mouth[:, 1] - 0.62) < 0.03)


@pytest.mark.parametrize(
    ("blending", "expected"),
    [(Blending.OVER, [60, 120, 180]), (Blending.MULTIPLY, [60, 78.4, 137.3]), (Blending.LIGHTEN, [110, 150, 200])],
)
def test_layers_blend_as_they_say(blending: Blending, expected: list[float]) -> None:
    picture = np.full((2, 2, 3), (100, 100, 200), np.uint8)
    colour = np.array(
        {Blending.OVER: (20, 140, 160), Blending.MULTIPLY: (51, 145, 95), Blending.LIGHTEN: (120, 200, 100)}[blending]
    )
    layer = LineLayer(np.full((2, 2), 0.5, np.float32), colour.astype(np.float32), blending)
    mixed = laid_over(picture, [layer])[0, 0]
    assert np.allclose(mixed, expected, atol=1)


def test_the_file_is_a_jpeg(portrait: Portrait) -> None:
    data = samples(portrait, 1)[0].rendering.data
    assert data[:2] == b"\xff\xd8"
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) is not None
