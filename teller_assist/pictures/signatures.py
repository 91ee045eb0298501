"""What the first bytes of a file say, before any decoder sees them.

Some decoders reserve memory for the whole picture as soon as they open a file (WebP) or trust a second header (JPEG 2000),
so the announced size is read here, from the bytes, and checked before the decoder is built.
"""

from __future__ import annotations

import struct

_JPEG_2000_CODESTREAM = b"\xff\x4f\xff\x51"

ACCEPTED: dict[bytes, str] = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG2000",
    _JPEG_2000_CODESTREAM: "JPEG2000",
}

# Only to name the file in the answer; nothing here is ever decoded.
_REFUSED: dict[bytes, str] = {
    b"GIF8": "GIF",
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIP",
    b"<svg": "SVG",
    b"<?xml": "XML",
    b"8BPS": "PSD",
    b"\x1f\x8b": "GZIP",
    b"MZ": "EXE",
    b"\x7fELF": "EXE",
}
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")


def accepted_format(data: bytes) -> str | None:
    """Name the accepted format these bytes begin with, or None: an answer, not a failure.

    Parameters
    ----------
    data
        The whole file.

    Returns
    -------
    "JPEG", "PNG", "BMP", "TIFF", "JPEG2000", "WEBP", or None for everything else.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((name for signature, name in ACCEPTED.items() if data.startswith(signature)), None)


def cut_off_format(data: bytes) -> str | None:
    """Name the accepted format whose signature these bytes begin and do not finish, or None."""
    if data[:4] == b"RIFF" and len(data) < 12:
        return "WEBP"
    return next((name for signature, name in ACCEPTED.items() if len(data) > 1 and signature.startswith(data)), None)


def refused_format(data: bytes) -> str:
    """Name a well-known format that is not accepted; "text" for readable characters, "unknown" for the rest."""
    head = data[:64].lstrip()
    for signature, name in _REFUSED.items():
        if head.startswith(signature):
            return name
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "HEIF"
    return "text" if _is_text(data[:512]) else "unknown"


def announced_size_px(data: bytes, file_format: str) -> tuple[int, int] | None:
    """Read the size that WebP and JPEG 2000 files announce; None where the decoder's own header is read without cost.

    Returns
    -------
    (width, height) in pixels, from the WebP container (RFC 9649, 2.5 to 2.7) or the SIZ segment of the
    JPEG 2000 codestream (ISO/IEC 15444-1, A.5.1).

    Raises
    ------
    struct.error
        The header ends early.
    ValueError
        The header is not one of its format.
    """
    if file_format == "WEBP":
        return _webp_size_px(data)
    if file_format == "JPEG2000":
        return _jpeg_2000_size_px(data)
    return None


def _webp_size_px(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        width, width_high, height, height_high = struct.unpack_from("<HBHB", data, 24)
        return (width_high << 16 | width) + 1, (height_high << 16 | height) + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no WebP image chunk")


def _jpeg_2000_size_px(data: bytes) -> tuple[int, int]:
    start = data.find(_JPEG_2000_CODESTREAM)
    if start < 0:
        raise ValueError("no JPEG 2000 codestream")
    right, bottom, left, top = struct.unpack_from(">4I", data, start + 8)
    return max(0, right - left), max(0, bottom - top)


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # a character may be cut at the end of the head
            return False
        text = head[: error.start].decode("utf-8")
    return all(character.isprintable() or character in "\r\n\t\f" for character in text)
