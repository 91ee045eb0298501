"""Reading the audit record: page by page with filters, and whole as an export. Whoever exports stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from teller_assist.errors import LoginError
from teller_assist.review.audit import AuditKind, Link, append, link_of
from teller_assist.review.audit_sources import export_lines
from teller_assist.review.cases import veiled
from teller_assist.review.database import Database
from teller_assist.review.people import LoggedIn, Role
from teller_assist.review.review_kinds import ReviewState
from teller_assist.review.rights import Action, require
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.tables import AuditEntry, Case, Station

PAGE_MOST = 200
_AT_ONCE = 500  # rows of an export that are read at a time: no reader holds up the database's own housekeeping
_BLIND = ReviewState.SECOND_REVIEW.value


@dataclass(frozen=True)
class AuditFilter:
    """Which entries; "" is any.

    Attributes
    ----------
    since, until
        Moments as the documents write them; the second one is not included.
    """

    kind: str = ""
    actor: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class AuditPage:
    """Some entries, newest first; ``after`` is the index before which the next page begins, None: there is none."""

    links: tuple[Link, ...]
    after: int | None


class AuditLog:
    """The audit record of one server, for people."""

    def __init__(self, database: Database, keys: PrivateKeys) -> None:
        self._database, self._keys = database, keys

    def page(self, person: LoggedIn, wanted: AuditFilter, *, size: int, after: int | None = None) -> AuditPage:
        """Return a page: an auditor's of everything, a manager's of what happened to the cases and stations of the branch.

        Of a finding that is still blind a manager reads only that there is one.

        Raises
        ------
        LoginError
            "not_permitted"
        """
        require(person, Action.SEE_AUDIT)
        query = _filtered(select(AuditEntry), wanted).order_by(AuditEntry.number.desc()).limit(size + 1)
        if after is not None:
            query = query.where(AuditEntry.number < after)
        if person.role is Role.MANAGER or person.branch_id:
            query = query.where(_of_branch(person.branch_id))
        with self._database.reading() as session:
            links = [link_of(row) for row in session.scalars(query)]
            blind = _blind(session, links) if person.role is Role.MANAGER else frozenset()
        links = [veiled(link, person) if link.subject in blind else link for link in links]
        return AuditPage(tuple(links[:size]), links[size - 1].index if len(links) > size else None)

    def export(self, person: LoggedIn) -> Iterator[str]:
        """Return the lines of an export, which ``audit verify`` takes; the export itself is noted before the first one.

        Raises
        ------
        LoginError
            "not_permitted"
        """
        require(person, Action.EXPORT_AUDIT)
        if person.branch_id:  # the chain is one: it cannot be handed out branch by branch
            raise LoginError("not_permitted")
        return self.exported(actor=person.login)

    def exported(self, *, actor: str) -> Iterator[str]:
        """Return the lines of an export for whoever is at the server's machine."""
        with self._database.writing() as session:
            newest = append(session, self._keys.signing, AuditKind.AUDIT_EXPORTED, actor=actor).index
        return export_lines(self._links(newest), self._receipts(newest), self._keys.public, entries=newest)

    def _links(self, newest: int) -> Iterator[Link]:
        index = -(2**31)
        while True:
            query = select(AuditEntry).where(AuditEntry.number > index, AuditEntry.number <= newest)
            with self._database.reading() as session:
                links = [link_of(row) for row in session.scalars(query.order_by(AuditEntry.number).limit(_AT_ONCE))]
            yield from links
            if len(links) < _AT_ONCE:
                return
            index = links[-1].index

    def _receipts(self, newest: int) -> Iterator[dict[str, Any]]:
        index = 0
        columns = (Case.case_id, Case.chain_index, Case.chain_head, Case.receipt_signature)
        while True:
            query = select(*columns).where(Case.chain_index > index, Case.chain_index <= newest)
            with self._database.reading() as session:
                rows = session.execute(query.order_by(Case.chain_index).limit(_AT_ONCE)).all()
            for case_id, chain_index, head, signature in rows:
                yield {"case_id": case_id, "index": chain_index, "head": head, "signature": signature}
            if len(rows) < _AT_ONCE:
                return
            index = rows[-1][1]


def _filtered(query: Select[AuditEntry], wanted: AuditFilter) -> Select[AuditEntry]:
    for column, value in ((AuditEntry.kind, wanted.kind), (AuditEntry.actor, wanted.actor), (AuditEntry.subject, wanted.subject)):
        if value:
            query = query.where(column == value)
    if wanted.since:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditEntry.at < wanted.until)
    return query


def _blind(session: Session, links: Iterable[Link]) -> frozenset[str]:
    """Return the cases whose second judgement is still blind."""
    subjects = {link.subject for link in links}
    return frozenset(session.scalars(select(Case.case_id).where(Case.case_id.in_(subjects), Case.state == _BLIND)))


def _of_branch(branch_id: str) -> Any:
    cases = select(Case.case_id).where(Case.branch_id == branch_id, Case.case_id == AuditEntry.subject).exists()
    stations = select(Station.station_id).where(Station.branch_id == branch_id, Station.station_id == AuditEntry.subject).exists()
    return or_(cases, stations)
