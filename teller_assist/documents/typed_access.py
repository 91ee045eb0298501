"""What a teller types from a passport or travel permit, so that its chip opens: three items, or the whole zone."""

from __future__ import annotations

import datetime
import re

from teller_assist.documents.mrz import birth_date_of, chip_access, read_chip_access, valid_until_of
from teller_assist.errors import ZoneUnreadableError
from teller_assist.evidence.travel_document import ChipAccess

_SHORTEST_ZONE = 60  # two lines of thirty: no document number comes near it
_WHOLE_DATE = re.compile(r"([0-9]{4})[-./ ]?([0-9]{1,2})[-./ ]?([0-9]{1,2})")
_ZONE_DATE = re.compile(r"[0-9]{6}")


def is_zone(text: str) -> bool:
    """Return whether a text is meant as a whole zone, right or wrong."""
    return len("".join(text.split())) >= _SHORTEST_ZONE


def typed_access(number: str, birth_date: str, valid_until: str, today: datetime.date) -> ChipAccess:
    """Return what opens the chip.

    Parameters
    ----------
    number
        The document's number; or the whole zone, and the other two may be empty.
    birth_date, valid_until
        Year, month and day ("1988-03-14", "19880314", "1988.3.14"), or as the zone has it ("880314").

    Raises
    ------
    ZoneUnreadableError
        ``why`` says which of them is wrong; see ``documents.mrz``.
    """
    if is_zone(number):
        return read_chip_access(number, today)
    born = _whole_date(birth_date, "birth_date") or birth_date_of(birth_date.strip(), today)
    if born > today:
        raise ZoneUnreadableError(why="birth_date")
    until = _whole_date(valid_until, "valid_until") or valid_until_of(valid_until.strip(), today)
    return chip_access(number, born, until)


def _whole_date(text: str, why: str) -> datetime.date | None:
    """Return a date whose year is written whole; None where it is not."""
    written = text.strip()
    matched = None if _ZONE_DATE.fullmatch(written) else _WHOLE_DATE.fullmatch(written)
    if matched is None:
        return None
    try:
        return datetime.date(*(int(part) for part in matched.groups()))
    except ValueError as error:
        raise ZoneUnreadableError(why=why) from error
