"""JPEG pictures as the service sends them: cut out of a stream, judged whole, made small for a preview.

The headers between a stream's pictures are not believed. A picture is what ITU-T T.81 says: from SOI through its segments to EOI.
"""

from __future__ import annotations

import io
import re
import warnings

from PIL import Image
from teller_assist_sdk import DeviceProblem

LARGEST_PICTURE_BYTES = 5_900_000  # as base64 it must fit into one answer to the station
PREVIEW_PX = 1280
_MOST_PX = 20_000_000

_START = b"\xff\xd8\xff"  # SOI, and the first byte of the next marker
_SOS, _EOI = 0xDA, 0xD9
# Segments that a picture may have: SOF, DHT, SOS, DQT, DNL, DRI, APPn, COM.
_SEGMENTS = frozenset((*range(0xC0, 0xD0), *range(0xDA, 0xDE), *range(0xE0, 0xF0), 0xFE)) - {0xC8, 0xCC}
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # neither a stuffed byte nor RST0 to RST7 nor a fill byte
_UNFINISHED, _BROKEN = -1, -2
# Pillow's; a header may claim any size.
_NO_PICTURE = (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning)


class PictureCutter:
    """Takes a stream's bytes as they come and gives pictures as soon as they are whole.

    Attributes
    ----------
    dropped
        Beginnings of pictures that were no whole ones.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._waiting = bytearray()

    def pictures(self, received: bytes) -> list[bytes]:
        """Take what was received and return the pictures that are whole now."""
        self._waiting += received
        found = []
        while self._begins():
            end = _end(self._waiting)
            if end == _UNFINISHED and len(self._waiting) <= LARGEST_PICTURE_BYTES:
                break
            if end > 0:
                found.append(bytes(self._waiting[:end]))
            else:
                self.dropped += 1
            del self._waiting[: max(2, end)]
        return found

    def _begins(self) -> bool:
        """Drop what stands before the next picture; return whether there is one."""
        start = self._waiting.find(_START)
        del self._waiting[: start if start >= 0 else max(0, len(self._waiting) - 2)]
        return start >= 0


def whole_jpeg(content: bytes, what: str) -> bytes:
    """Return a picture if it is a whole JPEG file.

    Parameters
    ----------
    what
        What it was meant to be, for the hint.

    Raises
    ------
    DeviceProblem
        plugin_failed: it is none, is cut off, or is larger than an answer to the station may be.
    """
    if not content.startswith(_START) or _end(content) < 0:
        raise DeviceProblem("plugin_failed", f"{what}: not a whole JPEG picture")
    if len(content) > LARGEST_PICTURE_BYTES:
        raise DeviceProblem("plugin_failed", f"{what}: {len(content)} bytes; set a lower resolution in the maker's program")
    return content


def preview_of(content: bytes) -> tuple[int, int, bytes]:
    """Return width and height in pixels, and the pixels, of a picture made small: at most 1280 a side.

    Returns
    -------
    The pixels are rows from the top, colour order blue, green, red, height * width * 3 bytes.

    Raises
    ------
    DeviceProblem
        plugin_failed: it cannot be decoded.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
                if image.width * image.height > _MOST_PX:
                    raise DeviceProblem("plugin_failed", f"preview of {image.width}x{image.height} px")
                image.thumbnail((PREVIEW_PX, PREVIEW_PX))
                return image.width, image.height, image.convert("RGB").tobytes("raw", "BGR")
    except _NO_PICTURE as error:
        raise DeviceProblem("plugin_failed", f"preview: {type(error).__name__}") from error


def _end(data: bytes | bytearray) -> int:
    """Return where the picture at the front ends, or _UNFINISHED, or _BROKEN."""
    at, has_scan = 2, False
    while at + 2 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF:
            return _BROKEN
        if marker == _EOI:
            return at + 2 if has_scan else _BROKEN
        if marker == 0xFF:
            at += 1  # a fill byte
            continue
        if marker not in _SEGMENTS:
            return _BROKEN
        if at + 4 > len(data):
            return _UNFINISHED
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _SOS:
            has_scan = True
            after = _AFTER_SCAN.search(data, at)
            at = after.start() if after else len(data)
    return _UNFINISHED
