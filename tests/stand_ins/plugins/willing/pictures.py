"""A second module of the plugin, to be imported relatively."""

from __future__ import annotations

import struct


def white_bmp(width: int, height: int) -> bytes:
    """Return a white picture as a BMP file."""
    row = (width * 3 + 3) // 4 * 4
    header = struct.pack("<2sIHHI", b"BM", 54 + row * height, 0, 0, 54)
    information = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, row * height, 2835, 2835, 0, 0)
    return header + information + b"\xff" * (row * height)
