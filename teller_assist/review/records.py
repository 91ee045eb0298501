"""One branch server's records, all parts joined; the HTTP program and the administrator's command both work through this."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path

from argon2 import PasswordHasher

from teller_assist.alerts.durable import make_private_folder, write_parts_durably
from teller_assist.alerts.suites.choice import INTERNATIONAL
from teller_assist.errors import UsageError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.administration import Administration
from teller_assist.review.answers import Answers
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.backup import BackupHead, make_backup
from teller_assist.review.branches import Branches
from teller_assist.review.case_keys import FILE as CASE_KEYS_FILE
from teller_assist.review.case_keys import CaseKeys
from teller_assist.review.case_store import CaseStore
from teller_assist.review.cases import Cases
from teller_assist.review.clock import SteadyClock
from teller_assist.review.database import FILE, Database
from teller_assist.review.earlier_cases import part_earlier_cases
from teller_assist.review.engines import DatabasePlace, database_place, is_address
from teller_assist.review.evidence_pack.for_managers import EvidencePacks
from teller_assist.review.first_administrator import FirstAdministrator
from teller_assist.review.intake import Intake
from teller_assist.review.last_known import last_known
from teller_assist.review.look_alikes import LookAlikes
from teller_assist.review.people import People
from teller_assist.review.persons import Persons
from teller_assist.review.proof import Proof, ProofPolicy
from teller_assist.review.recent_faces import RecentFaces
from teller_assist.review.register import Register
from teller_assist.review.retention import Retention
from teller_assist.review.review_policy import ReviewPolicy, shipped_review_policy
from teller_assist.review.reviewing import Reviewing
from teller_assist.review.second_identity import SecondIdentity
from teller_assist.review.server_keys import copy_server_keys, keys_folder, open_keys
from teller_assist.review.sign_on import SignOns
from teller_assist.review.stations import Now, Stations
from teller_assist.review.statistics import Statistics
from teller_assist.review.teller_agreement import TellerAgreement
from teller_assist.settings.home import installation_root


class BranchRecords:
    """Everything that a data folder holds.

    Parameters
    ----------
    data
        Its keys, and its database unless that is elsewhere.
    database
        Address of a database, ``postgresql://...``; "": a SQLite file in the folder.
    policy
        How cases are reviewed and how long they are kept; as shipped when left out.
    keys
        Folder of the keys; beside the data folder when left out.
    now
        The present moment, with a time zone; the machine's clock when left out.
    hasher
        See ``People``.
    suite_name
        See ``server_keys.open_keys``.
    offline_days
        See ``SignOns``.
    proof
        What is watched; see ``Proof``, whose tasks are the server's to call.
    recent_faces_days
        See ``RecentFaces``, whose ``begin`` is the server's to call: another program beside it deletes nothing.

    Raises
    ------
    SecretsError, SuiteError, DatabaseError, ResourceError, UsageError
        The folder or the database cannot be used.
    """

    def __init__(
        self,
        data: Path,
        *,
        database: str = "",
        policy: ReviewPolicy | None = None,
        keys: Path | None = None,
        now: Now | None = None,
        hasher: PasswordHasher | None = None,
        recent_faces_days: int = 0,
        offline_days: int = 7,
        suite_name: str = INTERNATIONAL.name,
        proof: ProofPolicy | None = None,
    ) -> None:
        make_private_folder(data)
        folder = keys or keys_folder(data)
        self._keys_folder = folder
        self.keys = open_keys(data, folder, suite_name)
        self.case_keys = CaseKeys(folder, self.keys.wrapping_key, self.keys.suite)
        self.database = Database(records_place(data, database), now)
        self.clock = clock = SteadyClock(now or _now)
        clock.know(last_known(self.database))
        self.register = Register(self.keys.register_key, self.keys.suite)
        self.stations = Stations(self.database, self.keys, clock)
        self.branches = Branches(self.database, self.keys)
        self.policy = policy or shipped_review_policy(installation_root())
        self.store = CaseStore(self.case_keys, self.policy)
        self.intake = Intake(self.database, self.keys, self.register, clock, self.store, self.policy)
        self.people = People(self.database, self.keys, clock, hasher)
        self.first_administrator = FirstAdministrator(self.database, self.keys, self.people, clock)
        self.administration = Administration(self.database, self.people, self.stations, self.branches)
        self.sign_ons = SignOns(self.database, self.keys, self.people, clock, offline_days)
        self.cases = Cases(self.database, self.keys, self.store)
        self.reviewing = Reviewing(self.database, self.keys, self.store, self.policy, clock)
        self.statistics = Statistics(self.database, clock)
        self.teller_agreement = TellerAgreement(self.database, clock)
        self.evidence_packs = EvidencePacks(self.database, self.keys, self.cases, self.reviewing, clock)
        self.look_alikes = LookAlikes(self.database, self.keys, self.store, self.register, clock)
        self.answers = Answers(self.database, self.policy)
        self.recent_faces = RecentFaces(self.database, self.keys, self.register, clock, recent_faces_days)
        self.second_identity = SecondIdentity(self.recent_faces, self.keys)
        self.retention = Retention(self.database, self.keys, self.case_keys, self.store, self.register, self.policy, clock)
        self.persons = Persons(self.database, self.keys, self.store, self.register, self.recent_faces, clock)
        self.proof = Proof(self.database, self.keys, clock, data, proof or ProofPolicy())
        part_earlier_cases(self.database, self.keys, self.store, self.register)

    def close(self) -> None:
        """Close the database and the file of keys."""
        self.database.close()
        self.case_keys.close()

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

    def back_up(self, path: Path, *, actor: str) -> BackupHead:
        """Write the records to a file while the server goes on; the keys are not in it.

        Raises
        ------
        ResourceError, DatabaseError
        """
        with self.database.writing() as session:
            append(session, self.keys.signing, AuditKind.BACKUP_MADE, actor=actor)
        return make_backup(self.database, path)

    def copy_keys(self, folder: Path) -> None:
        """Copy the server's keys to a second place: without them, or a copy, no case can ever be read again.

        The copy before is replaced: what was erased since is gone from there as well.

        Raises
        ------
        ResourceError, DatabaseError
        """
        copy_server_keys(self._keys_folder, folder)
        self.case_keys.copy_to(folder / CASE_KEYS_FILE)

    def export_audit(self, path: Path, *, actor: str) -> int:
        """Write the audit chain and the cases' receipts to a file; returns how many entries there are."""
        written = [0]

        def lines() -> Iterator[bytes]:
            for line in self.proof.log.exported(actor=actor):
                written[0] += '"audit_entry/1"' in line[:40]
                yield f"{line}\n".encode()

        write_parts_durably(path, lines())
        return written[0]


def records_place(data: Path, database: str) -> DatabasePlace:
    """Return where the records of a data folder are kept.

    Raises
    ------
    UsageError
        The address is none.
    """
    if not database:
        return database_place(data / FILE)
    if not is_address(database):
        raise UsageError(what="database")
    return database_place(database)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
