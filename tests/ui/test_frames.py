import gc
import weakref

import numpy as np
import pytest
from PyQt5.QtGui import QColor

from teller_assist.errors import BugError
from teller_assist.ui.frames import FrameImage


def picture(height: int, width: int) -> np.ndarray:
    pixels = np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)
    pixels.flags.writeable = False
    return pixels


# Widths whose rows are no multiple of four bytes show a wrong bytesPerLine.
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (216, 383), (216, 384)])
def test_an_image_shows_the_arrays_blue_green_and_red(size: tuple[int, int]) -> None:
    pixels = picture(*size)
    image = FrameImage(pixels)
    assert (image.height(), image.width()) == size
    for y, x in ((0, 0), (size[0] - 1, size[1] - 1), (size[0] // 2, size[1] // 3)):
        colour = QColor(image.pixel(x, y))
        assert [colour.blue(), colour.green(), colour.red()] == pixels[y, x].tolist()


def test_rows_of_a_larger_picture_are_shown_without_a_copy() -> None:
    whole = picture(40, 30)
    image = FrameImage(whole[10:20])
    bits = image.constBits()
    assert bits is not None
    assert int(bits) == whole[10:].ctypes.data
    assert QColor(image.pixel(7, 9)).red() == whole[19, 7, 2]


@pytest.mark.full
def test_the_array_lives_as_long_as_the_image_and_no_longer() -> None:
    pixels = picture(8, 8)
    alive = weakref.ref(pixels)
    image = FrameImage(pixels)
    del pixels
    gc.collect()
    assert alive() is not None
    del image
    gc.collect()
    assert alive() is None


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 8, 3), np.uint8)[:, ::2],
        np.zeros((3, 4, 4), np.uint8).transpose(1, 2, 0),
    ],
    ids=["grey", "four channels", "float", "every second column", "planes"],
)
def test_what_qt_would_show_wrongly_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(BugError, match="no picture that Qt can show"):
        FrameImage(pixels)
