"""Pictures made smaller, however narrow."""

from __future__ import annotations

import numpy as np
import pytest

from teller_assist.documents.shrinking import shrunk


@pytest.mark.parametrize(
    ("size", "scale", "small"), [((600, 400), 0.5, (300, 200)), ((9, 9000), 0.05, (1, 450)), ((1, 1), 0.001, (1, 1))]
)
def test_no_side_gets_shorter_than_a_pixel(size: tuple[int, int], scale: float, small: tuple[int, int]) -> None:
    assert shrunk(np.full((*size, 3), 7, np.uint8), scale).shape == (*small, 3)
    assert (shrunk(np.full(size, 7, np.uint8), scale) == 7).all()


def test_nothing_is_enlarged() -> None:
    pixels = np.zeros((4, 5, 3), np.uint8)
    assert shrunk(pixels, 1.0) is pixels
    assert shrunk(pixels, 7.0) is pixels
