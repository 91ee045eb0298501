"""A BMP file of the size that every card's portrait has."""

from __future__ import annotations

import struct

from teller_assist_sdk import DeviceProblem

WIDTH_PX, HEIGHT_PX = 102, 126
PIXEL_BYTES = WIDTH_PX * HEIGHT_PX * 3
_HEAD_BYTES = 54
_ROW_BYTES = 308  # 102 pixels of 3 bytes, filled up to a multiple of four
BITMAP_BYTES = _HEAD_BYTES + HEIGHT_PX * _ROW_BYTES
_HEAD = struct.Struct("<2sIHHIIiiHHIIiiII")
_MOST_BYTES = 1_000_000


def bitmap(pixels: bytes) -> bytes:
    """Return a BMP file, 38,862 bytes.

    Parameters
    ----------
    pixels
        38,556 bytes: 126 rows of 102 pixels from the top, colour order blue, green, red.
    """
    head = _HEAD.pack(
        b"BM", BITMAP_BYTES, 0, 0, _HEAD_BYTES, 40, WIDTH_PX, HEIGHT_PX, 1, 24, 0, BITMAP_BYTES - _HEAD_BYTES, 0, 0, 0, 0
    )  # fmt: skip
    row_bytes = WIDTH_PX * 3
    rows = (pixels[at : at + row_bytes].ljust(_ROW_BYTES, b"\0") for at in range(PIXEL_BYTES - row_bytes, -1, -row_bytes))
    return head + b"".join(rows)


def checked_bitmap(content: bytes) -> bytes:
    """Return a file that a maker's library wrote, if it is a portrait; DeviceProblem card_unreadable where it is not."""
    if _HEAD_BYTES <= len(content) <= _MOST_BYTES:
        head = _HEAD.unpack_from(content)
        if head[0] == b"BM" and (head[6], abs(head[7]), head[9]) == (WIDTH_PX, HEIGHT_PX, 24):
            return content
    raise DeviceProblem("card_unreadable", "the library wrote no portrait")
