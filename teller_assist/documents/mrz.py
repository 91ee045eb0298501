"""The machine-readable zone of a passport or travel permit, as somebody types it or a scan gives it (ICAO Doc 9303-3 to 9303-6).

Only what opens the chip is taken from it: the rest is read from the chip, where it is signed.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from teller_assist.errors import ZoneUnreadableError
from teller_assist.evidence.travel_document import ChipAccess
from teller_assist.settings.personal import Personal

FILLER = "<"
_CHARACTERS = re.compile(r"[A-Z0-9<]+")
_NUMBER = re.compile(r"[A-Z0-9](?:[A-Z0-9<]{0,20}[A-Z0-9])?")
_WEIGHTS = (7, 3, 1)
_NUMBER_LENGTH = 9
_DATE_LENGTH = 6


@dataclass(frozen=True)
class _Layout:
    """Where a format of a zone keeps the items, its lines one behind the other; ``optional`` is where a long number goes on."""

    number: int
    optional: slice
    birth_date: int
    valid_until: int
    composite: tuple[slice, ...]
    composite_digit: int


# By length: TD1 (9303-5, 4.2), TD2 (9303-6, 4.2), TD3 (9303-4, 4.2).
_LAYOUTS = {
    90: _Layout(5, slice(15, 30), 30, 38, (slice(5, 37), slice(38, 45), slice(48, 59)), 59),
    72: _Layout(36, slice(64, 71), 49, 57, (slice(36, 46), slice(49, 56), slice(57, 71)), 71),
    88: _Layout(44, slice(72, 86), 57, 65, (slice(44, 54), slice(57, 64), slice(65, 87)), 87),
}


def check_digit(text: str) -> str:
    """Return the check digit of capital letters, digits and fillers (9303-3, 4.9)."""
    values = (0 if character == FILLER else int(character, 36) for character in text)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def read_chip_access(text: str, today: datetime.date) -> ChipAccess:
    """Return what opens the chip from a whole zone: TD1, TD2 or TD3.

    Parameters
    ----------
    text
        All lines of the zone; spaces, line ends and small letters are put right.
    today
        Two digits of a year mean the latest birth date that is not in the future, and the nearest last day.

    Raises
    ------
    ZoneUnreadableError
        ``why``: form (length or characters), number, birth_date, valid_until, composite (a check digit or a date is wrong).
    """
    zone = "".join(text.split()).upper()
    layout = _LAYOUTS.get(len(zone))
    if layout is None or _CHARACTERS.fullmatch(zone) is None:
        raise ZoneUnreadableError(why="form")
    number = _number(zone, layout)
    birth_date = _checked(zone, layout.birth_date, _DATE_LENGTH, "birth_date")
    valid_until = _checked(zone, layout.valid_until, _DATE_LENGTH, "valid_until")
    _require(check_digit("".join(zone[part] for part in layout.composite)) == zone[layout.composite_digit], "composite")
    return chip_access(number, birth_date_of(birth_date, today), valid_until_of(valid_until, today))


def chip_access(number: str, birth_date: datetime.date, valid_until: datetime.date) -> ChipAccess:
    """Return what opens the chip from three items; spaces and small letters of the number are put right.

    Raises
    ------
    ZoneUnreadableError
        ``why``: number (characters that no zone has, or too long), valid_until (not after the birth date).
    """
    plain = "".join(number.split()).upper().rstrip(FILLER)
    _require(_NUMBER.fullmatch(plain) is not None, "number")
    _require(birth_date < valid_until, "valid_until")
    return ChipAccess(Personal(plain), Personal(birth_date), Personal(valid_until))


def birth_date_of(text: str, today: datetime.date) -> datetime.date:
    """Return the latest day that "YYMMDD" may mean and that is not in the future; ZoneUnreadableError ``birth_date``.

    Who is older than a hundred years gets a day a century late; the chip opens all the same, with two digits.
    """
    days = [day for day in _days(text, today) if day <= today]
    _require(bool(days), "birth_date")
    return max(days)


def valid_until_of(text: str, today: datetime.date) -> datetime.date:
    """Return the nearest day that "YYMMDD" may mean; ZoneUnreadableError ``valid_until``."""
    days = _days(text, today)
    _require(bool(days), "valid_until")
    return min(days, key=lambda day: abs((day - today).days))


def _number(zone: str, layout: _Layout) -> str:
    """Return the document number; one longer than nine characters goes on in the optional data (9303-5, 4.2.2)."""
    end = layout.number + _NUMBER_LENGTH
    if zone[end] != FILLER:
        return _checked(zone, layout.number, _NUMBER_LENGTH, "number").rstrip(FILLER)
    rest, _, _ = zone[layout.optional].partition(FILLER)
    number = zone[layout.number : end] + rest[:-1]
    _require(len(rest) > 1 and check_digit(number) == rest[-1], "number")
    return number


def _checked(zone: str, place: int, length: int, why: str) -> str:
    item = zone[place : place + length]
    _require(check_digit(item) == zone[place + length], why)
    return item


def _days(text: str, today: datetime.date) -> list[datetime.date]:
    """Return the days that "YYMMDD" may mean in the centuries around today; none where it is no date."""
    if re.fullmatch("[0-9]{6}", text) is None:
        return []
    found = []
    for century in (-100, 0, 100):
        year = today.year // 100 * 100 + century + int(text[:2])
        try:
            found.append(datetime.date(year, int(text[2:4]), int(text[4:])))
        except ValueError:  # no such day, or only in a leap year
            continue
    return found


def _require(holds: bool, why: str) -> None:
    if not holds:
        raise ZoneUnreadableError(why=why)
