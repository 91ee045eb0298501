from __future__ import annotations

import numpy as np
import pytest

from teller_assist.evidence.pictures import Picture
from teller_assist.pictures.shrink import shrunk


def picture(width: int, height: int) -> Picture:
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    pixels.flags.writeable = False
    return Picture(pixels, "PNG", "probe")


@pytest.mark.parametrize(("width", "height", "wanted"), [(400, 300, (200, 150)), (300, 400, (150, 200)), (2001, 8, (200, 1))])
def test_the_longer_side_is_brought_to_the_limit_and_the_shape_stays(width: int, height: int, wanted: tuple[int, int]) -> None:
    small = shrunk(picture(width, height), 200)
    assert (small.width_px, small.height_px) == wanted
    assert (small.role, small.file_format) == ("probe", "PNG")
    assert not small.pixels.flags.writeable


@pytest.mark.parametrize("width", [199, 200])
def test_what_is_small_enough_is_not_touched(width: int) -> None:
    whole = picture(width, 100)
    assert shrunk(whole, 200) is whole


def test_channels_and_colours_keep_their_places() -> None:
    pixels = np.zeros((100, 400, 3), np.uint8)
    pixels[:, 200:] = (10, 120, 240)
    pixels.flags.writeable = False
    small = shrunk(Picture(pixels, "PNG", "probe"), 40).pixels
    assert tuple(small[5, 35]) == (10, 120, 240)
    assert tuple(small[5, 4]) == (0, 0, 0)
