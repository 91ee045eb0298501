"""The machine-readable zone as data group 1 holds it: TD1, TD2, TD3 with all check digits (ICAO Doc 9303-3 to 9303-6)."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from teller_assist_sdk import DeviceProblem

_CHARACTERS = re.compile(rb"[A-Z0-9<]+")
_VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
_WEIGHTS = (7, 3, 1)
_FILLER = "<"
_SEXES = {"M": "male", "F": "female", "<": "unspecified", "X": "unspecified"}


@dataclass(frozen=True)
class _Layout:
    """Where a format keeps its items: slices of the whole zone, its lines one behind the other.

    ``composite`` lists what the composite check digit covers, ``after_composite`` where that digit stands. ``own_optional`` is
    the check digit of the optional data, where the format has one.
    """

    identifiers: slice
    number: int
    nationality: slice
    birth: int
    sex: int
    expiry: int
    optional: tuple[slice, ...]
    own_optional: int | None
    composite: tuple[slice, ...]
    after_composite: int


# By the zone's length: 9303-5, 4.2 (TD1); 9303-6, 4.2 (TD2); 9303-4, 4.2 (TD3).
_LAYOUTS = {
    90: _Layout(
        slice(60, 90), 5, slice(45, 48), 30, 37, 38, (slice(15, 30), slice(48, 59)), None,
        (slice(5, 30), slice(30, 37), slice(38, 45), slice(48, 59)), 59,
    ),
    72: _Layout(
        slice(5, 36), 36, slice(46, 49), 49, 56, 57, (slice(64, 71),), None,
        (slice(36, 46), slice(49, 56), slice(57, 71)), 71,
    ),
    88: _Layout(
        slice(5, 44), 44, slice(54, 57), 57, 64, 65, (slice(72, 86),), 86,
        (slice(44, 54), slice(57, 64), slice(65, 87)), 87,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Zone:
    """What a zone says; its repr shows nothing.

    ``birth_date`` is None where a part of it is left open.
    """

    document_type: str
    issuing_state: str
    nationality: str
    number: str
    primary_identifier: str
    secondary_identifier: str
    sex: str
    birth_date: datetime.date | None
    valid_until: datetime.date
    optional_data: str

    def __repr__(self) -> str:
        return "Zone(...)"


def check_digit(text: str) -> str:
    """Return the check digit of characters of a zone (9303-3, 4.9)."""
    return str(sum(_VALUES[character] * _WEIGHTS[place % 3] for place, character in enumerate(text)) % 10)


def read_zone(content: bytes, today: datetime.date) -> Zone:
    """Read a whole zone, its lines one behind the other without line ends.

    Raises
    ------
    DeviceProblem
        card_unreadable: not TD1, TD2 or TD3, a check digit is wrong, a date is none. The hint names the item, never its content.
    """
    layout = _LAYOUTS.get(len(content))
    _require(layout is not None and _CHARACTERS.fullmatch(content) is not None, "format")
    assert layout is not None  # noqa: S101 (told to the type checker)
    zone = content.decode("ascii")
    number, optional = _number_and_optional(zone, layout)
    for name, place, length in (("birth_date", layout.birth, 6), ("valid_until", layout.expiry, 6)):
        _require(_fits(zone[place : place + length], zone[place + length]), name + " check digit")
    covered = "".join(zone[part] for part in layout.composite)
    _require(_fits(covered, zone[layout.after_composite]), "composite check digit")
    _require(zone[layout.sex] in _SEXES, "sex")
    primary, secondary = _identifiers(zone[layout.identifiers])
    birth_text, expiry_text = zone[layout.birth : layout.birth + 6], zone[layout.expiry : layout.expiry + 6]
    return Zone(
        document_type=zone[0:2].rstrip(_FILLER),
        issuing_state=zone[2:5].rstrip(_FILLER),
        nationality=zone[layout.nationality].rstrip(_FILLER),
        number=number,
        primary_identifier=primary,
        secondary_identifier=secondary,
        sex=_SEXES[zone[layout.sex]],
        birth_date=None if _FILLER in birth_text else _birth_date(birth_text, today),
        valid_until=_nearest_date(expiry_text, today),
        optional_data=optional,
    )


def _number_and_optional(zone: str, layout: _Layout) -> tuple[str, str]:
    """Return number and optional data; a number longer than nine characters goes on there (9303-5, 4.2.2, note j)."""
    first, digit = zone[layout.number : layout.number + 9], zone[layout.number + 9]
    fields = [zone[part] for part in layout.optional]
    if layout.own_optional is not None:
        given = zone[layout.own_optional]
        empty = not fields[0].strip(_FILLER)
        _require(_fits(fields[0], given) or (empty and given == _FILLER), "optional_data check digit")
    number = first.rstrip(_FILLER)
    if digit == _FILLER and number:
        rest, _, fields[0] = fields[0].partition(_FILLER)
        number, digit = first + rest[:-1], rest[-1:]
        _require(len(rest) > 1, "number")
        _require(_fits(number, digit), "number check digit")
    else:
        _require(_fits(first, digit), "number check digit")
    return number, " ".join(" ".join(fields).replace(_FILLER, " ").split())


def _identifiers(field: str) -> tuple[str, str]:
    """Return surname and given names with spaces between their parts (9303-3, 4.6)."""
    primary, _, secondary = field.rstrip(_FILLER).partition(_FILLER * 2)
    return tuple(" ".join(part.replace(_FILLER, " ").split()) for part in (primary, secondary))  # type: ignore[return-value]


def _fits(text: str, digit: str) -> bool:
    return digit == check_digit(text)


def _birth_date(text: str, today: datetime.date) -> datetime.date:
    """Return the latest such day that is not in the future."""
    days = [day for day in _days(text, "birth_date", today) if day <= today]
    _require(bool(days), "birth_date")
    return max(days)


def _nearest_date(text: str, today: datetime.date) -> datetime.date:
    """Return such a day that lies nearest: a document is valid for a few years, and somebody may bring an old one."""
    days = _days(text, "valid_until", today)
    _require(bool(days), "valid_until")
    return min(days, key=lambda day: abs((day - today).days))


def _days(text: str, name: str, today: datetime.date) -> list[datetime.date]:
    """Return the days that "YYMMDD" may mean: in this century, the one before, the one after."""
    _require(text.isdecimal(), name)
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    found = []
    for century in (-100, 0, 100):
        try:
            found.append(datetime.date(today.year // 100 * 100 + century + year, month, day))
        except ValueError:  # no such day, or only in a leap year
            continue
    return found


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise DeviceProblem("card_unreadable", "machine-readable zone: " + what)
