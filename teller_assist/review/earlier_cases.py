"""Cases of a program before the parts: kept as they came, sealed to the server's one key. The first start parts them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import undefer

from teller_assist.alerts.canonical import to_base64
from teller_assist.alerts.envelope import open_envelope
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.case_store import CaseStore
from teller_assist.review.database import Database
from teller_assist.review.register import Register
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.tables import Case, CasePerson

_AT_ONCE = 50


def part_earlier_cases(database: Database, keys: PrivateKeys, store: CaseStore, register: Register) -> int:
    """Part every case that was stored whole; returns how many. Interrupted, the next start goes on where it ended.

    Raises
    ------
    EnvelopeError
        One cannot be opened with this server's key.
    """
    done = 0
    while True:
        with database.reading() as session:
            query = select(Case.case_id).where(Case.ciphertext != b"").limit(_AT_ONCE)
            case_ids = list(session.scalars(query))
        for case_id in case_ids:
            _part(database, keys, store, register, case_id)
        done += len(case_ids)
        if not case_ids:
            return done


def _part(database: Database, keys: PrivateKeys, store: CaseStore, register: Register, case_id: str) -> None:
    with database.writing() as session:
        row = session.get_one(Case, case_id, options=[undefer(Case.ciphertext)])
        header = {"case_id": case_id, "station": row.station_id, "sequence": row.sequence}
        case = open_envelope({**header, "ciphertext": to_base64(row.ciphertext)}, keys.identity)
        parts = store.parted(case)
        store.add(session, row, parts)
        row.ciphertext, row.teller = b"", case["transaction"]["teller"][:64]
        face = any(one["compared"] for one in case["comparisons"])
        for person in case["persons"]:
            number = IdNumber.or_none(person["number"])
            if number is not None:
                name = register.case_name(number)
                session.merge(CasePerson(case_id=case_id, number_hmac=name, face=face))
        append(session, keys.signing, AuditKind.CASE_PARTED, actor="server", subject=case_id, parts_sha256=parts.sha256)
