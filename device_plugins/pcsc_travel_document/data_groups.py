"""The chip's table of contents (EF.COM) and data group 1 (ICAO Doc 9303-10, 4.6.1 and 4.7.1)."""

from __future__ import annotations

import datetime

from teller_assist_sdk import DeviceProblem
from teller_assist_tlv import TlvProblem, find_tlv, read_tlv

from .mrz import Zone, read_zone

_COM, _TAG_LIST = 0x60, 0x5C
_DG1, _ZONE = 0x61, 0x5F1F


def listed_tags(content: bytes) -> bytes:
    """Return the tags of the data groups that EF.COM lists, one byte each; also those that this plugin does not know."""
    return _value(content, "COM", _COM, _TAG_LIST)


def zone_of(content: bytes, today: datetime.date) -> Zone:
    """Return the machine-readable zone of data group 1."""
    return read_zone(_value(content, "DG1", _DG1, _ZONE), today)


def _value(content: bytes, name: str, *path: int) -> bytes:
    try:
        value = find_tlv(read_tlv(content), *path)
    except TlvProblem as problem:
        raise DeviceProblem("card_unreadable", f"{name}: {problem}") from None
    if value is None:
        raise DeviceProblem("card_unreadable", f"{name}: tag {path[-1]:X} is missing")
    return value
