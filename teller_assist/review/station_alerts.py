"""Alerts about stations and the server itself: raised once, ended by themselves, acknowledged by a manager; never removed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import EnvelopeError, RequestError
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.clock import Now
from teller_assist.review.database import Database
from teller_assist.review.people import LoggedIn
from teller_assist.review.proof_tables import StationAlertRow
from teller_assist.review.rights import Action, may, require
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.stations import station_name
from teller_assist.review.tables import Station

NOTE_LONGEST = 500
PAGE_MOST = 100
OF_THE_SERVER = ""  # in the place of station and branch
_PURPOSE = "station alert notes"


class StationWhy(StrEnum):
    """What an alert tells of."""

    NUMBER_MISSING = "number_missing"
    ANNOUNCED_WITHOUT_CASE = "announced_without_case"
    TAIL_MISSING = "tail_missing"
    STATION_SILENT = "station_silent"
    HEADS_UNWRITABLE = "heads_unwritable"
    HEADS_DIFFER = "heads_differ"
    CHAIN_BROKEN = "chain_broken"
    CLOCK_WENT_BACK = "clock_went_back"


_GAPS = frozenset({StationWhy.NUMBER_MISSING, StationWhy.ANNOUNCED_WITHOUT_CASE, StationWhy.TAIL_MISSING})


@dataclass(frozen=True)
class StationAlert:
    """One alert as it is listed.

    Attributes
    ----------
    kind
        "sequence_gap" or "device".
    first_sequence, last_sequence
        The numbers that are missing; 0 where it is about none.
    ended, seen_at
        "": not yet.
    note
        "" also for somebody of IT.
    """

    alert_id: str
    branch_id: str
    station_id: str
    station_name: str
    kind: str
    why: str
    first_sequence: int
    last_sequence: int
    raised: str
    ended: str
    seen_by: str
    seen_at: str
    note: str


@dataclass(frozen=True)
class StationAlertPage:
    """Some alerts, newest first; ``after`` is where the next page begins (raised, alert_id), None: there is none."""

    alerts: tuple[StationAlert, ...]
    after: tuple[str, str] | None


class StationAlerts:
    """The alerts of one server."""

    def __init__(self, database: Database, keys: PrivateKeys, now: Now) -> None:
        self._database, self._keys, self._now = database, keys, now

    def listed(
        self, person: LoggedIn, *, size: int, after: tuple[str, str] | None = None, only_open: bool = False
    ) -> StationAlertPage:
        """Return a page of those of the person's branch and of the server itself.

        Parameters
        ----------
        only_open
            Leave out what is over or acknowledged.

        Raises
        ------
        LoginError
            "not_permitted"
        """
        require(person, Action.SEE_STATION_ALERTS)
        query = select(StationAlertRow).order_by(StationAlertRow.raised.desc(), StationAlertRow.alert_id.desc())
        if person.branch_id:
            query = query.where(StationAlertRow.branch_id.in_((person.branch_id, OF_THE_SERVER)))
        if after is not None:
            query = query.where(tuple_(StationAlertRow.raised, StationAlertRow.alert_id) < after)
        if only_open:
            query = query.where(StationAlertRow.ended == "", StationAlertRow.seen_at == "")
        with self._database.reading() as session:
            found = list(session.scalars(query.limit(size + 1)))
            with_note = may(person, Action.READ_STATION_ALERT_NOTES)
            shown = tuple(self._listed(session, row, with_note=with_note) for row in found[:size])
        return StationAlertPage(shown, (shown[-1].raised, shown[-1].alert_id) if len(found) > size else None)

    def acknowledge(self, person: LoggedIn, alert_id: str, note: str) -> None:
        """Note that a manager saw an alert, and what was found; only once.

        Raises
        ------
        LoginError
            "not_permitted"
        RequestError
            "not_found": there is none in this branch; "body_malformed": no note, or too long a one; "already_acknowledged".
        """
        require(person, Action.ACKNOWLEDGE_STATION_ALERTS)
        if not 0 < len(note.strip()) <= NOTE_LONGEST:
            raise RequestError("body_malformed")
        with self._database.writing() as session:
            row = session.get(StationAlertRow, alert_id)
            if row is None or not (row.branch_id == OF_THE_SERVER or person.sees(row.branch_id)):
                raise RequestError("not_found")
            if row.seen_at:
                raise RequestError("already_acknowledged")
            row.seen_by, row.seen_at = person.login, utc_text(self._now())
            row.note_encrypted = self._encrypted(alert_id, note.strip())
            self._note(session, AuditKind.STATION_ALERT_SEEN, row, actor=person.login)

    def open_count(self) -> int:
        """Return how many are neither over nor acknowledged."""
        count = select(func.count()).select_from(StationAlertRow)
        with self._database.reading() as session:
            return session.scalar(count.where(StationAlertRow.ended == "", StationAlertRow.seen_at == "")) or 0

    # ------------------------------------------------------------ whoever watches

    def open_ones(self, session: Session, station_id: str, *why: StationWhy) -> list[StationAlertRow]:
        """Return a station's alerts that are not over, acknowledged or not."""
        query = select(StationAlertRow).where(StationAlertRow.ended == "", StationAlertRow.station_id == station_id)
        return list(session.scalars(query.where(StationAlertRow.why.in_([one.value for one in why]))))

    def raise_one(self, session: Session, station_id: str, why: StationWhy, first: int = 0, last: int = 0) -> None:
        """Raise an alert; the caller knows that it is new."""
        branch_id = session.scalar(select(Station.branch_id).where(Station.station_id == station_id)) or OF_THE_SERVER
        row = StationAlertRow(
            alert_id=uuid.uuid4().hex,
            branch_id=branch_id,
            station_id=station_id,
            kind="sequence_gap" if why in _GAPS else "device",
            why=why.value,
            first_sequence=first,
            last_sequence=last,
            raised=utc_text(self._now()),
            ended="",
            seen_by="",
            seen_at="",
            note_encrypted=b"",
        )
        session.add(row)
        self._note(session, AuditKind.STATION_ALERT_RAISED, row, actor="server")

    def end_one(self, session: Session, row: StationAlertRow) -> None:
        """Note that what an alert told of is over."""
        row.ended = utc_text(self._now())
        self._note(session, AuditKind.STATION_ALERT_ENDED, row, actor="server")

    def set_server(self, why: StationWhy, *, wrong: bool) -> None:
        """Raise an alert about the server itself, or end it; nothing where it stands so already."""
        with self._database.reading() as session:
            known = bool(self.open_ones(session, OF_THE_SERVER, why))
        if known == wrong:
            return
        with self._database.writing() as session:
            rows = self.open_ones(session, OF_THE_SERVER, why)
            if wrong and not rows:
                self.raise_one(session, OF_THE_SERVER, why)
            for row in rows if not wrong else ():
                self.end_one(session, row)

    def _note(self, session: Session, kind: AuditKind, row: StationAlertRow, *, actor: str) -> None:
        subject = row.station_id or "server"
        append(
            session,
            self._keys.signing,
            kind,
            actor=actor,
            subject=subject,
            alert=row.alert_id,
            why=row.why,
            first=row.first_sequence,
            last=row.last_sequence,
        )

    def _listed(self, session: Session, row: StationAlertRow, *, with_note: bool) -> StationAlert:
        return StationAlert(
            row.alert_id,
            row.branch_id,
            row.station_id,
            station_name(session, row.station_id),
            row.kind,
            row.why,
            row.first_sequence,
            row.last_sequence,
            row.raised,
            row.ended,
            row.seen_by,
            row.seen_at,
            self._opened(row) if with_note else "",
        )

    def _encrypted(self, alert_id: str, note: str) -> bytes:
        key = self._keys.field_key(_PURPOSE)
        return self._keys.suite.encrypt_field(key, note.encode("utf-8"), alert_id.encode("ascii"))

    def _opened(self, row: StationAlertRow) -> str:
        if not row.note_encrypted:
            return ""
        key = self._keys.field_key(_PURPOSE)
        try:
            return self._keys.suite.decrypt_field(key, row.note_encrypted, row.alert_id.encode("ascii")).decode("utf-8")
        except EnvelopeError:  # written under a key that is gone: nobody can ever read it
            return "***"
