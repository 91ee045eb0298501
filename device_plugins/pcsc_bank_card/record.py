"""The values of a bank card become the record that the product takes (EMV Book 3, annex A)."""

from __future__ import annotations

import re
from typing import Any

from teller_assist_sdk import DeviceProblem

from .application import LONGER_NAME, NAME, NUMBER, NUMBER_OF_STRIPE, SEQUENCE_NUMBER, VALID_UNTIL

_NUMBER = re.compile(r"([0-9]{12,19})f*")
_DAY = re.compile(r"([0-9]{2})(0[1-9]|1[0-2])[0-9]{2}")
_NAMELESS = ("", "/", " /")


def card_record(application: bytes, values: dict[int, bytes], *, is_contactless: bool) -> dict[str, Any]:
    """Return the record.

    Raises
    ------
    DeviceProblem
        card_unreadable; the hint names the tag only.
    """
    number = _NUMBER.fullmatch((values.get(NUMBER) or values[NUMBER_OF_STRIPE]).hex())
    if number is None:
        raise DeviceProblem("card_unreadable", "tag 5A")
    return {
        "number": number[1],
        "valid_until": _month(values.get(VALID_UNTIL, b"")),
        "holder_name": _name(values.get(LONGER_NAME, b"")) or _name(values.get(NAME, b"")),
        "sequence_number": _sequence_number(values.get(SEQUENCE_NUMBER, b"")),
        "application": application.hex().upper(),
        "interface": "contactless" if is_contactless else "contact",
    }


def _month(value: bytes) -> str:
    if not value:
        return ""
    day = _DAY.fullmatch(value.hex())
    if day is None:
        raise DeviceProblem("card_unreadable", "tag 5F24")
    return f"20{day[1]}-{day[2]}"


def _name(value: bytes) -> str:
    """Return the name as it stands on the card, "" where there is none or where it is not of printable ASCII (EMV: ans)."""
    text = value.decode("ascii", "replace").strip()
    return "" if text in _NAMELESS or not (text.isascii() and text.isprintable()) else text


def _sequence_number(value: bytes) -> str:
    return value.hex() if len(value) == 1 and value.hex().isdecimal() else ""
