"""The chip's portrait out of its 1024 bytes, by a vendor's own decoder: the codec is closed, none is shipped."""

from __future__ import annotations

import ctypes
import struct
import sys
from pathlib import Path
from typing import Any

from teller_assist_sdk import DeviceProblem

from .library import VendorLibrary

WIDTH_PX, HEIGHT_PX = 102, 126
PHOTO_BYTES = 1024
_PIXEL_BYTES = WIDTH_PX * HEIGHT_PX * 3
_ROOM = 2  # buffers have so many times what the interface says: vendors have written more
_OK = 1
_WRITTEN = Path("zp.bmp")


class PhotoDecoder:
    """A vendor's decoder, by one of two interfaces.

    ``unpack``: ``int unpack(char *photo, char *pixels, int key)``, also under a mangled name; ``get_bmp``:
    ``int GetBmp(char *file, int port)``, which writes a picture beside the file that it is given.

    Parameters
    ----------
    settings
        photo_interface, photo_library, photo_library_sha256, photo_symbol, photo_key, photo_order.

    Raises
    ------
    DeviceProblem
        See ``VendorLibrary``.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self._writes_file = settings["photo_interface"] == "get_bmp"
        types = (ctypes.c_char_p, ctypes.c_int) if self._writes_file else (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int)
        self.library = VendorLibrary(settings, "photo_library", {settings["photo_symbol"]: types})
        self._function = getattr(self.library, settings["photo_symbol"])
        self._key, self._order = int(settings["photo_key"]), settings["photo_order"]

    def portrait(self, photo: bytes) -> dict[str, Any]:
        """Return the portrait of a record.

        Parameters
        ----------
        photo
            1024 bytes.

        Raises
        ------
        DeviceProblem
            card_unreadable: the decoder refuses it.
        """
        if len(photo) != PHOTO_BYTES:
            raise DeviceProblem("card_unreadable", f"{len(photo)} bytes of portrait")
        if self._writes_file:
            return portrait_of_file(self._written(photo))
        pixels = self._unpacked(photo)
        # One decoder returns its buffer from the last byte to the first: on its head, and with red and blue exchanged.
        turned = pixels[::-1] if self._order == "reversed" else pixels
        return {"format": "bmp", "data": bmp_file(turned), "orientation_known": self._order != "unknown"}

    def _unpacked(self, photo: bytes) -> bytes:
        given = ctypes.create_string_buffer(photo, PHOTO_BYTES * _ROOM)
        pixels = ctypes.create_string_buffer(_PIXEL_BYTES * _ROOM)
        self._check(self._function(given, pixels, self._key))
        return pixels.raw[:_PIXEL_BYTES]

    def _written(self, photo: bytes) -> Path:
        given = _WRITTEN.with_suffix(".wlt").resolve()
        given.write_bytes(photo)
        self._check(self._function(str(given).encode("mbcs" if sys.platform == "win32" else "utf-8"), self._key))
        return _WRITTEN

    @staticmethod
    def _check(returned: int) -> None:
        if returned != _OK:
            raise DeviceProblem("card_unreadable", f"the portrait's decoder returns {returned}")


def portrait_of_file(path: Path) -> dict[str, Any]:
    """Return the portrait that a library wrote into the working folder, upright as pictures in files are.

    Raises
    ------
    DeviceProblem
        card_unreadable: there is none.
    """
    try:
        return {"format": "bmp", "data": path.read_bytes(), "orientation_known": True}
    except OSError as error:
        raise DeviceProblem("card_unreadable", "no portrait was written") from error


def bmp_file(pixels: bytes) -> bytes:
    """Return 102x126 pixels, BGR, rows from the top, as a BMP file, whose rows have a multiple of four bytes."""
    row = WIDTH_PX * 3
    padding = bytes(-row % 4)
    body = b"".join(pixels[start : start + row] + padding for start in range(0, _PIXEL_BYTES, row))
    head = struct.pack("<2sIHHI", b"BM", 54 + len(body), 0, 0, 54)
    # A negative height: the first row is the uppermost.
    return head + struct.pack("<IiiHHIIiiII", 40, WIDTH_PX, -HEIGHT_PX, 1, 24, 0, len(body), 2835, 2835, 0, 0) + body
