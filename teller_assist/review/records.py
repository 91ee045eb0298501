"""One branch server's records, all parts joined; the HTTP program and the administrator's command both work through this."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path

from argon2 import PasswordHasher

from teller_assist.alerts.durable import make_private_folder, write_durably
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.branches import Branches
from teller_assist.review.cases import Cases
from teller_assist.review.clock import SteadyClock
from teller_assist.review.database import FILE, Database
from teller_assist.review.intake import Intake
from teller_assist.review.last_known import last_known
from teller_assist.review.people import People
from teller_assist.review.proof import Proof, ProofPolicy
from teller_assist.review.recent_faces import RecentFaces
from teller_assist.review.register import Register
from teller_assist.review.second_identity import SecondIdentity
from teller_assist.review.server_keys import open_keys
from teller_assist.review.stations import Now, Stations


class BranchRecords:
    """Everything that a data folder holds.

    Parameters
    ----------
    now
        The present moment, with a time zone; the machine's clock when left out.
    hasher
        See ``People``.
    proof
        What is watched; see ``Proof``, whose tasks are the server's to call.
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
        proof: ProofPolicy | None = None,
    ) -> None:
        make_private_folder(data)
        self.keys = open_keys(data)
        self.database = Database(data / FILE, now)
        self.clock = clock = SteadyClock(now or _now)
        clock.know(last_known(self.database))
        self.register = Register(self.keys.register_key)
        self.stations = Stations(self.database, self.keys, clock)
        self.branches = Branches(self.database, self.keys)
        self.intake = Intake(self.database, self.keys, self.register, clock)
        self.people = People(self.database, self.keys, clock, hasher)
        self.cases = Cases(self.database, self.keys)
        self.recent_faces = RecentFaces(self.database, self.keys, self.register, clock, recent_faces_days)
        self.second_identity = SecondIdentity(self.recent_faces, self.keys)
        self.proof = Proof(self.database, self.keys, clock, data, proof or ProofPolicy())

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
        written = [0]

        def lines() -> Iterator[bytes]:
            for line in self.proof.log.exported(actor=actor):
                written[0] += '"audit_entry/1"' in line[:40]
                yield f"{line}\n".encode()

        write_durably(path, lines())
        return written[0]


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
