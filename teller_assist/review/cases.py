"""Looking at cases: lists without anybody's data, one case opened in memory, and every look an entry of the audit chain."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, undefer

from teller_assist.alerts.canonical import to_base64
from teller_assist.alerts.envelope import open_envelope
from teller_assist.errors import RequestError
from teller_assist.review.audit import AuditKind, Link, append, read_links
from teller_assist.review.database import Database
from teller_assist.review.people import LoggedIn
from teller_assist.review.rights import Action, require
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.stations import station_name
from teller_assist.review.tables import AlertRow, Announcement, Case, CaseTogether

PAGE_MOST = 100


@dataclass(frozen=True)
class ListedAlert:
    """One alert of a listed case; codes."""

    alert_id: str
    kind: str
    severity: str
    why: str


@dataclass(frozen=True)
class ListedCase:
    """A case as a list shows it: codes and times, nobody's data.

    Attributes
    ----------
    followed_by
        Later cases of the same business; told of a single case only.
    """

    case_id: str
    station_id: str
    station_name: str
    sequence: int
    created: str
    received: str
    business_kind: str
    ending: str
    outcome: str
    next_step: str
    decision: str
    chain_index: int
    alerts: tuple[ListedAlert, ...]
    followed_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class CasePage:
    """Some cases, newest first.

    Attributes
    ----------
    after
        Where the next page begins: (received, case_id); None: there is none.
    """

    cases: tuple[ListedCase, ...]
    after: tuple[str, str] | None


class Cases:
    """The cases of one server, for people."""

    def __init__(self, database: Database, keys: PrivateKeys) -> None:
        self._database, self._keys = database, keys

    def page(self, person: LoggedIn, *, size: int, after: tuple[str, str] | None = None, only_alerts: bool = False) -> CasePage:
        """Return one page of the list.

        Raises
        ------
        LoginError
            "not_permitted"
        """
        require(person, Action.LIST_CASES)
        query = select(Case).order_by(Case.received.desc(), Case.case_id.desc()).limit(size + 1)
        if after is not None:
            query = query.where(tuple_(Case.received, Case.case_id) < after)
        if only_alerts:
            query = query.where(Case.with_alerts)
        with self._database.reading() as session:
            found = list(session.execute(query).scalars())
            shown = tuple(_listed(session, row) for row in found[:size])
        return CasePage(shown, (shown[-1].received, shown[-1].case_id) if len(found) > size else None)

    def one(self, person: LoggedIn, case_id: str) -> tuple[ListedCase, dict[str, Any]]:
        """Return a case and its opened case/1 document; the look is noted first.

        Raises
        ------
        LoginError
            "not_permitted"
        RequestError
            "not_found"
        EnvelopeError
            It cannot be opened with this server's key.
        """
        return self._looked_at(person, case_id, AuditKind.CASE_SEEN)

    def picture(self, person: LoggedIn, case_id: str, role: str) -> tuple[bytes, str]:
        """Return a picture of a case and its media type; the look is noted first.

        Raises
        ------
        LoginError, RequestError, EnvelopeError
            As for ``one``; "not_found" also where the picture was not kept.
        """
        _, case = self._looked_at(person, case_id, AuditKind.PICTURE_SEEN, role=role[:16])
        for evidence in case["evidence"]:
            if evidence["role"] == role and evidence["kept"]:
                return base64.b64decode(evidence["data_base64"]), str(evidence["media_type"])
        raise RequestError("not_found")

    def events(self, person: LoggedIn, case_id: str) -> list[Link]:
        """Return what the audit chain says about one case.

        Raises
        ------
        LoginError, RequestError
            "not_permitted", "not_found"
        """
        require(person, Action.SEE_EVENTS)
        with self._database.reading() as session:
            if session.get(Case, case_id) is None:
                raise RequestError("not_found")
            return list(read_links(session, subject=case_id))

    def counts(self) -> Mapping[str, int]:
        """Return how many cases, alerts and announced numbers without a case there are, for the metrics."""
        with self._database.reading() as session:
            cases, alerts = (_count(session, table) for table in (Case, AlertRow))
            missing = session.scalar(
                select(func.count())
                .select_from(Announcement)
                .where(
                    ~select(Case)
                    .where(Case.station_id == Announcement.station_id, Case.sequence == Announcement.sequence)
                    .exists()
                )
            )
        return {"cases": cases, "alerts": alerts, "announced_without_case": missing or 0}

    def _looked_at(self, person: LoggedIn, case_id: str, kind: AuditKind, **facts: str) -> tuple[ListedCase, dict[str, Any]]:
        require(person, Action.SEE_CASE)
        with self._database.writing() as session:
            row = session.get(Case, case_id, options=[undefer(Case.ciphertext)])
            if row is None:
                raise RequestError("not_found")
            append(session, self._keys.signing, kind, actor=person.login, subject=case_id, **facts)
            later = select(CaseTogether.case_id).where(CaseTogether.earlier_case_id == case_id)
            listed = replace(_listed(session, row), followed_by=tuple(sorted(session.scalars(later))))
            envelope = _header_of(row)
        return listed, open_envelope(envelope, self._keys.identity)


def _header_of(row: Case) -> dict[str, Any]:
    return {
        "case_id": row.case_id,
        "station": row.station_id,
        "sequence": row.sequence,
        "ciphertext": to_base64(row.ciphertext),
    }


def _listed(session: Session, row: Case) -> ListedCase:
    alerts: Sequence[AlertRow] = (
        session.execute(select(AlertRow).where(AlertRow.case_id == row.case_id).order_by(AlertRow.place)).scalars().all()
    )
    return ListedCase(
        row.case_id,
        row.station_id,
        station_name(session, row.station_id),
        row.sequence,
        row.created,
        row.received,
        row.business_kind,
        row.ending,
        row.outcome,
        row.next_step,
        row.decision,
        row.chain_index,
        tuple(ListedAlert(one.alert_id, one.kind, one.severity, one.why) for one in alerts),
    )


def _count(session: Session, table: type[Case] | type[AlertRow]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0
