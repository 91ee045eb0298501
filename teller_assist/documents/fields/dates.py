"""Dates as they are printed on cards."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from teller_assist.documents.fields.found import Found
from teller_assist.documents.fields.text import Text, joined
from teller_assist.evidence.printed import LONG_TERM

# Separators may be lost or misread, digits may not.
_BIRTH = (
    re.compile(r"([12][0-9]{3})[^0-9]{1,2}([0-9]{1,2})[^0-9]{1,2}([0-9]{1,2})(?![0-9])"),
    re.compile(r"([12][0-9]{3})()([0-9]{1,2})月([0-9]{1,2})(?![0-9])"),
    re.compile(r"([12][0-9]{3})年([0-9]{1,2})()([0-9]{1,2})日"),
)
_DAY = r"([12][0-9]{3})[^0-9]{0,2}?([01][0-9])[^0-9]{0,2}?([0-3][0-9])"
_LOOSE_DAY = r"([12][0-9]{3})年([0-9]{1,2})月([0-9]{1,2})日?"
_PERIODS = (
    re.compile(rf"(?<![0-9]){_DAY}[^0-9]{{0,4}}(?:{_DAY}(?![0-9X])|(长期|长|[^0-9]期))"),
    re.compile(rf"(?<![0-9]){_LOOSE_DAY}[^0-9]{{0,4}}(?:{_LOOSE_DAY}|(长期|长|[^0-9]期))"),
)


def iso_date(year: str, month: str, day: str) -> str | None:
    """Return "YYYY-MM-DD", or None where there is no such day."""
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def birth_date_of(text: Text, expected: str | None) -> Found | None:
    """Return the one date that a row with a birth date can be read as.

    Parameters
    ----------
    expected
        The date in the number: where a lost separator leaves several readings, it is the one that counts. "YYYY-MM-DD" or None.
    """
    readings: dict[str, Found] = {}
    for pattern in _BIRTH:
        for match in pattern.finditer(text.characters):
            parts = [text.part(*match.span(place)) for place in range(1, pattern.groups + 1) if match.group(place)]
            found = _date(parts) if len(parts) == 3 else None
            if found is not None:
                readings.setdefault(found.value, found)
    return readings.get(expected or "", next(iter(readings.values()), None))


def period_of(text: Text) -> tuple[Found, Found] | None:
    """Return the first and the last day of a validity, "2019.01.01-2039.01.01" or "2019.01.01-长期"; None where it is none."""
    for pattern in _PERIODS:
        for match in pattern.finditer(text.characters):
            parts = [text.part(*match.span(place)) for place in range(1, 8)]
            first, last = _date(parts[:3]), _date(parts[3:6]) if match.group(4) else _endless(parts[6])
            if first is not None and last is not None:
                return first, last
    return None


def _date(parts: Sequence[Text]) -> Found | None:
    """Return the date of a year, a month and a day."""
    value = iso_date(*(part.characters for part in parts))
    ends = (4, 7, 10)  # of year, month and day in "YYYY-MM-DD"
    places = (place for end, part in zip(ends, parts, strict=True) for place in range(end - len(part.glyphs), end))
    return None if value is None else Found(value, joined(parts), tuple(places))


def _endless(text: Text) -> Found:
    """Return 长期, of which one character may have got lost or be another one."""
    return Found(LONG_TERM, text, tuple(range(len(text.glyphs))), whole=text.characters == LONG_TERM)
