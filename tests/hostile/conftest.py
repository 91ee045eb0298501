"""The table of hostile picture files: what is handed in, and the reason that must come back.

One table, run through every door that takes a picture: the decoder, the command line; further doors add a test, not a table.
Everything is made on the fly: no hostile file lies in the repository.
"""

from __future__ import annotations

import os
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Make = Callable[[Path], str]


@dataclass(frozen=True)
class HostileRow:
    """One line of the table.

    Attributes
    ----------
    make
        Makes the file in an empty folder and returns the path to hand in.
    reason
        What must come back; None where the file is odd but a picture (a door that looks for a face then says no_face).
    """

    name: str
    make: Make
    reason: str | None


def content(data: bytes | Callable[[], bytes]) -> Make:
    """A file with this content; large ones are made only when their turn comes."""

    def make(folder: Path) -> str:
        path = folder / "picture"
        path.write_bytes(data() if callable(data) else data)
        return str(path)

    return make


def encoded(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def plain(mode: str = "RGB", side_px: int = 64) -> Image.Image:
    return Image.new("RGB", (side_px, side_px), (120, 160, 200)).convert(mode)


def noise(side_px: int = 64) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 255, (side_px, side_px, 3), dtype=np.uint8))


# ---------------------------------------------------------------- formats written by hand


def png_chunk(kind: bytes, body: bytes, *, crc_offset: int = 0) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) + crc_offset & 0xFFFFFFFF)


def png(width_px: int, height_px: int, *between: bytes, pixel_data: bytes | None = None) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0))
    rows = zlib.compress(bytes(height_px * (1 + 3 * width_px))) if pixel_data is None else pixel_data
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(between) + png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")


@cache
def zlib_bomb() -> bytes:
    return zlib.compress(bytes(300_000_000), 9)


def jpeg_of_size(width_px: int, height_px: int) -> bytes:
    data = bytearray(encoded(plain(), "JPEG"))
    frame = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, frame + 5, height_px, width_px)
    return bytes(data)


def jpeg_with_repeated_scans() -> bytes:
    data = encoded(plain(), "JPEG", progressive=True)
    last_scan = data[data.rfind(b"\xff\xc4", 0, data.rfind(b"\xff\xda")) : -2]
    return data[:-2] + last_scan * 100 + b"\xff\xd9"


def webp_of_size(side_px: int) -> bytes:
    data = bytearray(encoded(plain(), "WEBP", lossless=True))
    bits = struct.unpack_from("<I", data, 21)[0]
    struct.pack_into("<I", data, 21, bits & 0xF0000000 | (side_px - 1) | (side_px - 1) << 14)
    return bytes(data)


def jpeg_2000_of_size(side_px: int, **options: object) -> bytes:
    data = bytearray(encoded(plain(), "JPEG2000", **options))
    struct.pack_into(">II", data, data.index(b"\xff\x4f\xff\x51") + 8, side_px, side_px)
    return bytes(data)


def tiff(width_px: int, height_px: int, *more: tuple[int, int, int, int], next_directory: int = 0) -> bytes:
    """Greyscale, uncompressed, its pixels at byte 400; an entry is (tag, type, count, value)."""
    basic = [(256, 4, 1, width_px), (257, 4, 1, height_px), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (277, 3, 1, 1)]
    strips = [(273, 4, 1, 400), (278, 4, 1, height_px), (279, 4, 1, width_px * height_px)]
    entries = sorted({entry[0]: entry for entry in (*basic, *strips, *more)}.values())
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = b"II*\0" + struct.pack("<I", 8) + directory + struct.pack("<I", next_directory)
    return head.ljust(400, b"\0") + bytes(min(width_px * height_px, 10_000))


def bmp_of_size(width_px: int, height_px: int) -> bytes:
    return (
        b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, width_px, height_px, 1, 24, 0, 0, 0, 0, 0, 0)
    )


