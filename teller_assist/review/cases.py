"""Looking at cases: lists without anybody's data, one case opened in memory, and every look an entry of the audit chain."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from teller_assist.errors import RequestError
from teller_assist.review.audit import AuditKind, Link, append, read_links
from teller_assist.review.branches import ALL_BRANCHES
from teller_assist.review.case_pages import CaseFilter as CaseFilter
from teller_assist.review.case_pages import page_places
from teller_assist.review.case_store import CaseStore
from teller_assist.review.database import Database
from teller_assist.review.people import LoggedIn
from teller_assist.review.review_kinds import ReviewState
from teller_assist.review.rights import Action, may, require
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.tables import AlertRow, Announcement, AuditEntry, Case, CaseTogether, Station

PAGE_MOST = 100
_ROLE_LONGEST = 32
_TELLERS_MOST = 200
_CHANGES = (
    AuditKind.CASE_RECEIVED,
    AuditKind.FINDING_RECORDED,
    AuditKind.SIGNED_OFF,
    AuditKind.PART_ERASED,
    AuditKind.PERSON_ERASED,
)


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
    state, state_since
        Of the review, and when it became so.
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
    branch_id: str = ""
    teller: str = ""
    state: str = "none"
    state_since: str = ""


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
    """The cases of one server, for people: everybody sees those of the own branch."""

    def __init__(self, database: Database, keys: PrivateKeys, store: CaseStore) -> None:
        self._database, self._keys, self._store = database, keys, store

    def page(
        self, person: LoggedIn, *, size: int, after: tuple[str, str] | None = None, wanted: CaseFilter | None = None
    ) -> CasePage:
        """Return one page of the list.

        Raises
        ------
        LoginError
            "not_permitted"
        """
        require(person, Action.LIST_CASES)
        asked = wanted or CaseFilter()
        with self._database.reading() as session:
            found = page_places(session, person.branch_id or asked.branch_id, asked, after, size + 1)
            shown = _listed(session, _rows(session, [case_id for _, case_id in found[:size]]))
        return CasePage(shown, (shown[-1].received, shown[-1].case_id) if len(found) > size else None)

    def tellers(self, person: LoggedIn, branch_id: str = ALL_BRANCHES) -> tuple[str, ...]:
        """Return who served in cases of a branch that this person sees, for a filter; of all branches they would be too many.

        Raises
        ------
        LoginError
            "not_permitted"
        """
        require(person, Action.LIST_CASES)
        with self._database.reading() as session:
            return tuple(_tellers_of(session, person.branch_id or branch_id))

    def newest_change(self) -> int:
        """Return the number of the newest audit entry that changes a list; 0: there is none."""
        query = select(AuditEntry.number).where(AuditEntry.kind.in_(_CHANGES)).order_by(AuditEntry.number.desc()).limit(1)
        with self._database.reading() as session:
            return session.scalar(query) or 0

    def one(self, person: LoggedIn, case_id: str, *, pictures: bool = False) -> tuple[ListedCase, dict[str, Any]]:
        """Return a case and its opened case/1 document; the look is noted first.

        Parameters
        ----------
        pictures
            With the pictures themselves.

        Raises
        ------
        LoginError
            "not_permitted"
        RequestError
            "not_found", also for another branch's case.
        CaseErasedError
            Its time was over.
        DatabaseError
            It cannot be opened with this server's keys.
        """
        faces = {"pictures": "all"} if pictures else {}
        with self._looked_at(person, Action.SEE_CASE, case_id, AuditKind.CASE_SEEN, **faces) as (session, row):
            (listed,) = _listed(session, [row])
            later = select(CaseTogether.case_id).where(CaseTogether.earlier_case_id == case_id)
            listed = replace(listed, followed_by=tuple(sorted(session.scalars(later))))
            return listed, self._store.opened(session, case_id, pictures=pictures)

    def picture(self, person: LoggedIn, case_id: str, role: str) -> tuple[bytes, str]:
        """Return a picture of a case and its media type; the look is noted first.

        Raises
        ------
        LoginError, RequestError, CaseErasedError, DatabaseError
            As for ``one``; "not_found" also where the picture was not kept.
        """
        with self._looked_at(person, Action.SEE_PICTURE, case_id, AuditKind.PICTURE_SEEN, role=role[:_ROLE_LONGEST]) as (
            session,
            _,
        ):
            for evidence in self._store.opened(session, case_id)["evidence"]:
                if evidence["role"] == role and evidence["kept"]:
                    data = self._store.picture_base64(session, case_id, role)
                    if data is not None:
                        return base64.b64decode(data), str(evidence["media_type"])
        raise RequestError("not_found")

    def events(self, person: LoggedIn, case_id: str) -> list[Link]:
        """Return what the audit chain says about one case; of a finding that is still blind, only that there is one.

        Raises
        ------
        LoginError, RequestError
            "not_permitted", "not_found"
        """
        require(person, Action.SEE_EVENTS)
        with self._database.reading() as session:
            row = visible_case(session, person, case_id)
            links = list(read_links(session, subject=case_id))
            blind = row.state == ReviewState.SECOND_REVIEW and may(person, Action.FIND)
        return [veiled(link, person) if blind else link for link in links]

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

    @contextmanager
    def _looked_at(
        self, person: LoggedIn, action: Action, case_id: str, kind: AuditKind, **facts: str
    ) -> Iterator[tuple[Session, Case]]:
        """Note a look, then let it happen: nobody sees what no entry tells of."""
        require(person, action)
        with self._database.writing() as session:
            visible_case(session, person, case_id)
            append(session, self._keys.signing, kind, actor=person.login, subject=case_id, **facts)
        with self._database.reading() as session:
            yield session, visible_case(session, person, case_id)


def visible_case(session: Session, person: LoggedIn, case_id: str) -> Case:
    """Return a case that a person may see.

    Raises
    ------
    RequestError
        "not_found": there is none, or it is another branch's; the two look alike.
    """
    row = session.get(Case, case_id)
    if row is None or not person.sees(row.branch_id):
        raise RequestError("not_found")
    return row


def _tellers_of(session: Session, branch_id: str) -> Iterator[str]:
    """Step from name to name through the index: DISTINCT would read every case of the branch."""
    last = ""
    for _ in range(_TELLERS_MOST):
        following = select(func.min(Case.teller)).where(Case.branch_id == branch_id, Case.teller > last)
        last = session.scalar(following) or ""
        if not last:
            return
        yield last


def veiled(link: Link, person: LoggedIn) -> Link:
    """Return an entry of a case whose second judgement is still blind: what was found only to whoever found it."""
    of_review = link.kind == AuditKind.FINDING_RECORDED and link.actor != person.login
    return replace(link, facts={"round": link.facts.get("round", "")}) if of_review else link


def _rows(session: Session, case_ids: Sequence[str]) -> list[Case]:
    found = {row.case_id: row for row in session.scalars(select(Case).where(Case.case_id.in_(case_ids)))}
    return [found[case_id] for case_id in case_ids]


def _listed(session: Session, rows: Sequence[Case]) -> tuple[ListedCase, ...]:
    ids = [row.case_id for row in rows]
    alerts: dict[str, list[ListedAlert]] = {one: [] for one in ids}
    for one in session.scalars(select(AlertRow).where(AlertRow.case_id.in_(ids)).order_by(AlertRow.case_id, AlertRow.place)):
        alerts[one.case_id].append(ListedAlert(one.alert_id, one.kind, one.severity, one.why))
    stations = select(Station.station_id, Station.name).where(Station.station_id.in_({row.station_id for row in rows}))
    names = {row.station_id: row.name for row in session.execute(stations)}
    return tuple(
        ListedCase(
            row.case_id,
            row.station_id,
            names.get(row.station_id, ""),
            row.sequence,
            row.created,
            row.received,
            row.business_kind,
            row.ending,
            row.outcome,
            row.next_step,
            row.decision,
            row.chain_index,
            tuple(alerts[row.case_id]),
            branch_id=row.branch_id,
            teller=row.teller,
            state=row.state,
            state_since=row.state_since,
        )
        for row in rows
    )


def _count(session: Session, table: type[Case] | type[AlertRow]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0
