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
from teller_assist.errors import BugError
from teller_assist.review.tables import AuditEntry

FIRST_PREVIOUS = "0" * 64
NOW = "now"  # in a session's info: the machine's clock, where it is another than the machine's
_BACK_LEAST_S = 1.0  # less is the ordinary trimming of a clock: such an entry keeps the time of the one before
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
    CLOCK_WENT_BACK = "clock_went_back"
    STATION_ALERT_RAISED = "station_alert_raised"
    STATION_ALERT_ENDED = "station_alert_ended"
    STATION_ALERT_SEEN = "station_alert_seen"


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

    Where the clock went back since the last entry, an entry before this one says so and by how many seconds.

    Parameters
    ----------
    actor
        A station's id, a person's login, or "server".
    subject
        A case's, station's or person's id; "" where there is none.
    """
    newest = select(AuditEntry.number, AuditEntry.hash, AuditEntry.at).order_by(AuditEntry.number.desc()).limit(1)
    last = session.execute(newest).one_or_none()
    index, previous, before = (1, FIRST_PREVIOUS, "") if last is None else (last[0] + 1, last[1], last[2])
    now: datetime.datetime = session.info.get(NOW, _now)()
    at, back_s = utc_text(now), _back_s(before, now)
    if back_s >= _BACK_LEAST_S:
        told = {"seconds": round(back_s)}
        link = Link(index, at, AuditKind.CLOCK_WENT_BACK.value, "server", "", told, previous, "", "", key.suite)
        index, previous = index + 1, _added(session, key, link).hash
    elif back_s > 0:
        at = before
    return _added(session, key, Link(index, at, kind.value, actor, subject, facts, previous, "", "", key.suite))


def _added(session: Session, key: SigningKey, open_link: Link) -> Link:
    head = open_link.computed_hash()
    link = replace(open_link, hash=head, signature=to_base64(key.sign(head_signed_bytes(open_link.index, head))))
    facts = json.dumps(dict(link.facts), sort_keys=True)
    columns = {name: value for name, value in vars(link).items() if name not in ("index", "facts", "suite")}
    session.add(AuditEntry(number=link.index, facts=facts, **columns))
    session.flush()
    return link


def _back_s(before: str, now: datetime.datetime) -> float:
    """Return by how many seconds the clock is behind the last entry; what is no moment there says nothing."""
    try:
        return (datetime.datetime.fromisoformat(before) - now).total_seconds()
    except (ValueError, TypeError):
        return 0.0


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def head_signed_bytes(index: int, head: str) -> bytes:
    """Return what the server signs of every head."""
    return canonical_bytes({"index": index, "head": head})


def read_links(session: Session, *, subject: str | None = None) -> Iterator[Link]:
    """Return the entries by index, those about one subject or all."""
    query = select(AuditEntry).order_by(AuditEntry.number)
    if subject is not None:
        query = query.where(AuditEntry.subject == subject)
    for row in session.execute(query.execution_options(yield_per=500)).scalars():
        yield link_of(row)


def link_of(row: AuditEntry) -> Link:
    """Return an entry as it stands in the table; facts that are no JSON any more are told as unreadable."""
    return stored_link(row.number, row.at, row.kind, row.actor, row.subject, row.facts, row.previous, row.hash, row.signature)


def stored_link(
    number: int,
    at: str,
    kind: str,
    actor: str,
    subject: str,
    facts: str,
    previous: str,
    head: str,
    signature: str,
    *,
    suite: Suite = INTERNATIONAL,
) -> Link:
    """Return an entry from its columns; one that was made unreadable is altered as much as can be."""
    try:
        told = json.loads(facts)
        if not isinstance(told, dict):
            raise ValueError("facts are no table")
        entry = (int(number), str(at), str(kind), str(actor), str(subject))
        link = Link(*entry, told, str(previous), str(head), str(signature), suite)
        link.computed_hash()
    except (ValueError, TypeError, RecursionError, BugError):
        return Link(int(number), str(at), str(kind), str(actor), str(subject), {"unreadable": True}, "", str(head), "", suite)
    return link