def with_orientation(value: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = value
    return encoded(plain(), "JPEG", exif=exif)


# ---------------------------------------------------------------- things that are no ordinary file


def symlink_loop(folder: Path) -> str:
    (folder / "loop").symlink_to(folder / "loop")
    return str(folder / "loop")


def named_pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe")
    return str(folder / "pipe")


def sparse_terabyte(folder: Path) -> str:
    with (folder / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    return str(folder / "sparse")


def without_permission(folder: Path) -> str:
    path = folder / "closed"
    path.write_bytes(encoded(plain(), "PNG"))
    path.chmod(0)
    return str(path)


# ---------------------------------------------------------------- the table

HUGE = [
    HostileRow("png_30000x30000", content(png(30000, 30000, pixel_data=b"x")), "file_too_large"),
    HostileRow("png_width_over_31_bits", content(png(2**32 - 1, 2**32 - 1, pixel_data=b"x")), "file_too_large"),
    HostileRow(
        "png_compressed_note_bomb", content(lambda: png(64, 64, png_chunk(b"zTXt", b"x\0\0" + zlib_bomb()))), "file_too_large"
    ),
    HostileRow("png_profile_bomb", content(lambda: png(64, 64, png_chunk(b"iCCP", b"x\0\0" + zlib_bomb()))), "file_too_large"),
    HostileRow("png_more_pixels_than_announced", content(lambda: png(64, 64, pixel_data=zlib_bomb())), None),
    HostileRow("jpeg_65500x65500", content(jpeg_of_size(65500, 65500)), "file_too_large"),
    HostileRow("jpeg_endless_scans", content(jpeg_with_repeated_scans()), "format_unsupported"),
    HostileRow("webp_16384x16384", content(webp_of_size(16384)), "file_too_large"),
    HostileRow("jpeg2000_60000x60000", content(jpeg_2000_of_size(60000, no_jp2=True)), "file_too_large"),
    HostileRow("jpeg2000_codestream_larger_than_box", content(jpeg_2000_of_size(60000)), "file_too_large"),
    HostileRow("tiff_60000x60000", content(tiff(60000, 60000)), "file_too_large"),
    HostileRow("tiff_huge_tile", content(tiff(100, 100, (322, 4, 1, 65536), (323, 4, 1, 65536))), "file_too_large"),
    HostileRow("bmp_50000x50000", content(bmp_of_size(50000, 50000)), "file_too_large"),
    HostileRow("over_20_mb", content(lambda: encoded(plain(), "PNG") + bytes(20_000_000)), "file_too_large"),
    HostileRow("sparse_terabyte", sparse_terabyte, "file_too_large"),
]
DAMAGED = [
    HostileRow("empty", content(b""), "file_empty"),
    HostileRow("jpeg_signature_only", content(b"\xff\xd8\xff"), "file_truncated"),
    HostileRow("png_half_signature", content(b"\x89PNG"), "file_truncated"),
    HostileRow("jpeg_half", content(lambda: encoded(noise(), "JPEG")[:1500]), "file_truncated"),
    HostileRow("png_half", content(lambda: encoded(noise(), "PNG")[:6000]), "file_truncated"),
    HostileRow("webp_half", content(lambda: encoded(noise(), "WEBP")[:1500]), "file_truncated"),
    HostileRow("tiff_half", content(lambda: encoded(noise(), "TIFF")[:6000]), "file_truncated"),
    HostileRow("jpeg2000_half", content(lambda: encoded(noise(), "JPEG2000")[:6000]), "file_truncated"),
    HostileRow("bmp_half", content(lambda: encoded(noise(), "BMP")[:6000]), "file_truncated"),
    HostileRow("png_bad_checksum", content(png(64, 64, png_chunk(b"gAMA", b"\0\0\xb1\x8f", crc_offset=1))), "file_truncated"),
    HostileRow("jpeg_then_noise", content(b"\xff\xd8\xff" + bytes(range(256)) * 40), "file_truncated"),
    HostileRow("tiff_two_billion_tags", content(tiff(64, 64, (700, 1, 2**31, 8))), None),
    HostileRow("tiff_directory_loop", content(tiff(64, 64, next_directory=8)), None),
]
OTHER_FORMATS = [
    HostileRow("text", content("这不是图像".encode()), "format_unsupported"),
    HostileRow("html", content(b"<!doctype html><img src=x onerror=alert(1)>"), "format_unsupported"),
    HostileRow("svg", content(b'<svg xmlns="http://www.w3.org/2000/svg"/>'), "format_unsupported"),
    HostileRow("pdf", content(lambda: encoded(plain(), "PDF")), "format_unsupported"),
    HostileRow("zip", content(b"PK\x03\x04" + bytes(100)), "format_unsupported"),
    HostileRow("heic", content(b"\0\0\0\x18ftypheic" + bytes(100)), "format_unsupported"),
    HostileRow("avif", content(lambda: encoded(plain(), "AVIF")), "format_unsupported"),
    HostileRow("postscript", content(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n"), "format_unsupported"),
    HostileRow("noise", content(np.random.default_rng(1).bytes(5000)), "format_unsupported"),
    HostileRow("gif", content(lambda: encoded(plain(), "GIF")), "format_unsupported"),
    HostileRow("gif_then_jpeg", content(lambda: b"GIF89a" + encoded(plain(), "JPEG")), "format_unsupported"),
    HostileRow("zip_then_jpeg", content(lambda: b"PK\x03\x04" + encoded(plain(), "JPEG")), "format_unsupported"),
    HostileRow(
        "animated_png", content(lambda: encoded(plain(), "PNG", save_all=True, append_images=[noise()])), "format_unsupported"
    ),
    HostileRow(
        "animated_webp", content(lambda: encoded(plain(), "WEBP", save_all=True, append_images=[noise()])), "format_unsupported"
    ),
    HostileRow(
        "tiff_of_two_pages",
        content(lambda: encoded(plain(), "TIFF", save_all=True, append_images=[noise()])),
        "format_unsupported",
    ),
    HostileRow("tiff_of_floats", content(lambda: encoded(plain("F"), "TIFF")), "format_unsupported"),
]
ODD_PICTURES = [
    HostileRow("one_pixel", content(png(1, 1)), "file_too_small"),
    HostileRow("ribbon", content(png(20000, 7)), "file_too_small"),
    HostileRow("no_face", content(lambda: encoded(noise(256), "PNG")), None),
    HostileRow("cmyk_jpeg", content(lambda: encoded(plain("CMYK"), "JPEG")), None),
    HostileRow("sixteen_bit_grey", content(lambda: encoded(Image.new("I;16", (64, 64), 40000), "PNG")), None),
    HostileRow("one_bit", content(lambda: encoded(plain("1"), "PNG")), None),
    HostileRow("wholly_transparent", content(lambda: encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG")), None),
    HostileRow("orientation_zero", content(with_orientation(0)), None),
    HostileRow("orientation_65535", content(with_orientation(65535)), None),
    HostileRow("exif_nonsense", content(lambda: encoded(plain(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")), None),
    HostileRow("jpeg_then_zip", content(lambda: encoded(plain(), "JPEG") + b"PK\x03\x04" + bytes(100)), None),
    HostileRow("two_pictures_in_one_mpo", content(lambda: encoded(plain(), "MPO", save_all=True, append_images=[noise()])), None),
]
PATHS = [
    HostileRow("nothing_there", lambda folder: str(folder / "nothing"), "file_missing"),
    HostileRow("empty_path_part", lambda folder: str(folder / "nothing" / ".." / "picture"), "file_missing"),
    HostileRow("zero_character", lambda folder: f"{folder}/a\0b", "file_missing"),
    HostileRow("very_long_path", lambda folder: str(folder / ("n" * 5000)), "file_missing"),
    HostileRow("folder", str, "format_unsupported"),
]
if sys.platform != "win32":
    PATHS += [
        HostileRow("symlink_loop", symlink_loop, "file_missing"),
        HostileRow("named_pipe", named_pipe, "format_unsupported"),
    ]
    if os.geteuid() != 0:  # the administrator may read everything
        PATHS.append(HostileRow("no_permission", without_permission, "file_unreadable"))
if sys.platform == "linux":
    PATHS += [
        HostileRow("endless_device", lambda _: "/dev/zero", "format_unsupported"),
        HostileRow("waiting_device", lambda _: "/dev/tty", "format_unsupported"),
        HostileRow("failing_file", lambda _: "/proc/self/mem", "file_unreadable"),
        HostileRow("file_of_unknown_length", lambda _: "/proc/self/status", "format_unsupported"),
    ]

TABLE = [*HUGE, *DAMAGED, *OTHER_FORMATS, *ODD_PICTURES, *PATHS]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for ``row`` once per line of the table."""
    if "row" in metafunc.fixturenames:
        metafunc.parametrize("row", TABLE, ids=[row.name for row in TABLE])


@pytest.fixture
def table() -> list[HostileRow]:
    return TABLE
