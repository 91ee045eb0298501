"""A vendor's reader library, built with gcc, and the made-up card on its reader; see vendor_reader.c for what it can be told."""

from __future__ import annotations

import hashlib
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

from teller_assist.evidence.id_number import check_character

SOURCE = Path(__file__).with_suffix(".c")
NAME = "林晓样"
NUMBER = "99000019900307002" + check_character("99000019900307002")
ADDRESS = "样本省示例市样本路1号"
RECORD = {
    "name": (0, NAME),
    "sex": (30, "2"),
    "ethnicity": (32, "01"),
    "birth_date": (36, "19900307"),
    "address": (52, ADDRESS),
    "number": (122, NUMBER),
    "issuer": (158, "示例市公安局"),
    "valid_from": (188, "20200101"),
    "valid_until": (204, "长期"),
}
FIELDS = {
    "GetPeopleName": NAME,
    "GetPeopleSex": "女",
    "GetPeopleNation": "汉",
    "GetPeopleBirthday": "1990-03-07",
    "GetPeopleAddress": ADDRESS,
    "GetPeopleIDCode": NUMBER,
    "GetDepartment": "示例市公安局",
    "GetStartDate": "2020.01.01",
    "GetEndDate": "长期",
}
WIDTH_PX, HEIGHT_PX = 102, 126


def chip_text(flag: str = " ", **changed: str) -> bytes:
    """Return the 256 bytes of a chip's text; ``changed`` gives fields another value."""
    block = bytearray(" ".encode("utf-16-le") * 128)
    for name, (start, usual) in RECORD.items():
        value = changed.get(name, usual).encode("utf-16-le")
        block[start : start + len(value)] = value
    block[248:250] = flag.encode("utf-16-le")
    return bytes(block)


def pixels() -> bytes:
    """Return 102x126 pixels, BGR, rows from the top: blue above, red below, so that turned and exchanged ones show."""
    half = WIDTH_PX * HEIGHT_PX // 2
    return b"\xf0\x20\x10" * half + b"\x10\x20\xf0" * half


def bmp(rows: bytes) -> bytes:
    """Return pixels as vendors' libraries write them: 38862 bytes, the lowest row first."""
    row = WIDTH_PX * 3
    body = b"".join(rows[start : start + row] + b"\0\0" for start in range(len(rows) - row, -1, -row))
    head = struct.pack(
        "<2sIHHIIiiHHIIiiII", b"BM", 54 + len(body), 0, 0, 54, 40, WIDTH_PX, HEIGHT_PX, 1, 24, 0, len(body), 0, 0, 0, 0
    )
    return head + body


def build_library(folder: Path) -> Path:
    """Build the library with gcc, or skip the test that needs it."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc, which builds the stand-in library, is not installed")
    library = folder / "libreader.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O0", "-o", str(library), str(SOURCE)], check=True)
    return library


class VendorStandIn:
    """A library and its reader.

    Parameters
    ----------
    folder
        Where both are put.
    built
        What ``build_library`` made.
    """

    def __init__(self, folder: Path, built: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.library = folder / built.name
        shutil.copy(built, self.library)
        self.tell("text", chip_text())
        self.tell("photo", b"WLf" + bytes(1021))
        self.tell("pixels", pixels())
        self.tell("bmp", bmp(pixels()))
        for function, value in FIELDS.items():
            self.tell(f"field.{function}", value.encode("gbk"))

    def tell(self, name: str, content: bytes | str = b"") -> None:
        """Write one of the files that steer it."""
        (self.folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    def forget(self, name: str) -> None:
        """Remove one of them."""
        (self.folder / name).unlink()

    def settings(self, interface: str = "sdt", **others: Any) -> dict[str, Any]:
        """Return the plugin's settings for it."""
        digest = hashlib.sha256(self.library.read_bytes()).hexdigest()
        named = {"library": str(self.library), "library_sha256": digest}
        photo = {f"photo_{name}": value for name, value in named.items()} | {"photo_key": 708, "photo_order": "upright"}
        return {"interface": interface, **named, **photo, **others}
