import numpy as np
import pytest

from teller_assist.evaluation.photo_kinds.chip import MAX_SCAN_BYTES, render_chip, squeezed
from teller_assist.evaluation.photo_kinds.encoding import decoded, jpeg_scan_bytes
from teller_assist.evaluation.photo_kinds.portrait import Portrait


def test_a_chip_portrait_is_102_by_126_pixels_on_a_light_background(portrait: Portrait) -> None:
    rendering = render_chip(portrait, np.random.default_rng(1))
    assert rendering.suffix == ".png"
    assert rendering.pixels.shape == (126, 102, 3)
    assert rendering.pixels[:15, :10].min() > 225


@pytest.mark.parametrize("noise", [0.0, 5.0, 200.0])
def test_the_scan_data_of_any_photograph_fit_the_chip(noise: float) -> None:
    rng = np.random.default_rng(3)
    photograph = np.clip(128 + rng.normal(0, 1, (126, 102, 3)) * noise, 0, 255).astype(np.uint8)
    data = squeezed(photograph)
    assert 0 < jpeg_scan_bytes(data) <= MAX_SCAN_BYTES
    assert decoded(data).shape == (126, 102, 3)


def test_the_kilobyte_is_used(portrait: Portrait) -> None:
    sizes = []
    for seed in range(5):
        pixels = render_chip(portrait, np.random.default_rng(seed)).pixels
        sizes.append(jpeg_scan_bytes(squeezed(pixels)))
    assert min(sizes) > 0.8 * MAX_SCAN_BYTES
