"""Loads a vendor's library: known by its hash, of this interpreter's width, with every function that is needed.

Runs in any Python from 3.8 on, 32 or 64 bit, with the standard library only.
"""

from __future__ import annotations

import ctypes
import hashlib
import struct
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from teller_assist_sdk import DeviceProblem

FOLDER = Path(__file__).resolve().parent
OWN_BITS = struct.calcsize("P") * 8
_PE_MACHINES = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
_ELF_CLASSES = {1: 32, 2: 64}


class VendorLibrary:
    """One loaded library; its functions are attributes that return an int.

    Parameters
    ----------
    settings
        The plugin's.
    name
        Which of them is the library's path: below the plugin's folder, whose every file is authorised, or absolute; then the
        setting ``<name>_sha256`` must tell the file's hash.
    prototypes
        Types of the arguments by function.

    Raises
    ------
    DeviceProblem
        plugin_failed: none is set, there is no such file, or it is another one, of another width, or lacks a function.
    """

    def __init__(self, settings: Mapping[str, Any], name: str, prototypes: Mapping[str, Sequence[Any]]) -> None:
        path = settings[name]
        if not path:
            raise DeviceProblem("plugin_failed", name + " is not set")
        self.path = FOLDER / path
        content = _content(self.path)
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.bits = width_bits(content)
        if settings[name + "_sha256"] or Path(path).is_absolute():  # else it is pinned or signed with the plugin itself
            _check_hash(self.sha256, settings[name + "_sha256"], name)
        if self.bits not in (0, OWN_BITS):
            raise DeviceProblem("plugin_failed", f"the library has {self.bits} bit, its interpreter {OWN_BITS}")
        loaded = self._loaded()
        self._functions = {name: _function(loaded, name, types) for name, types in prototypes.items()}

    def __getattr__(self, name: str) -> Any:
        try:
            return self._functions[name]
        except KeyError:
            raise AttributeError(name) from None

    def _loaded(self) -> Any:
        try:
            # Reader libraries for Windows use the calling convention of Windows itself; with 64 bit there is only one.
            if sys.platform == "win32":
                return ctypes.WinDLL(str(self.path))
            return ctypes.CDLL(str(self.path))
        except OSError as error:  # its text names folders; most often a library that this one needs is not there
            raise DeviceProblem("plugin_failed", "the library, or one that it needs, cannot be loaded") from error


def width_bits(content: bytes) -> int:
    """Return for which processors a library's file is: 32 or 64 bit, 0 where that cannot be seen."""
    if content[:4] == b"\x7fELF":
        return _ELF_CLASSES.get(content[4] if len(content) > 4 else 0, 0)
    if content[:2] == b"MZ" and len(content) >= 64:
        (start,) = struct.unpack_from("<I", content, 60)
        if content[start : start + 4] == b"PE\0\0" and len(content) >= start + 6:
            return _PE_MACHINES.get(struct.unpack_from("<H", content, start + 4)[0], 0)
    return 0


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DeviceProblem("plugin_failed", "no library: " + type(error).__name__) from error


def _check_hash(found: str, wanted: str, name: str) -> None:
    if found != wanted.strip().lower():
        why = "another" if wanted else "no"
        raise DeviceProblem("plugin_failed", f"{why} {name}_sha256 is set; the file's is {found}")


def _function(library: Any, name: str, types: Sequence[Any]) -> Any:
    try:
        function = getattr(library, name)
    except (AttributeError, ValueError) as error:  # ValueError: a zero character in the name
        raise DeviceProblem("plugin_failed", "the library has no function " + name) from error
    function.argtypes, function.restype = list(types), ctypes.c_int
    return function
