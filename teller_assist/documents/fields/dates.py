"""Dates as they are printed on cards."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

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
    re.compile(rf"{_DAY}[^0-9]{{0,4}}(?:{_DAY}|(长期|长|[^0-9]期))"),
    re.compile(rf"{_LOOSE_DAY}[^0-9]{{0,4}}(?:{_LOOSE_DAY}|(长期|长|[^0-9]期))"),
)


@dataclass(frozen=True, eq=False)
class DateText:
    """A date and the digits it was read from.

    Attributes
    ----------
    value
        "YYYY-MM-DD", or "长期".
    """

    value: str
    text: Text


def iso_date(year: str, month: str, day: str) -> str | None:
    """Return "YYYY-MM-DD", or None where there is no such day."""
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def birth_date_of(text: Text, expected: str | None) -> DateText | None:
    """Return the one date that a row with a birth date can be read as.

    Parameters
    ----------
    expected
        The date in the number: where a lost separator leaves several readings, it is the one that counts. "YYYY-MM-DD" or None.
    """
    readings: dict[str, Text] = {}
    for pattern in _BIRTH:
        for match in pattern.finditer(text.characters):
            groups = [place for place in range(1, (match.lastindex or 0) + 1) if match.group(place)]
            value = iso_date(*(match.group(place) for place in groups)) if len(groups) == 3 else None
            if value is not None:
                readings.setdefault(value, joined(text.part(*match.span(place)) for place in groups))
    if expected in readings and expected is not None:
        return DateText(expected, readings[expected])
    value = next(iter(readings), None)
    return None if value is None else DateText(value, readings[value])


def period_of(text: Text) -> tuple[DateText, DateText] | None:
    """Return the first and the last day of a validity, "2019.01.01-2039.01.01" or "2019.01.01-长期"; None where it is none."""
    for pattern in _PERIODS:
        for match in pattern.finditer(text.characters):
            first = iso_date(*match.group(1, 2, 3))
            last = LONG_TERM if match.group(7) else iso_date(*match.group(4, 5, 6))
            if first is None or last is None:
                continue
            ends = [7] if match.group(7) else [4, 5, 6]
            return (
                DateText(first, joined(text.part(*match.span(place)) for place in (1, 2, 3))),
                DateText(last, joined(text.part(*match.span(place)) for place in ends)),
            )
    return None
