"""Files a rendering is written as. What is encoded here was made here; pictures from outside go through ``pictures``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from teller_assist.errors import BugError
from teller_assist.evidence.pictures import Pixels

_START_OF_SCAN = b"\xff\xda"


@dataclass(frozen=True)
class Rendering:
    """One rendered photograph as the bytes of its file.

    Attributes
    ----------
    data
        A whole JPEG or PNG file.
    suffix
        ``".jpg"`` where the kind itself is a JPEG file in real life, ``".png"`` where it reaches the bank as bare pixels.
    """

    data: bytes
    suffix: str

    @property
    def pixels(self) -> Pixels:
        """The decoded file: uint8, shape (height, width, 3), BGR."""
        return decoded(self.data)


def jpeg(pixels: Pixels, quality: int) -> bytes:
    """Return baseline JPEG bytes, chroma 4:2:0, with Huffman tables made for the picture; ``quality`` 1 to 100."""
    return _encoded(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1])


def camera_jpeg(pixels: Pixels, quality: int) -> bytes:
    """Return baseline JPEG bytes as a camera writes them: chroma 4:2:0, standard Huffman tables; ``quality`` 1 to 100."""
    return _encoded(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])


def png(pixels: Pixels) -> bytes:
    """Return PNG bytes: every pixel kept."""
    return _encoded(".png", pixels, [])


def decoded(data: bytes) -> Pixels:
    """Return the pixels of a file that this package encoded: uint8, shape (height, width, 3), BGR."""
    pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise BugError("a rendering cannot be decoded")
    return cast(Pixels, pixels)


def jpeg_scan_bytes(data: bytes) -> int:
    """Return the length of a JPEG file's scan data: everything after the scan header, so without tables and headers."""
    start = data.index(_START_OF_SCAN)
    header_length = int.from_bytes(data[start + 2 : start + 4], "big")
    return len(data) - start - 2 - header_length


def _encoded(suffix: str, pixels: Pixels, options: list[int]) -> bytes:
    done, data = cv2.imencode(suffix, pixels, options)
    if not done:
        raise BugError(f"OpenCV could not encode {suffix}")
    return data.tobytes()
