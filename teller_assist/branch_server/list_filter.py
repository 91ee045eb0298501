"""Which cases a list page shows, as its address says it; every chip of the page is another address."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import RequestError
from teller_assist.review.cases import CaseFilter
from teller_assist.review.review_kinds import OPEN_STATES, ReviewState

PARAMETERS = ("show", "kind", "state", "teller", "station", "business", "branch", "days", "from", "to")
SHOWS = ("open", "alerts", "all")
DAYS = ("today", "yesterday", "week", "month")
_LONGEST = 64
_BACK = {"today": 0, "yesterday": 1, "week": 6, "month": 29}


@dataclass(frozen=True)
class ListFilter:
    """What an address asks for; what it does not say is "".

    Attributes
    ----------
    show
        "open": what waits for somebody; "alerts": what has one; "all".
    days, begin, end
        A span by name, or dates as YYYY-MM-DD, both inclusive; in this server's own time.
    """

    show: str = "open"
    kind: str = ""
    state: str = ""
    teller: str = ""
    station: str = ""
    business: str = ""
    branch: str = ""
    days: str = ""
    begin: str = ""
    end: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ListFilter:
        """Return what an address asks for.

        Raises
        ------
        RequestError
            "body_malformed"
        """
        told = {name: query.get(name, "") for name in PARAMETERS}
        if any(len(value) > _LONGEST or "\0" in value for value in told.values()):
            raise RequestError("body_malformed")
        told["begin"], told["end"] = told.pop("from"), told.pop("to")
        wanted = cls(**{name: value for name, value in told.items() if value})
        known = (wanted.show in SHOWS, wanted.days in ("", *DAYS), wanted.state in ("", *ReviewState))
        if not all(known) or any(_day(value) is None for value in (wanted.begin, wanted.end) if value):
            raise RequestError("body_malformed")
        return wanted

    def address(self, **changed: str) -> str:
        """Return the address of the list with something changed."""
        told = {**vars(self), **changed}
        told["from"], told["to"] = told.pop("begin"), told.pop("end")
        if told["show"] == ListFilter().show:
            told["show"] = ""
        kept = {name: told[name] for name in PARAMETERS if told[name]}
        return f"/?{urlencode(kept)}" if kept else "/"

    def cases(self, now: datetime.datetime) -> CaseFilter:
        """Return what that means to the records.

        Parameters
        ----------
        now
            In this server's own time zone.
        """
        begin, end = self._span(now)
        states = (self.state,) if self.state else tuple(OPEN_STATES) if self.show == "open" else ()
        return CaseFilter(
            only_alerts=self.show == "alerts",
            alert_kind=self.kind,
            states=tuple(str(state) for state in states),
            branch_id=self.branch,
            teller=self.teller,
            station_id=self.station,
            business_kind=self.business,
            begin=begin,
            end=end,
        )

    def _span(self, now: datetime.datetime) -> tuple[str, str]:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.days:
            begin = _earlier(midnight, _BACK[self.days])
            return utc_text(begin), utc_text(midnight) if self.days == "yesterday" else ""
        first, last = _day(self.begin), _day(self.end)
        begins = "" if first is None else utc_text(_at(first, now))
        return begins, "" if last is None else utc_text(_at(last + datetime.timedelta(days=1), now))


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _earlier(midnight: datetime.datetime, days: int) -> datetime.datetime:
    """Return the midnight some days earlier: a day in between may have had 23 hours."""
    return _at(midnight.date() - datetime.timedelta(days=days), midnight)


def _at(day: datetime.date, now: datetime.datetime) -> datetime.datetime:
    naive = datetime.datetime(day.year, day.month, day.day)
    return naive.astimezone() if now.tzinfo is not None else naive
