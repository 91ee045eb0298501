"""The card's photo block, made a picture. The codec of real cards (WLT) is closed: a maker's library decodes it.

``test-webp`` decodes what the stand-in reader carries. It is no WLT and no real card has it.
"""

from __future__ import annotations

import io
import warnings
from typing import Any, Protocol

from PIL import Image
from teller_assist_sdk import DeviceProblem

from .bitmap import HEIGHT_PX, WIDTH_PX, bitmap
from .vendor_library import VendorFileLibrary, VendorLibrary

_RIFF_HEAD_BYTES = 8
# Pillow's; a header may claim any size.
_NO_WEBP = (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning)


class PhotoDecoder(Protocol):
    """Makes a picture of a photo block."""

    def decode(self, block: bytes) -> bytes:
        """Return a BMP file of 102x126 pixels; it may stand on its head. Raises DeviceProblem card_unreadable."""


def _webp_pixels(content: bytes) -> bytes:
    """Return 38,556 bytes, rows from the top, colour order blue, green, red."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(content), formats=("WEBP",)) as image:
            if image.size != (WIDTH_PX, HEIGHT_PX):
                raise DeviceProblem("card_unreadable", "the photo has another size")
            return image.convert("RGB").tobytes("raw", "BGR")


class NoDecoder:
    """Stands in where none is set up."""

    def decode(self, _block: bytes) -> bytes:
        """Raise: a card without its portrait is no record."""
        raise DeviceProblem("plugin_failed", "no photo decoder is set up")


class TestWebpDecoder:
    """Decodes a WebP file that fills up the block with zeros."""

    __test__ = False  # the name means what it decodes, not a test

    def decode(self, block: bytes) -> bytes:
        """See ``PhotoDecoder``."""
        length = _RIFF_HEAD_BYTES + int.from_bytes(block[4:_RIFF_HEAD_BYTES], "little")
        try:
            return bitmap(_webp_pixels(block[:length]))
        except _NO_WEBP as error:
            raise DeviceProblem("card_unreadable", f"the photo is no WebP: {type(error).__name__}") from error


def photo_decoder(settings: dict[str, Any]) -> PhotoDecoder:
    """Return the decoder that is set up.

    Raises
    ------
    DeviceProblem
        plugin_failed: the maker's library cannot be used.
    """
    chosen = str(settings["photo_decoder"])
    if chosen == "test-webp":
        return TestWebpDecoder()
    if chosen == "none":
        return NoDecoder()
    return VendorLibrary(settings) if chosen == "vendor_memory" else VendorFileLibrary(settings)


def portrait_of(block: bytes, decoder: PhotoDecoder) -> dict[str, Any]:
    """Return the portrait for the record. Which way up it stands is never known here: libraries differ."""
    if not any(block):
        raise DeviceProblem("card_unreadable", "the card carries no photo")
    return {"format": "bmp", "data": decoder.decode(block), "orientation_known": False}
