"""Pixels as the bytes of a picture file, in memory only: evidence is sealed before it touches a disk."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from teller_assist.evidence.pictures import Pixels

JPEG_QUALITY = 92


def encode_png(pixels: Pixels) -> bytes:
    """Return pixels as a PNG file, without loss.

    Parameters
    ----------
    pixels
        uint8, shape (height, width, 3), BGR.
    """
    return _encoded(pixels, "PNG")


def encode_jpeg(pixels: Pixels) -> bytes:
    """Return pixels as a JPEG file of quality 92; parameters as for ``encode_png``."""
    return _encoded(pixels, "JPEG", quality=JPEG_QUALITY, subsampling=0)


def _encoded(pixels: Pixels, file_format: str, **options: int) -> bytes:
    buffer = BytesIO()
    Image.fromarray(pixels[:, :, ::-1]).save(buffer, file_format, **options)
    return buffer.getvalue()
