"""Small valid pictures of every accepted format, made on the fly."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from teller_assist.pictures.decode import PictureLimits

Encode = Callable[..., bytes]


def encode_picture(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def four_quarters() -> Image.Image:
    """Red, green / blue, white; 48 wide, 32 high: every turn and mirror image looks different."""
    pixels = np.zeros((32, 48, 3), np.uint8)
    pixels[:16, :24], pixels[:16, 24:], pixels[16:, :24], pixels[16:, 24:] = (
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
        (255, 255, 255),
    )
    return Image.fromarray(pixels)


def make_valid_files() -> dict[str, bytes]:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 56, 3), dtype=np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    return {
        "jpeg": encode_picture(noise, "JPEG", exif=exif),
        "jpeg_progressive": encode_picture(noise, "JPEG", progressive=True),
        "jpeg_cmyk": encode_picture(noise.convert("CMYK"), "JPEG"),
        "png": encode_picture(noise, "PNG", exif=exif),
        "png_palette": encode_picture(noise.convert("P"), "PNG"),
        "bmp": encode_picture(noise, "BMP"),
        "bmp_palette": encode_picture(noise.convert("P"), "BMP"),
        "tiff": encode_picture(noise, "TIFF", exif=exif),
        "tiff_lzw": encode_picture(noise, "TIFF", compression="tiff_lzw"),
        "jpeg2000": encode_picture(noise, "JPEG2000"),
        "jpeg2000_codestream": encode_picture(noise, "JPEG2000", no_jp2=True),
        "webp": encode_picture(noise, "WEBP", exif=exif),
        "webp_lossless": encode_picture(noise.convert("RGBA"), "WEBP", lossless=True),
    }


@pytest.fixture(scope="session")
def encode() -> Encode:
    return encode_picture


@pytest.fixture(scope="session")
def quarters() -> Image.Image:
    return four_quarters()


@pytest.fixture(scope="session")
def valid_files() -> dict[str, bytes]:
    return make_valid_files()


@pytest.fixture(scope="session")
def limits() -> PictureLimits:
    return PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)
