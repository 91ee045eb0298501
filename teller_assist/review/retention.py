"""What is kept too long is erased: every part of a case, every customer's hash, by its own clock and purpose."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import utc_text
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.case_keys import CaseKeys
from teller_assist.review.case_parts import IDENTITY, NOTES, RECORD, picture_part
from teller_assist.review.case_store import CaseStore
from teller_assist.review.database import Database
from teller_assist.review.register import Register
from teller_assist.review.review_kinds import OPEN_STATES, Item, Purpose
from teller_assist.review.review_policy import ReviewPolicy
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.stations import Now
from teller_assist.review.tables import Case, CasePart, CasePerson

_AT_ONCE = 500


@dataclass(frozen=True)
class PersonCount:
    """How many persons' faces were compared here.

    Attributes
    ----------
    told
        There are so many that the filing with the authority must be prepared.
    """

    persons: int
    filing_at: int
    told: bool


class Retention:
    """The clocks of one server.

    Attributes
    ----------
    counted
        What ``persons`` returned last; None: nobody counted yet.
    """

    def __init__(
        self,
        database: Database,
        keys: PrivateKeys,
        case_keys: CaseKeys,
        store: CaseStore,
        register: Register,
        policy: ReviewPolicy,
        now: Now,
    ) -> None:
        self._database, self._keys, self._case_keys, self._store = database, keys, case_keys, store
        self._register, self._policy, self._now = register, policy, now
        self.counted: PersonCount | None = None

    def sweep(self) -> int:
        """Erase every part whose time is over; returns how many.

        What is under review stays until it is closed, or until the longest time is over: a case that nobody looks at is no reason
        to keep faces for ever.
        """
        erased = 0
        while True:
            with self._database.writing() as session:
                due = self._due(session)
                self._erase(session, due, why="retention")
            erased += len(due)
            if len(due) < _AT_ONCE:
                break
        self._forget_numbers()
        return erased

    def after_restore(self, backup_made: str) -> int:
        """Take out of a restored database what was erased since its backup was made; returns how many parts that are.

        The content is unreadable in any case: its keys are gone. This makes rows, hashes and lists say so.
        """
        since = self._case_keys.erased_since(backup_made)
        with self._database.writing() as session:
            kept = session.execute(select(CasePart.case_id, CasePart.part).where(CasePart.erased == ""))
            known = {(row.case_id, row.part) for row in kept}
            again = [one for one in since.parts if one in known]
            self._erase(session, again, why="restored")
            self._register.remove(session, since.numbers)
        return len(again)

    def persons(self) -> PersonCount:
        """Return how many different persons' faces were compared here."""
        query = select(func.count(func.distinct(CasePerson.number_hmac))).where(CasePerson.face)
        with self._database.reading() as session:
            persons = session.scalar(query) or 0
        self.counted = PersonCount(persons, self._policy.persons_filing_at, persons >= self._policy.persons_told_from)
        return self.counted

    def _due(self, session: Session) -> list[tuple[str, str]]:
        query = (
            select(CasePart.case_id, CasePart.part)
            .join(Case, Case.case_id == CasePart.case_id)
            .where(CasePart.erased == "", CasePart.keep_until <= utc_text(self._now()))
            .where(or_(Case.state.not_in(OPEN_STATES), *self._longest_over()))
            .order_by(CasePart.keep_until)
            .limit(_AT_ONCE)
        )
        return [(case_id, part) for case_id, part in session.execute(query)]

    def _longest_over(self) -> Iterator[ColumnElement[bool]]:
        """Yield, for each item, what makes it too old for whatever it is kept for."""
        of_item = {
            Item.PICTURES: CasePart.part.startswith(picture_part("")),
            Item.NOTES: CasePart.part.startswith(NOTES),
            Item.IDENTITY: CasePart.part == IDENTITY,
            Item.RECORD: CasePart.part == RECORD,
        }
        for item in Item:
            before = self._now() - datetime.timedelta(days=self._policy.days[Purpose.DISPUTE, item])
            yield and_(of_item[item], Case.received <= utc_text(before))

    def _erase(self, session: Session, parts: list[tuple[str, str]], *, why: str) -> None:
        if not parts:
            return
        self._store.erase(session, parts, at=utc_text(self._now()))
        of_case: dict[str, list[str]] = defaultdict(list)
        for case_id, part in parts:
            of_case[case_id].append(part)
        for case_id, of_one in of_case.items():
            facts = {"parts": ",".join(sorted(of_one)), "why": why}
            append(session, self._keys.signing, AuditKind.PART_ERASED, actor="server", subject=case_id, **facts)

    def _forget_numbers(self) -> None:
        before = utc_text(self._now() - datetime.timedelta(days=self._policy.register_days))
        with self._database.writing() as session:
            self._register.forget_old(session, before)
        remembered = self._now() - datetime.timedelta(days=self._policy.erasures_remembered_days)
        self._case_keys.forget_erasures(utc_text(remembered))
