import numpy as np
import pytest

from teller_assist.evaluation.photo_kinds import mesh
from teller_assist.evaluation.photo_kinds.encoding import jpeg
from teller_assist.evaluation.photo_kinds.line_layers import laid_over
from teller_assist.evaluation.photo_kinds.mesh import MeshLevel, mesh_lines, render_clean, render_mesh
from teller_assist.evaluation.photo_kinds.portrait import Portrait


def darkening(level: MeshLevel) -> float:
    """Mean share of light that lines of a level take away."""
    taken = []
    for seed in range(40):
        untouched = np.ones((220, 178))
        for layer in mesh_lines(np.random.default_rng(seed), level):
            untouched *= 1 - layer.cover
        taken.append(1 - untouched.mean())
    return float(np.mean(taken))


@pytest.mark.full
def test_heavier_levels_cover_more_of_the_face() -> None:
    light, medium, heavy = (darkening(level) for level in (MeshLevel.LIGHT, MeshLevel.MEDIUM, MeshLevel.HEAVY))
    assert light < 0.6 * medium
    assert medium < 0.6 * heavy


def test_lines_cross_every_part_of_the_photograph() -> None:
    for seed in range(20):
        coverage = np.max(
            [layer.cover / layer.cover.max() for layer in mesh_lines(np.random.default_rng(seed), MeshLevel.MEDIUM)], axis=0
        )
        quarters = [coverage[rows, columns] for rows in (slice(110), slice(110, 220)) for columns in (slice(89), slice(89, 178))]
        assert min(float((quarter > 0.5).mean()) for quarter in quarters) > 0.01


@pytest.mark.parametrize("level", [MeshLevel.MEDIUM, MeshLevel.HEAVY])
def test_clean_is_the_mesh_photograph_without_its_lines(portrait: Portrait, level: MeshLevel) -> None:
    # The pixels under the lines and the JPEG quality come from the same random numbers, before any line is drawn.
    photograph, quality = mesh._photograph(portrait, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    again, same_quality = mesh._photograph(portrait, rng)
    assert np.array_equal(photograph, again)
    assert quality == same_quality
    assert render_clean(portrait, np.random.default_rng(5)).data == jpeg(photograph, quality)
    lined = laid_over(photograph, mesh_lines(rng, level))
    assert render_mesh(portrait, np.random.default_rng(5), level).data == jpeg(lined, quality)


def test_no_lines_change_nothing(portrait: Portrait) -> None:
    photograph, _ = mesh._photograph(portrait, np.random.default_rng(0))
    assert np.array_equal(laid_over(photograph, []), photograph)


def test_mesh_photographs_are_178_by_220_pixels(portrait: Portrait) -> None:
    assert render_mesh(portrait, np.random.default_rng(0), MeshLevel.LIGHT).pixels.shape == (220, 178, 3)
