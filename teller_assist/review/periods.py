"""Periods of days and months as this server's clock on the wall shows them."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import RequestError

DAYS_MOST = 366
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


@dataclass(frozen=True)
class Period:
    """Some days, both ends included.

    Attributes
    ----------
    zone
        None: this machine's own.
    """

    first: datetime.date
    last: datetime.date
    zone: datetime.tzinfo | None = None

    @property
    def begin(self) -> str:
        """Its first moment, UTC, as the tables hold moments."""
        return self._midnight(self.first)

    @property
    def end(self) -> str:
        """The first moment after it."""
        return self._midnight(self.last + datetime.timedelta(days=1))

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def _midnight(self, day: datetime.date) -> str:
        return utc_text(datetime.datetime.combine(day, datetime.time(), self.zone))


def last_days(days: int, now: datetime.datetime, zone: datetime.tzinfo | None = None) -> Period:
    """Return a period that ends today.

    Raises
    ------
    RequestError
        "body_malformed"
    """
    if not 1 <= days <= DAYS_MOST:
        raise RequestError("body_malformed")
    today = now.astimezone(zone).date()
    return Period(today - datetime.timedelta(days=days - 1), today, zone)


def between(first: str, last: str, zone: datetime.tzinfo | None = None) -> Period:
    """Return the period between two days as a form sends them.

    Raises
    ------
    RequestError
        "body_malformed": they are no days, turned round, or too far apart.
    """
    try:
        period = Period(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last), zone)
        within = 1 <= period.days <= DAYS_MOST
        _ = period.begin, period.end  # the calendar ends somewhere
    except (ValueError, OverflowError) as error:
        raise RequestError("body_malformed") from error
    if not within:
        raise RequestError("body_malformed")
    return period


def month_of(now: datetime.datetime, zone: datetime.tzinfo | None = None) -> str:
    """Return a moment's month, "YYYY-MM"."""
    return now.astimezone(zone).strftime("%Y-%m")


def month_days(month: str, zone: datetime.tzinfo | None = None) -> Period:
    """Return the days of a month.

    Raises
    ------
    RequestError
        "body_malformed"
    """
    if not _MONTH.fullmatch(month):
        raise RequestError("body_malformed")
    first = f"{month}-01"
    try:
        next_month = datetime.date.fromisoformat(first).replace(day=28) + datetime.timedelta(days=4)
    except (ValueError, OverflowError) as error:
        raise RequestError("body_malformed") from error
    return between(first, (next_month.replace(day=1) - datetime.timedelta(days=1)).isoformat(), zone)
