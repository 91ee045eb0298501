"""The managers' register of look-alikes: "these two are different people", with the marks that tell them apart."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import CardUnreadableError, RequestError, ShapeError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.case_store import CaseStore
from teller_assist.review.cases import visible_case
from teller_assist.review.database import Database
from teller_assist.review.people import LoggedIn
from teller_assist.review.register import Register
from teller_assist.review.reviewing import NOTE_LONGEST
from teller_assist.review.rights import Action, require
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.stations import Now
from teller_assist.review.tables import DifferentPeople


@dataclass(frozen=True)
class DifferentPair:
    """Two cases whose persons are two people although they look alike.

    Attributes
    ----------
    marks
        What tells them apart; "" where it was erased.
    """

    number: int
    first_case_id: str
    second_case_id: str
    login: str
    at: str
    marks: str


class LookAlikes:
    """One server's register, for managers."""

    def __init__(self, database: Database, keys: PrivateKeys, store: CaseStore, register: Register, now: Now) -> None:
        self._database, self._keys, self._store, self._register, self._now = database, keys, store, register, now

    def add(self, person: LoggedIn, first_case_id: str, second_case_id: str, marks: str) -> int:
        """Note that the holders of two cases are different people; returns the note's number.

        Both numbers are look-alikes from now on: the next check of either tells of it.

        Raises
        ------
        LoginError, RequestError
            "not_permitted", "not_found"
        ShapeError
            It is one person, a case holds no ID number any more, or the marks are too long.
        CaseErasedError
        """
        _require(person)
        if not 0 < len(marks.strip()) <= NOTE_LONGEST or "\0" in marks:
            raise ShapeError(what="marks", why="length")
        with self._database.writing() as session:
            first, second = (visible_case(session, person, one) for one in (first_case_id, second_case_id))
            numbers = [self._holder(session, one.case_id) for one in (first, second)]
            if numbers[0].text == numbers[1].text:
                raise ShapeError(what="cases", why="one_person")
            self._register.add_look_alikes(session, *numbers)
            row = DifferentPeople(
                branch_id=first.branch_id,
                first_case_id=first.case_id,
                second_case_id=second.case_id,
                login=person.login,
                at=utc_text(self._now()),
            )
            session.add(row)
            session.flush()
            self._store.add_marks(session, first, row.number, marks.strip(), at=self._now())
            append(
                session,
                self._keys.signing,
                AuditKind.DIFFERENT_PEOPLE,
                actor=person.login,
                subject=first.case_id,
                number=row.number,
                other_case=second.case_id,
            )
            return row.number

    def listed(self, person: LoggedIn, *, size: int = 100, before: int | None = None) -> tuple[DifferentPair, ...]:
        """Return the notes of the person's branch, newest first.

        Raises
        ------
        LoginError
            "not_permitted"
        """
        _require(person)
        query = select(DifferentPeople).order_by(DifferentPeople.number.desc()).limit(size)
        query = query.where(DifferentPeople.branch_id == person.branch_id)
        with self._database.reading() as session:
            rows = session.scalars(query if before is None else query.where(DifferentPeople.number < before))
            return tuple(self._told(session, row) for row in rows)

    def about(self, person: LoggedIn, case_id: str) -> tuple[DifferentPair, ...]:
        """Return the notes about one case.

        Raises
        ------
        LoginError, RequestError
            "not_permitted", "not_found"
        """
        _require(person)
        with self._database.reading() as session:
            visible_case(session, person, case_id)
            either = or_(DifferentPeople.first_case_id == case_id, DifferentPeople.second_case_id == case_id)
            return tuple(self._told(session, row) for row in session.scalars(select(DifferentPeople).where(either)))

    def _told(self, session: Session, row: DifferentPeople) -> DifferentPair:
        marks = self._store.marks(session, row.first_case_id, row.number)
        return DifferentPair(row.number, row.first_case_id, row.second_case_id, row.login, row.at, marks)

    def _holder(self, session: Session, case_id: str) -> IdNumber:
        case = self._store.opened(session, case_id)
        try:
            return next(IdNumber(one["number"]) for one in case["persons"])
        except (StopIteration, CardUnreadableError) as error:
            raise ShapeError(what="cases", why="no_number") from error


def _require(person: LoggedIn) -> None:
    require(person, Action.NOTE_DIFFERENT_PEOPLE)
    if not person.branch_id:
        raise RequestError("not_found")
