"""Parts that records of several kinds share; a malformed one means that the card was not read."""

from __future__ import annotations

import base64
import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from teller_assist.errors import CardUnreadableError, PictureError
from teller_assist.evidence.pictures import Picture
from teller_assist.pictures.decode import PictureLimits, decode_picture

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NEVER_PRINTED = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, format, surrogate, line and paragraph separators
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "bmp": "BMP", "jpeg2000": "JPEG2000"}


def portrait(told: Any, limits: PictureLimits) -> tuple[Picture, bool]:
    """Return the portrait, and whether it is known to stand upright; CardUnreadableError "portrait"."""
    require(isinstance(told, dict) and told.keys() == {"format", "data", "orientation_known"}, "portrait")
    require(isinstance(told["orientation_known"], bool), "portrait")
    try:
        found = picture(told, "reference", limits, lambda: refuse_card("portrait"))
    except PictureError as error:
        raise CardUnreadableError(why="portrait", found=error.reason) from error
    return found, told["orientation_known"]


def picture(told: Mapping[str, Any], role: str, limits: PictureLimits, refuse: Callable[[], NoReturn]) -> Picture:
    """Return a picture that is of the format that it says; ``refuse`` raises where the record is none, else PictureError."""
    file_format, data = told["format"], told["data"]
    if not isinstance(file_format, str) or file_format not in _FORMATS or not isinstance(data, str):
        refuse()
    try:
        content = base64.b64decode(data, validate=True)
    except ValueError:
        refuse()
    decoded = decode_picture(content, role=role, limits=limits)
    if decoded.file_format != _FORMATS[file_format]:
        refuse()
    return decoded


def plain(value: Any, why: str, longest: int) -> str:
    """Return a text as one would print it: one line of at most ``longest`` characters, nothing around it."""
    require(isinstance(value, str) and 0 < len(value) <= longest and value == value.strip(), why)
    text = str(value)
    # Private and unassigned code points pass: rare characters of names are stored so.
    require(not any(unicodedata.category(character) in _NEVER_PRINTED for character in text), why)
    return text


def plain_or_empty(value: Any, why: str, longest: int) -> str:
    """Return such a text, or ""."""
    return "" if value == "" else plain(value, why, longest)


def date(value: Any, why: str) -> datetime.date:
    """Return the day that "YYYY-MM-DD" names."""
    require(isinstance(value, str) and _DATE.fullmatch(value) is not None, why)
    try:
        return datetime.date.fromisoformat(value)
    except ValueError as error:
        raise CardUnreadableError(why=why) from error


def require(holds: bool, why: str) -> None:
    """Raise CardUnreadableError with a code of the wording group ``card_why``, unless it holds."""
    if not holds:
        refuse_card(why)


def refuse_card(why: str) -> NoReturn:
    """Raise CardUnreadableError."""
    raise CardUnreadableError(why=why)
