"""One branch server's records, all parts joined; the HTTP program and the administrator's command both work through this."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import select

from teller_assist.alerts.durable import make_private_folder, write_durably
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.administration import Administration
from teller_assist.review.audit import AuditKind, append, read_links
from teller_assist.review.audit_check import export_lines
from teller_assist.review.branches import Branches
from teller_assist.review.cases import Cases
from teller_assist.review.database import FILE, Database
from teller_assist.review.first_administrator import FirstAdministrator
from teller_assist.review.intake import Intake, receipt_body
from teller_assist.review.people import People
from teller_assist.review.recent_faces import RecentFaces
from teller_assist.review.register import Register
from teller_assist.review.second_identity import SecondIdentity
from teller_assist.review.server_keys import open_keys
from teller_assist.review.sign_on import SignOns
from teller_assist.review.stations import Now, Stations
from teller_assist.review.tables import Case


class BranchRecords:
    """Everything that a data folder holds.

    Parameters
    ----------
    now
        The present moment, with a time zone; the machine's clock when left out.
    hasher
        See ``People``.
    offline_days
        See ``SignOns``.
    recent_faces_days
        See ``RecentFaces``, whose ``begin`` is the server's to call: another program beside it deletes nothing.

    Raises
    ------
    SecretsError, DatabaseError, ResourceError
        The folder cannot be used.
    """

    def __init__(
        self,
        data: Path,
        *,
        now: Now | None = None,
        hasher: PasswordHasher | None = None,
        recent_faces_days: int = 0,
        offline_days: int = 7,
    ) -> None:
        clock = now or _now
        make_private_folder(data)
        self.keys = open_keys(data)
        self.database = Database(data / FILE)
        self.register = Register(self.keys.register_key)
        self.stations = Stations(self.database, self.keys, clock)
        self.branches = Branches(self.database, self.keys)
        self.intake = Intake(self.database, self.keys, self.register, clock)
        self.people = People(self.database, self.keys, clock, hasher)
        self.first_administrator = FirstAdministrator(self.database, self.keys, self.people, clock)
        self.administration = Administration(self.database, self.people, self.stations, self.branches)
        self.sign_ons = SignOns(self.database, self.keys, self.people, clock, offline_days)
        self.cases = Cases(self.database, self.keys)
        self.recent_faces = RecentFaces(self.database, self.keys, self.register, clock, recent_faces_days)
        self.second_identity = SecondIdentity(self.recent_faces, self.keys)

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def note_start(self) -> None:
        """Note that the server started."""
        with self.database.writing() as session:
            append(session, self.keys.signing, AuditKind.SERVER_STARTED, actor="server")

    def add_relatives(self, numbers: Iterable[IdNumber], *, actor: str) -> int:
        """Add numbers to the register; returns how many are new."""
        with self.database.writing() as session:
            added = sum(self.register.add(session, number) for number in numbers)
            append(session, self.keys.signing, AuditKind.RELATIVES_ADDED, actor=actor, added=added)
        return added

    def add_look_alikes(self, pairs: Iterable[tuple[IdNumber, IdNumber]], *, actor: str) -> int:
        """Note pairs of persons who are taken for each other; returns how many are new."""
        with self.database.writing() as session:
            added = sum(self.register.add_look_alikes(session, one, other) for one, other in pairs)
            append(session, self.keys.signing, AuditKind.LOOK_ALIKES_ADDED, actor=actor, added=added)
        return added

    def export_audit(self, path: Path, *, actor: str) -> int:
        """Write the audit chain and the cases' receipts to a file; returns how many entries there are."""
        with self.database.writing() as session:
            append(session, self.keys.signing, AuditKind.AUDIT_EXPORTED, actor=actor)
        with self.database.reading() as session:
            links = list(read_links(session))
            receipts = [receipt_body(row) for row in session.execute(select(Case).order_by(Case.chain_index)).scalars()]
        lines = export_lines(links, receipts, self.keys.public)
        write_durably(path, "".join(f"{line}\n" for line in lines).encode("utf-8"))
        return len(links)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
