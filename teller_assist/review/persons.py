"""What one person may ask of the bank: a copy of everything that is kept about them, or its erasure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from teller_assist import __version__
from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import CaseErasedError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.case_parts import RECORD
from teller_assist.review.case_store import CaseStore
from teller_assist.review.database import Database
from teller_assist.review.recent_faces import RecentFaces
from teller_assist.review.register import Register
from teller_assist.review.review_kinds import OPEN_STATES, Purpose
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.stations import Now
from teller_assist.review.tables import Case, CasePart, CasePerson


@dataclass(frozen=True)
class Erasure:
    """What an erasure did.

    Attributes
    ----------
    kept_for_dispute
        Cases that were left as they are: under review, or evidence in a dispute.
    """

    cases: int
    parts: int
    kept_for_dispute: tuple[str, ...]


class Persons:
    """One server's answers to persons."""

    def __init__(
        self,
        database: Database,
        keys: PrivateKeys,
        store: CaseStore,
        register: Register,
        recent_faces: RecentFaces,
        now: Now,
    ) -> None:
        self._database, self._keys, self._store, self._register = database, keys, store, register
        self._recent_faces, self._now = recent_faces, now

    def export(self, number: IdNumber, *, actor: str) -> dict[str, Any]:
        """Return everything that is kept about a person, pictures included; each case is noted as looked at."""
        with self._database.writing() as session:
            case_ids = self._case_ids(session, number)
            for case_id in case_ids:
                append(session, self._keys.signing, AuditKind.PERSON_EXPORTED, actor=actor, subject=case_id)
        with self._database.reading() as session:
            cases = [self._case(session, case_id) for case_id in case_ids]
            in_register = self._register.knows(session, number)
        return {
            "schema": "person_export/1",
            "product_version": __version__,
            "made": utc_text(self._now()),
            "in_register": in_register,
            "cases": cases,
        }

    def erase(self, number: IdNumber, *, actor: str) -> Erasure:
        """Erase pictures, names, numbers, notes, hashes and faces of a person, for ever and in every backup.

        What remains of a case is its record without a person: codes, times, counts. Cases under review and evidence in a dispute
        stay as they are until their time is over.
        """
        at = utc_text(self._now())
        self._recent_faces.forget_number(number)  # first: it finds what to take out of its index by the rows
        with self._database.writing() as session:
            case_ids = self._case_ids(session, number)
            disputed = [one for one in case_ids if self._is_disputed(session, one)]
            parts = [part for one in case_ids if one not in disputed for part in self._parts(session, one)]
            hashes = () if disputed else self._register.names(number)
            self._store.erase(session, parts, at=at, numbers=hashes)
            self._register.remove(session, hashes)
            for case_id in {case_id for case_id, _ in parts}:
                append(session, self._keys.signing, AuditKind.PERSON_ERASED, actor=actor, subject=case_id)
        return Erasure(len(case_ids) - len(disputed), len(parts), tuple(disputed))

    def _case_ids(self, session: Session, number: IdNumber) -> list[str]:
        query = select(CasePerson.case_id).where(CasePerson.number_hmac == self._register.case_name(number))
        return sorted(session.scalars(query))

    def _case(self, session: Session, case_id: str) -> dict[str, Any]:
        try:
            return self._store.opened(session, case_id, pictures=True)
        except CaseErasedError:
            return {"case_id": case_id, "erased": True}

    @staticmethod
    def _parts(session: Session, case_id: str) -> Sequence[tuple[str, str]]:
        query = select(CasePart.part).where(CasePart.case_id == case_id, CasePart.erased == "", CasePart.part != RECORD)
        return [(case_id, part) for part in session.scalars(query)]

    @staticmethod
    def _is_disputed(session: Session, case_id: str) -> bool:
        state = session.scalars(select(Case.state).where(Case.case_id == case_id)).one()
        kept = select(CasePart.part).where(
            CasePart.case_id == case_id, CasePart.purpose == Purpose.DISPUTE.value, CasePart.erased == ""
        )
        return state in OPEN_STATES or session.scalar(kept.limit(1)) is not None
