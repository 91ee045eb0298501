"""Cases at rest: each part encrypted under its own key, opened in memory, erased by destroying the key."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, undefer

from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import CaseErasedError, DatabaseError, EnvelopeError
from teller_assist.review.case_keys import CaseKeys
from teller_assist.review.case_parts import (
    RECORD,
    is_note,
    is_picture,
    item_of,
    joined,
    marks_part,
    note_content,
    note_part,
    part_sha256,
    parted,
    parts_sha256,
    picture_part,
    read_part,
)
from teller_assist.review.review_kinds import Purpose
from teller_assist.review.review_policy import ReviewPolicy
from teller_assist.review.tables import Case, CasePart


@dataclass(frozen=True)
class PartedCase:
    """A case's parts, ready to be encrypted; it never prints."""

    parts: Mapping[str, bytes]

    def __repr__(self) -> str:
        return "PartedCase(***)"

    @property
    def hashes(self) -> dict[str, str]:
        """Each part's hash."""
        return {part: part_sha256(content) for part, content in self.parts.items()}

    @property
    def sha256(self) -> str:
        """What the audit chain says of all of them."""
        return parts_sha256(self.hashes)


class CaseStore:
    """The parts of one server's cases, within a caller's session."""

    def __init__(self, keys: CaseKeys, policy: ReviewPolicy) -> None:
        self._keys, self._policy = keys, policy

    @staticmethod
    def parted(case: Mapping[str, Any]) -> PartedCase:
        """Return a case/1 document in parts."""
        return PartedCase(parted(case))

    def add(self, session: Session, row: Case, parts: PartedCase) -> None:
        """Add a case's parts; the session must be one that writes, so that nobody else makes keys for them meanwhile."""
        keys = self._keys.make(row.case_id, parts.parts)
        received = datetime.datetime.fromisoformat(row.received)
        for part, content in parts.parts.items():
            session.add(self._row(row.case_id, part, content, keys[part], received, Purpose.REVIEW))

    def add_note(self, session: Session, row: Case, number: int, note: str, *, at: datetime.datetime, purpose: Purpose) -> str:
        """Add a finding's note and return its hash."""
        return self._add_note(session, row, note_part(number), note, at, purpose)

    def add_marks(self, session: Session, row: Case, number: int, marks: str, *, at: datetime.datetime) -> None:
        """Add what tells this case's person from a look-alike."""
        self._add_note(session, row, marks_part(number), marks, at, Purpose.REVIEW)

    def opened(self, session: Session, case_id: str, *, pictures: bool = False) -> dict[str, Any]:
        """Return a case/1 document; what was erased is left out and told.

        Parameters
        ----------
        pictures
            With every picture; otherwise what is known about them.

        Raises
        ------
        CaseErasedError
            Its record itself was erased.
        DatabaseError
            "case_key_missing", "case_altered"
        """
        rows = self._rows(session, case_id)
        present = frozenset(row.part for row in rows if not row.erased)
        if RECORD not in present:
            raise CaseErasedError()
        wanted = [row for row in rows if row.part in present and not is_note(row.part)]
        wanted = [row for row in wanted if pictures or not is_picture(row.part)]
        return joined({row.part: self._content(row) for row in wanted}, present)

    def picture_base64(self, session: Session, case_id: str, role: str) -> str | None:
        """Return a picture as base64; None where the case holds none of this role.

        Raises
        ------
        CaseErasedError, DatabaseError
        """
        rows = self._rows(session, case_id, picture_part(role))
        return str(read_part(self._content(rows[0]))["data_base64"]) if rows else None

    def note(self, session: Session, case_id: str, number: int) -> str:
        """Return a finding's note; "" where none was written, or it was erased.

        Raises
        ------
        DatabaseError
        """
        return self._note(session, case_id, note_part(number))

    def marks(self, session: Session, case_id: str, number: int) -> str:
        """Return what tells two look-alikes apart; "" where it was erased.

        Raises
        ------
        DatabaseError
        """
        return self._note(session, case_id, marks_part(number))

    def keep_for(self, session: Session, case_id: str, purpose: Purpose) -> None:
        """Keep what a case still holds for another purpose; no clock is ever shortened by it."""
        row = session.get_one(Case, case_id)
        for part in self._rows(session, case_id):
            until = self._until(datetime.datetime.fromisoformat(row.received), purpose, part.part)
            if not part.erased and until > part.keep_until:
                part.purpose, part.keep_until = purpose.value, until

    def erase(self, session: Session, parts: Sequence[tuple[str, str]], *, at: str, numbers: Sequence[str] = ()) -> None:
        """Destroy the keys of parts, given as (case id, part), at once and for ever, and empty their rows.

        The keys go first: should the rows' commit fail, they tell of content that nobody can read, and the next sweep finds them.
        """
        self._keys.destroy(parts, at=at, numbers=numbers)
        for case_id, part in parts:
            session.execute(
                update(CasePart).where(CasePart.case_id == case_id, CasePart.part == part).values(encrypted=b"", erased=at)
            )

    def _add_note(self, session: Session, row: Case, part: str, note: str, at: datetime.datetime, purpose: Purpose) -> str:
        content = note_content(note)
        keys = self._keys.make(row.case_id, (part,))
        session.add(self._row(row.case_id, part, content, keys[part], at, purpose))
        return part_sha256(content)

    def _note(self, session: Session, case_id: str, part: str) -> str:
        rows = [row for row in self._rows(session, case_id, part) if not row.erased]
        return str(read_part(self._content(rows[0]))["note"]) if rows else ""

    def _row(
        self, case_id: str, part: str, content: bytes, key: bytes, received: datetime.datetime, purpose: Purpose
    ) -> CasePart:
        return CasePart(
            case_id=case_id,
            part=part,
            encrypted=self._keys.suite.encrypt_field(key, content, _about(case_id, part)),
            sha256=part_sha256(content),
            purpose=purpose.value,
            keep_until=self._until(received, purpose, part),
            erased="",
        )

    def _until(self, received: datetime.datetime, purpose: Purpose, part: str) -> str:
        return utc_text(self._policy.keep_until(received, purpose, item_of(part)))

    @staticmethod
    def _rows(session: Session, case_id: str, part: str = "") -> list[CasePart]:
        query = select(CasePart).where(CasePart.case_id == case_id).options(undefer(CasePart.encrypted))
        return list(session.scalars(query.where(CasePart.part == part) if part else query))

    def _content(self, row: CasePart) -> bytes:
        if row.erased:
            raise CaseErasedError()
        key = self._keys.key(row.case_id, row.part)
        try:
            content = self._keys.suite.decrypt_field(key, row.encrypted, _about(row.case_id, row.part))
        except EnvelopeError as error:
            raise DatabaseError("case_altered") from error
        if part_sha256(content) != row.sha256:
            raise DatabaseError("case_altered")
        return content


def _about(case_id: str, part: str) -> bytes:
    return f"case part\0{case_id}\0{part}".encode()
