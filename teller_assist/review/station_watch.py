"""Looks for numbers that are missing, for announced numbers without a case, and for stations that fell silent.

Stations deliver in order: once a later number's case is here, an earlier one that is not is missing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import utc_text
from teller_assist.review.clock import Now
from teller_assist.review.database import Database
from teller_assist.review.proof_tables import StationAlertRow, StationHealthRow
from teller_assist.review.station_alerts import StationAlerts, StationWhy
from teller_assist.review.tables import Announcement, Case, Station

GRACE = datetime.timedelta(minutes=2)  # two cases of one station may be on their way at once
_GAPS = (StationWhy.NUMBER_MISSING, StationWhy.ANNOUNCED_WITHOUT_CASE, StationWhy.TAIL_MISSING)
Range = tuple[int, int]  # first, last


@dataclass(frozen=True)
class _Found:
    station_id: str
    why: StationWhy
    first: int
    last: int


class StationWatch:
    """One server's watch; ``look`` is to be called by one thread, every minute or so.

    Parameters
    ----------
    case_within
        How long after its announcement a case may come.
    silent_after
        How long a station may send nothing.
    """

    def __init__(
        self,
        database: Database,
        alerts: StationAlerts,
        now: Now,
        *,
        case_within: datetime.timedelta,
        silent_after: datetime.timedelta,
    ) -> None:
        self._database, self._alerts, self._now = database, alerts, now
        self._case_within, self._silent_after = case_within, silent_after
        self._whole_until: dict[str, int] = {}  # numbers that were looked at, by station: a look costs what is new
        self._looked_until = self._announced_until = ""

    def look(self) -> None:
        """Raise what is new, end what is over.

        Raises
        ------
        DatabaseError, ResourceError
        """
        now = self._now()
        cases_until, announced_until = utc_text(now - GRACE), utc_text(now - self._case_within)
        with self._database.reading() as session:
            over = [row.alert_id for row in self._over(session)]
            highest = self._highest(session, cases_until)
            seen = [
                *self._missing(session, highest),
                *self._without_case(session, announced_until),
                *self._tails(session),
                *self._silent(session, now),
            ]
            found = [one for one in seen if self._untold(session, one)]
        if over or found:
            with self._database.writing() as session:
                self._end(session, over)
                for one in found:
                    self._raise(session, one)  # what another part of this look told of already is left out
        for station_id, sequence in highest.items():
            self._whole_until[station_id] = max(sequence, self._whole_until.get(station_id, 0))
        self._looked_until, self._announced_until = cases_until, announced_until

    def _end(self, session: Session, alert_ids: Iterable[str]) -> None:
        for alert_id in alert_ids:
            row = session.get_one(StationAlertRow, alert_id)
            if not row.ended:
                self._alerts.end_one(session, row)

    def _raise(self, session: Session, found: _Found) -> None:
        for first, last in self._untold(session, found):
            self._alerts.raise_one(session, found.station_id, found.why, first, last)

    def _untold(self, session: Session, found: _Found) -> list[Range]:
        """Return what no open alert tells of yet."""
        if found.why is StationWhy.STATION_SILENT:
            return [] if self._alerts.open_ones(session, found.station_id, found.why) else [(0, 0)]
        told = [(row.first_sequence, row.last_sequence) for row in self._alerts.open_ones(session, found.station_id, *_GAPS)]
        return without((found.first, found.last), told)

    def _highest(self, session: Session, until: str) -> dict[str, int]:
        """Return each station's highest number among the cases that have been here for a while and were not looked at."""
        query = select(Case.station_id, func.max(Case.sequence)).group_by(Case.station_id)
        rows = session.execute(query.where(Case.received > self._looked_until, Case.received <= until))
        return {row[0]: row[1] for row in rows}

    def _missing(self, session: Session, highest: dict[str, int]) -> Iterator[_Found]:
        for station_id, last in highest.items():
            first = self._whole_until.get(station_id, 0) + 1
            if last < first:
                continue
            here = session.scalars(_sequences(station_id, first, last))
            for gap in gaps_between(here, first, last):
                yield _Found(station_id, StationWhy.NUMBER_MISSING, *gap)

    def _without_case(self, session: Session, until: str) -> Iterator[_Found]:
        arrived = select(Case).where(Case.station_id == Announcement.station_id, Case.sequence == Announcement.sequence)
        query = (
            select(Announcement.station_id, Announcement.sequence)
            .where(Announcement.announced > self._announced_until, Announcement.announced <= until, ~arrived.exists())
            .order_by(Announcement.station_id, Announcement.sequence)
        )
        waiting: dict[str, list[int]] = {}
        for station_id, sequence in session.execute(query):
            waiting.setdefault(station_id, []).append(sequence)
        for station_id, sequences in waiting.items():
            for one in ranges_of(sequences):
                yield _Found(station_id, StationWhy.ANNOUNCED_WITHOUT_CASE, *one)

    def _tails(self, session: Session) -> Iterator[_Found]:
        """Find stations that gave numbers whose cases neither came nor wait there."""
        nothing_waits = (StationHealthRow.waiting == 0, StationHealthRow.unsaved == 0)
        for row in session.scalars(select(StationHealthRow).where(*nothing_waits)):
            arrived = session.scalar(select(func.max(Case.sequence)).where(Case.station_id == row.station_id)) or 0
            given = row.highest_sequence - row.under_way
            if given > arrived:
                yield _Found(row.station_id, StationWhy.TAIL_MISSING, arrived + 1, given)

    def _silent(self, session: Session, now: datetime.datetime) -> Iterator[_Found]:
        since = utc_text(now - self._silent_after)
        for station_id in session.scalars(select(Station.station_id).where(~Station.revoked, Station.last_seen < since)):
            yield _Found(station_id, StationWhy.STATION_SILENT, 0, 0)

    def _over(self, session: Session) -> Iterator[StationAlertRow]:
        """Return the alerts whose cases came after all, or whose station is heard again or was revoked."""
        for row in session.scalars(select(StationAlertRow).where(StationAlertRow.ended == "")):
            if row.kind == "sequence_gap":
                here = session.scalars(_sequences(row.station_id, row.first_sequence, row.last_sequence))
                if not gaps_between(here, row.first_sequence, row.last_sequence):
                    yield row
            elif row.why == StationWhy.STATION_SILENT:
                station = session.get(Station, row.station_id)
                if station is None or station.revoked or station.last_seen > row.raised:
                    yield row


def gaps_between(here: Iterable[int], first: int, last: int) -> list[Range]:
    """Return the ranges from first to last that are not among sorted numbers."""
    found = []
    expected = first
    for number in here:
        if number > expected:
            found.append((expected, number - 1))
        expected = number + 1
    return [*found, (expected, last)] if expected <= last else found


def ranges_of(numbers: Sequence[int]) -> list[Range]:
    """Return sorted numbers as ranges."""
    found: list[Range] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def without(one: Range, others: Iterable[Range]) -> list[Range]:
    """Return what is left of a range without others."""
    left = [one]
    for first, last in others:
        cut = [((a, min(b, first - 1)), (max(a, last + 1), b)) for a, b in left]
        left = [part for pair in cut for part in pair if part[0] <= part[1]]
    return left


def _sequences(station_id: str, first: int, last: int) -> Select[int]:
    within = (Case.station_id == station_id, Case.sequence >= first, Case.sequence <= last)
    return select(Case.sequence).where(*within).order_by(Case.sequence).execution_options(yield_per=1000)
