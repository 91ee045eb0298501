"""The audit chain: every entry carries the hash of the one before, and the server signs every head.

    hash = SHA-256 of the canonical JSON of {index, at, kind, actor, subject, facts, previous}; signature over the hash
    (a server with the suite "guomi": SM3)

Whoever alters, removes, inserts or moves an entry breaks the chain; whoever rewrites all of it lacks the key; whoever cuts off
its end is found out by the receipts that stations keep.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import canonical_bytes, to_base64, utc_text
from teller_assist.alerts.keys import SigningKey
from teller_assist.alerts.suites.choice import INTERNATIONAL
from teller_assist.alerts.suites.suite import Suite
from teller_assist.review.tables import AuditEntry

FIRST_PREVIOUS = "0" * 64
Fact = str | int | bool


class AuditKind(StrEnum):
    """What an entry tells of."""

    SERVER_STARTED = "server_started"
    CODE_MADE = "code_made"
    STATION_ENROLLED = "station_enrolled"
    ENROLMENT_REFUSED = "enrolment_refused"
    STATION_REVOKED = "station_revoked"
    SEQUENCE_CONFLICT = "sequence_conflict"
    CASE_RECEIVED = "case_received"
    CASE_PARTED = "case_parted"
    PART_ERASED = "part_erased"
    PERSON_EXPORTED = "person_exported"
    PERSON_ERASED = "person_erased"
    FINDING_RECORDED = "finding_recorded"
    SIGNED_OFF = "signed_off"
    DIFFERENT_PEOPLE = "different_people"
    EVIDENCE_PACK_MADE = "evidence_pack_made"
    CASE_CONFLICT = "case_conflict"
    CASE_SEEN = "case_seen"
    PICTURE_SEEN = "picture_seen"
    LOGGED_IN = "logged_in"
    LOGIN_FAILED = "login_failed"
    LOGIN_LOCKED = "login_locked"
    LOGGED_OUT = "logged_out"
    PERSON_ADDED = "person_added"
    PERSON_REMOVED = "person_removed"
    PERSON_CHANGED = "person_changed"
    PERSON_UNLOCKED = "person_unlocked"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (no password)
    FIRST_CODE_MADE = "first_code_made"
    FIRST_CODE_REFUSED = "first_code_refused"
    FIRST_ADMINISTRATOR_MADE = "first_administrator_made"
    TELLER_SIGNED_ON = "teller_signed_on"
    TELLER_SIGN_ON_FAILED = "teller_sign_on_failed"
    BRANCH_ADDED = "branch_added"
    RELATIVES_ADDED = "relatives_added"
    LOOK_ALIKES_ADDED = "look_alikes_added"
    RECENT_FACES_DELETED = "recent_faces_deleted"
    SECOND_IDENTITY_FOUND = "second_identity_found"
    AUDIT_EXPORTED = "audit_exported"
    BACKUP_MADE = "backup_made"


@dataclass(frozen=True)
class Link:
    """One entry as it is hashed.

    Attributes
    ----------
    index
        From 1.
    facts
        Codes and counts; never a person's data.
    signature
        base64, by the server over the hash.
    suite
        Whose hash it is; the server's, no part of the entry.
    """

    index: int
    at: str
    kind: str
    actor: str
    subject: str
    facts: Mapping[str, Any]
    previous: str
    hash: str
    signature: str
    suite: Suite = INTERNATIONAL

    def computed_hash(self, index: int | None = None) -> str:
        """Return the hash that the content gives; with another index, what it would have been there."""
        content = self._content()
        if index is not None:
            content["index"] = index
        return self.suite.hash(canonical_bytes(content)).hex()

    def to_body(self) -> dict[str, Any]:
        """Return the fields of an exported line."""
        return {**self._content(), "hash": self.hash, "signature": self.signature}

    def _content(self) -> dict[str, Any]:
        """Return what is hashed."""
        return {
            "index": self.index,
            "at": self.at,
            "kind": self.kind,
            "actor": self.actor,
            "subject": self.subject,
            "facts": dict(self.facts),
            "previous": self.previous,
        }


def append(session: Session, key: SigningKey, kind: AuditKind, *, actor: str, subject: str = "", **facts: Fact) -> Link:
    """Add an entry; the session must be one that writes, so that nobody else appends meanwhile.

    Parameters
    ----------
    actor
        A station's id, a person's login, or "server".
    subject
        A case's, station's or person's id; "" where there is none.
    """
    last = session.execute(select(AuditEntry.number, AuditEntry.hash).order_by(AuditEntry.number.desc()).limit(1)).one_or_none()
    index, previous = (1, FIRST_PREVIOUS) if last is None else (last[0] + 1, last[1])
    at = utc_text(datetime.datetime.now(datetime.UTC))
    open_link = Link(index, at, kind.value, actor, subject, facts, previous, "", "", key.suite)
    head = open_link.computed_hash()
    signature = to_base64(key.sign(head_signed_bytes(index, head)))
    session.add(
        AuditEntry(
            number=index,
            at=at,
            kind=kind.value,
            actor=actor,
            subject=subject,
            facts=json.dumps(facts, sort_keys=True),
            previous=previous,
            hash=head,
            signature=signature,
        )
    )
    session.flush()
    return replace(open_link, hash=head, signature=signature)


def head_signed_bytes(index: int, head: str) -> bytes:
    """Return what the server signs of every head."""
    return canonical_bytes({"index": index, "head": head})


def read_links(session: Session, *, subject: str | None = None) -> Iterator[Link]:
    """Return the entries by index, those about one subject or all."""
    query = select(AuditEntry).order_by(AuditEntry.number)
    if subject is not None:
        query = query.where(AuditEntry.subject == subject)
    for row in session.execute(query.execution_options(yield_per=500)).scalars():
        yield Link(
            row.number, row.at, row.kind, row.actor, row.subject, json.loads(row.facts), row.previous, row.hash, row.signature
        )
