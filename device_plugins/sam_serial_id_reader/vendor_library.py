"""A maker's own library for the photo, as IT sets it up. None ships: it comes with the reader and belongs to its maker.

Both forms that makers deliver are served. A library that crashes ends this process alone; one that writes files writes them into
the process's working folder, which is wiped after every call.
"""

from __future__ import annotations

import ctypes
import hashlib
import sys
from pathlib import Path
from typing import Any

from teller_assist_sdk import DeviceProblem

from .bitmap import PIXEL_BYTES, bitmap, checked_bitmap

_DONE = 1
_FILE_NAME = "portrait"
# A library may write beyond the pixels it promises; the room behind them keeps that from being somebody else's memory.
_ROOM_BYTES = 4096


class VendorLibrary:
    """``int unpack(char *block, char *pixels, int key)``: from memory to memory.

    Raises
    ------
    DeviceProblem
        plugin_failed: no such file, another file than IT answered for, of another bitness, or without such a function.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self._key = int(settings["photo_key"])
        self._is_rgb = settings["photo_colour_order"] == "rgb"
        self._unpack = _function(_loaded(settings), str(settings["photo_function"]))
        self._unpack.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int]

    def decode(self, block: bytes) -> bytes:
        """See ``photo.PhotoDecoder``."""
        into = ctypes.create_string_buffer(PIXEL_BYTES + _ROOM_BYTES)
        _check_done(self._unpack(block, into, self._key))
        pixels = bytearray(into.raw[:PIXEL_BYTES])
        if self._is_rgb:
            pixels[0::3], pixels[2::3] = pixels[2::3], pixels[0::3]
        return bitmap(bytes(pixels))


class VendorFileLibrary:
    """``int GetBmp(char *file, int interface)``: reads portrait.wlt, writes portrait.bmp. Raises as ``VendorLibrary``."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._key = int(settings["photo_key"])
        self._get_bmp = _function(_loaded(settings, standard_call=True), str(settings["photo_function"]))
        self._get_bmp.argtypes = [ctypes.c_char_p, ctypes.c_int]

    def decode(self, block: bytes) -> bytes:
        """See ``photo.PhotoDecoder``."""
        here = Path.cwd()
        source, written = here / f"{_FILE_NAME}.wlt", here / f"{_FILE_NAME}.bmp"
        try:
            source.write_bytes(block)
            _check_done(self._get_bmp(str(source).encode(), self._key))
            return checked_bitmap(written.read_bytes())
        except OSError as error:
            raise DeviceProblem("card_unreadable", f"the library's file: {type(error).__name__}") from error
        finally:
            for path in (source, written):
                path.unlink(missing_ok=True)


def _loaded(settings: dict[str, Any], *, standard_call: bool = False) -> Any:
    path = Path(str(settings["photo_library"]))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DeviceProblem("plugin_failed", f"photo library: {type(error).__name__}") from error
    # The library lies outside the plugin's folder, where nothing else answers for it.
    if hashlib.sha256(content).hexdigest() != str(settings["photo_library_sha256"]).lower():
        raise DeviceProblem("plugin_failed", "photo library: its sha256 is not photo_library_sha256")
    loader: Any = ctypes.CDLL
    if sys.platform == "win32" and standard_call:
        loader = ctypes.WinDLL
    try:
        return loader(str(path.resolve()))
    except OSError as error:
        raise DeviceProblem("plugin_failed", "photo library: the system cannot load it (32 bit, or a part is missing)") from error


def _function(library: Any, name: str) -> Any:
    try:
        return getattr(library, name)
    except (AttributeError, ValueError) as error:
        raise DeviceProblem("plugin_failed", "photo library: it has no such function") from error


def _check_done(code: int) -> None:
    if code != _DONE:
        raise DeviceProblem("card_unreadable", f"photo library: return code {code}")
