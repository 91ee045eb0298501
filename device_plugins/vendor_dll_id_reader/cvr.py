"""The interface of termb: CVR_*, with fields in GBK and the portrait as a file in the working folder."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

from teller_assist_sdk import DeviceProblem

from .chip_text import iso_date
from .library import VendorLibrary
from .photo import portrait_of_file
from .ports import opened_port

_FIELDS = {
    "name": "GetPeopleName",
    "sex": "GetPeopleSex",
    "ethnicity": "GetPeopleNation",
    "birth_date": "GetPeopleBirthday",
    "address": "GetPeopleAddress",
    "number": "GetPeopleIDCode",
    "issuer": "GetDepartment",
    "valid_from": "GetStartDate",
    "valid_until": "GetEndDate",
}
PROTOTYPES = {
    "CVR_InitComm": (ctypes.c_int,),
    "CVR_CloseComm": (),
    "CVR_Authenticate": (),
    "CVR_Read_Content": (ctypes.c_int,),
    **{function: (ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)) for function in _FIELDS.values()},
}
_OK, _NOT_FOUND, _NOT_SELECTED = 1, 2, 3
_TEXT_AND_PICTURE = 4
_FAILED = 0
_FIELD_BYTES = 1024
_PORTRAIT = Path("zp.bmp")
_SEXES = {"男": "male", "女": "female"}
_LIFELONG = "长期"


class CvrReader:
    """A reader behind termb.

    Raises
    ------
    DeviceProblem
        See ``VendorLibrary``.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self.library = VendorLibrary(settings, "library", PROTOTYPES)
        self._wanted = int(settings["port"])
        self._found = False

    def connect(self) -> None:
        """Open the first port that answers; DeviceProblem device_missing where none does."""
        opened_port(self._wanted, self.library.CVR_InitComm, _OK)
        self._found = False

    def disconnect(self) -> None:
        """Close the port."""
        self.library.CVR_CloseComm()

    def check(self) -> str:
        """Return the module's number: this interface tells none."""
        return ""

    def find(self) -> bool:
        """Return whether a card lies there that was not read yet."""
        returned = self.library.CVR_Authenticate()
        if returned not in (_OK, _NOT_FOUND, _NOT_SELECTED):
            raise DeviceProblem("device_missing", f"CVR_Authenticate {returned}")
        self._found = bool(returned == _OK)
        return self._found

    def read(self) -> dict[str, Any]:
        """Return the card's record."""
        if not self._found and not self.find():
            raise DeviceProblem("card_removed", "CVR_Authenticate finds no card")
        self._found = False
        returned = self.library.CVR_Read_Content(_TEXT_AND_PICTURE)
        if returned != _OK:
            code = "card_unreadable" if returned == _FAILED else "plugin_failed"
            raise DeviceProblem(code, f"CVR_Read_Content {returned}")
        told = {name: self._field(name, function) for name, function in _FIELDS.items()}
        if told["sex"] not in _SEXES:
            raise DeviceProblem("card_unreadable", "sex")
        return {
            **told,
            "sex": _SEXES[told["sex"]],
            "birth_date": iso_date(told["birth_date"], "birth_date"),
            "valid_from": iso_date(told["valid_from"], "valid_from"),
            "valid_until": "long_term" if told["valid_until"] == _LIFELONG else iso_date(told["valid_until"], "valid_until"),
            "portrait": portrait_of_file(_PORTRAIT),
        }

    def _field(self, name: str, function: str) -> str:
        buffer, length = ctypes.create_string_buffer(_FIELD_BYTES), ctypes.c_int(_FIELD_BYTES - 1)
        getattr(self.library, function)(buffer, ctypes.byref(length))
        try:
            text = buffer.value.decode("gbk").strip()
        except UnicodeDecodeError as error:
            raise DeviceProblem("card_unreadable", name) from error
        # GBK has no place for rare characters of names; libraries put a question mark there, which nobody is called.
        if not text or "?" in text or "\uff1f" in text:
            raise DeviceProblem("card_unreadable", name)
        return text
