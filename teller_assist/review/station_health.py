"""Stations' heartbeats: the last one of each, and for how long their devices were ready, hour by hour. Nobody's data."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import utc_text
from teller_assist.alerts.shapes import check_shape
from teller_assist.errors import ShapeError, SignatureError
from teller_assist.review.clock import Now
from teller_assist.review.database import Database
from teller_assist.review.people import LoggedIn
from teller_assist.review.proof_tables import DeviceHour, StationHealthRow
from teller_assist.review.rights import Action, require
from teller_assist.review.tables import Station

CLOCK_AHEAD_SHOWN_S = 120
_APART_MOST = datetime.timedelta(minutes=10)  # after a longer silence nobody knows how the devices fared
_HOURS_KEPT = datetime.timedelta(days=90)
_READY = "ready"


@dataclass(frozen=True)
class StationHealthListed:
    """A station and its last heartbeat.

    Attributes
    ----------
    received
        "": none came yet, and the rest says nothing.
    under_way
        Transactions that have a number and go on.
    clock_ahead_s
        How far its clock is ahead of the server's; negative: behind.
    devices
        {kind, state, plugin} each.
    """

    station_id: str
    station_name: str
    branch_id: str
    revoked: bool
    last_seen: str
    received: str = ""
    product_version: str = ""
    highest_sequence: int = 0
    under_way: int = 0
    waiting: int = 0
    refused: int = 0
    unsaved: int = 0
    clock_ahead_s: int = 0
    devices: tuple[Mapping[str, str], ...] = ()

    @property
    def clock_is_wrong(self) -> bool:
        """Whether its clock differs so much that it is shown."""
        return abs(self.clock_ahead_s) > CLOCK_AHEAD_SHOWN_S


@dataclass(frozen=True)
class DeviceReadiness:
    """For how long devices of one kind were told of, and how long of that they were ready."""

    kind: str
    told_s: int
    ready_s: int


class StationHealth:
    """The heartbeats of one server's stations."""

    def __init__(self, database: Database, now: Now) -> None:
        self._database, self._now = database, now

    def take(self, station_id: str, document: object) -> dict[str, Any]:
        """Keep a heartbeat in the place of the last one; returns the heartbeat_answer/1.

        Raises
        ------
        ShapeError
            It is no heartbeat/1.
        SignatureError
            "signature_bad": it tells of another station than the one that signed.
        """
        told = check_shape(document, "heartbeat/1")
        if told["station"] != station_id:
            raise SignatureError("signature_bad")
        now = self._now()
        try:
            ahead_s = round((datetime.datetime.fromisoformat(told["clock"]) - now).total_seconds())
        except (ValueError, OverflowError) as error:
            raise ShapeError(what="heartbeat/1", why="clock") from error
        with self._database.writing() as session:
            known = session.get(StationHealthRow, station_id)
            if known is not None:
                _add_hours(session, station_id, told["devices"], now, datetime.datetime.fromisoformat(known.received))
            row = StationHealthRow(station_id=station_id, received=utc_text(now), clock_ahead_s=ahead_s)
            for name in ("product_version", "highest_sequence", "under_way", "waiting", "refused", "unsaved"):
                setattr(row, name, told[name])
            devices = [{name: one[name] for name in ("kind", "state", "plugin")} for one in told["devices"]]
            row.devices = json.dumps(devices)
            session.merge(row)
        return {"schema": "heartbeat_answer/1", "server_time": utc_text(now)}

    def listed(self, person: LoggedIn) -> list[StationHealthListed]:
        """Return the stations that a person sees, by name.

        Raises
        ------
        LoginError
            "not_permitted"
        """
        require(person, Action.LIST_STATIONS)
        query = (
            select(Station, StationHealthRow)
            .outerjoin(StationHealthRow, StationHealthRow.station_id == Station.station_id)
            .order_by(Station.name, Station.station_id)
        )
        if person.branch_id:
            query = query.where(Station.branch_id == person.branch_id)
        with self._database.reading() as session:
            return [_listed(station, health) for station, health in session.execute(query)]

    def readiness(self, person: LoggedIn, since: datetime.datetime) -> list[DeviceReadiness]:
        """Return how long devices were ready since an hour, by kind, over the stations that a person sees.

        Raises
        ------
        LoginError
            "not_permitted"
        """
        require(person, Action.LIST_STATIONS)
        query = select(DeviceHour.kind, func.sum(DeviceHour.told_s), func.sum(DeviceHour.ready_s))
        query = query.where(DeviceHour.hour >= _hour(since)).group_by(DeviceHour.kind).order_by(DeviceHour.kind)
        if person.branch_id:
            query = query.join(Station, Station.station_id == DeviceHour.station_id).where(Station.branch_id == person.branch_id)
        with self._database.reading() as session:
            return [DeviceReadiness(kind, int(told), int(ready)) for kind, told, ready in session.execute(query)]

    def forget_old(self) -> None:
        """Delete the hours that are too old."""
        oldest = _hour(self._now() - _HOURS_KEPT)
        with self._database.reading() as session:
            if session.scalar(select(DeviceHour.hour).where(DeviceHour.hour < oldest).limit(1)) is None:
                return
        with self._database.writing() as session:
            session.execute(delete(DeviceHour).where(DeviceHour.hour < oldest))


def _add_hours(
    session: Session, station_id: str, devices: list[Mapping[str, str]], now: datetime.datetime, before: datetime.datetime
) -> None:
    """Add the time since the last heartbeat to this hour, as the devices fare now."""
    apart = now - before
    if not datetime.timedelta() < apart <= _APART_MOST:
        return
    states = {one["kind"]: one["state"] for one in devices}
    for kind, state in states.items():
        row = session.get(DeviceHour, (station_id, _hour(now), kind))
        if row is None:
            row = DeviceHour(station_id=station_id, hour=_hour(now), kind=kind, told_s=0, ready_s=0)
            session.add(row)
        seconds = round(apart.total_seconds())
        row.told_s += seconds
        row.ready_s += seconds if state == _READY else 0


def _hour(moment: datetime.datetime) -> str:
    return utc_text(moment)[:13]


def _listed(station: Station, health: StationHealthRow | None) -> StationHealthListed:
    known = (station.station_id, station.name, station.branch_id, station.revoked, station.last_seen)
    if health is None:
        return StationHealthListed(*known)
    return StationHealthListed(
        *known,
        received=health.received,
        product_version=health.product_version,
        highest_sequence=health.highest_sequence,
        under_way=health.under_way,
        waiting=health.waiting,
        refused=health.refused,
        unsaved=health.unsaved,
        clock_ahead_s=health.clock_ahead_s,
        devices=tuple(json.loads(health.devices)),
    )
