"""The interface of the ID card module's own library, sdtapi: SDT_*."""

from __future__ import annotations

import ctypes
from typing import Any

from teller_assist_sdk import DeviceProblem

from .chip_text import TEXT_BYTES, read_chip_text
from .library import VendorLibrary
from .photo import PHOTO_BYTES, PhotoDecoder
from .ports import opened_port

_INT = ctypes.c_int
_BYTES = ctypes.POINTER(ctypes.c_ubyte)
_LENGTH = ctypes.POINTER(ctypes.c_uint)
PROTOTYPES = {
    "SDT_OpenPort": (_INT,),
    "SDT_ClosePort": (_INT,),
    "SDT_GetSAMStatus": (_INT, _INT),
    "SDT_ResetSAM": (_INT, _INT),
    "SDT_GetSAMIDToStr": (_INT, ctypes.c_char_p, _INT),
    "SDT_StartFindIDCard": (_INT, _BYTES, _INT),
    "SDT_SelectIDCard": (_INT, _BYTES, _INT),
    "SDT_ReadBaseMsg": (_INT, _BYTES, _LENGTH, _BYTES, _LENGTH, _INT),
}
_OK, _FOUND, _NO_CARD, _NOT_SELECTED = 0x90, 0x9F, 0x80, 0x81
_PORT_IS_OPEN = 0  # the second argument of most calls: the library does not open and close by itself
_ROOM = 4  # buffers have so many times what the interface says: vendors have written more

_LOST = frozenset((0x01, 0x02, 0x03, 0x05))  # the port, not the card
# After these the module is reset and the card read once more; 60 (self-test) and 66 (not authorised) are final.
_RESET_HELPS = frozenset((0x24, 0x31, 0x32, 0x33, 0x41, 0x47))
_UNREADABLE = _RESET_HELPS | {0x37, 0x3F, 0x40}


class _Status(DeviceProblem):
    """A status word that is not the expected one."""

    def __init__(self, function: str, word: int) -> None:
        code = "plugin_failed"
        if word in _LOST:
            code = "device_missing"
        elif word in (_NO_CARD, _NOT_SELECTED):
            code = "card_removed"
        elif word in _UNREADABLE:
            code = "card_unreadable"
        super().__init__(code, f"{function} 0x{word & 0xFFFFFFFF:02X}")
        self.word = word


class SdtReader:
    """A reader behind sdtapi.

    Raises
    ------
    DeviceProblem
        See ``VendorLibrary``.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.library = VendorLibrary(settings, "library", PROTOTYPES)
        self.decoder = PhotoDecoder(settings)
        self._wanted = int(settings["port"])
        self._port = 0
        self._found = False

    def connect(self) -> None:
        """Open the first port that answers; DeviceProblem device_missing where none does."""
        self._port, self._found = opened_port(self._wanted, self.library.SDT_OpenPort, _OK), False

    def disconnect(self) -> None:
        """Close the port."""
        self.library.SDT_ClosePort(self._port)

    def check(self) -> str:
        """Return the module's number, after its status was asked.

        Raises
        ------
        DeviceProblem
            The status is not 90.
        """
        self._expect(_OK, "SDT_GetSAMStatus", _PORT_IS_OPEN)
        text = ctypes.create_string_buffer(64 * _ROOM)
        self._expect(_OK, "SDT_GetSAMIDToStr", text, _PORT_IS_OPEN)
        return text.value.decode("ascii", "replace")

    def find(self) -> bool:
        """Return whether a card lies there that was not read yet: one that was must be lifted first."""
        number = (ctypes.c_ubyte * (8 * _ROOM))()
        word = self.library.SDT_StartFindIDCard(self._port, number, _PORT_IS_OPEN)
        if word not in (_FOUND, _NO_CARD):
            raise _Status("SDT_StartFindIDCard", word)
        self._found = bool(word == _FOUND)
        return self._found

    def read(self) -> dict[str, Any]:
        """Return the card's record; where a reset may help, the module is reset and the card read once more."""
        try:
            text, photo = self._content()
        except _Status as problem:
            if problem.word not in _RESET_HELPS:
                raise
            self._expect(_OK, "SDT_ResetSAM", _PORT_IS_OPEN)
            self._found = False
            text, photo = self._content()
        return {**read_chip_text(text), "portrait": self.decoder.portrait(photo)}

    def _content(self) -> Any:
        if not self._found and not self.find():
            raise _Status("SDT_StartFindIDCard", _NO_CARD)
        self._found = False
        self._expect(_OK, "SDT_SelectIDCard", (ctypes.c_ubyte * (8 * _ROOM))(), _PORT_IS_OPEN)
        text, photo = (ctypes.c_ubyte * (TEXT_BYTES * _ROOM))(), (ctypes.c_ubyte * (PHOTO_BYTES * _ROOM))()
        text_length, photo_length = ctypes.c_uint(0), ctypes.c_uint(0)
        lengths = ctypes.byref(text_length), ctypes.byref(photo_length)
        self._expect(_OK, "SDT_ReadBaseMsg", text, lengths[0], photo, lengths[1], _PORT_IS_OPEN)
        if text_length.value > len(text) or photo_length.value > len(photo):
            raise DeviceProblem("plugin_failed", "SDT_ReadBaseMsg tells lengths that cannot be")
        return bytes(text[: text_length.value]), bytes(photo[: photo_length.value])

    def _expect(self, wanted: int, function: str, *arguments: Any) -> None:
        word = getattr(self.library, function)(self._port, *arguments)
        if word != wanted:
            raise _Status(function, word)
