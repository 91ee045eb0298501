from __future__ import annotations

import numpy as np

from teller_assist.evidence.pictures import Picture
from teller_assist.pictures.decode import decode_picture
from teller_assist.pictures.encode import encode_jpeg, encode_png
from tests.conftest import LIMITS


def test_a_png_gives_back_every_pixel(astronaut: Picture) -> None:
    decoded = decode_picture(encode_png(astronaut.pixels), role="probe", limits=LIMITS)
    assert decoded.file_format == "PNG"
    assert np.array_equal(decoded.pixels, astronaut.pixels)


def test_a_jpeg_keeps_colours_where_they_were(astronaut: Picture) -> None:
    decoded = decode_picture(encode_jpeg(astronaut.pixels), role="probe", limits=LIMITS)
    assert decoded.file_format == "JPEG"
    difference = np.abs(decoded.pixels.astype(int) - astronaut.pixels.astype(int))
    assert difference.mean(axis=(0, 1)).max() < 3, "a swapped channel would differ by far more"
