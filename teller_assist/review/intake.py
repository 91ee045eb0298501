"""Taking what stations send: a number that was taken, a case. Safe on the disk, or refused; a repeat changes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import from_base64, to_base64, utc_text
from teller_assist.alerts.envelope import open_envelope, verify_envelope
from teller_assist.alerts.keys import open_sealed
from teller_assist.alerts.receipts import receipt_signed_bytes
from teller_assist.alerts.shapes import check_shape
from teller_assist.errors import CardUnreadableError, CaseConflictError, EnvelopeError, ShapeError, SignatureError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.audit import AuditKind, Link, append
from teller_assist.review.case_store import CaseStore
from teller_assist.review.database import Database
from teller_assist.review.register import Register, RegisterAnswer
from teller_assist.review.review_policy import ReviewPolicy
from teller_assist.review.review_rules import AlertCodes, needs_second_review, state_at_receipt
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.stations import Now
from teller_assist.review.tables import AlertRow, Announcement, Case, CasePerson, CaseTogether, Station

_TELLER_MOST = 64
_PLUGIN = re.compile(r"[A-Za-z0-9._-]{1,128}")


@dataclass(frozen=True)
class Taken:
    """What the server answers.

    Attributes
    ----------
    is_new
        False: the very same came before.
    """

    body: dict[str, Any]
    is_new: bool


@dataclass(frozen=True)
class Arriving:
    """A case that was opened and checked and is not stored yet; it never prints.

    Attributes
    ----------
    numbers
        The ID numbers in it.
    """

    station_id: str
    envelope: Mapping[str, Any]
    case: Mapping[str, Any]
    numbers: list[IdNumber]

    def __repr__(self) -> str:
        return "Arriving(***)"


class Intake:
    """One server's intake."""

    def __init__(
        self, database: Database, keys: PrivateKeys, register: Register, now: Now, store: CaseStore, policy: ReviewPolicy
    ) -> None:
        self._database, self._keys, self._register, self._now = database, keys, register, now
        self._store, self._policy = store, policy

    def announce(self, station_id: str, document: object) -> Taken:
        """Note that a station took a sequence number.

        Raises
        ------
        ShapeError
            It is no transaction/1.
        SignatureError
            "signature_bad": it tells of another station than the one that signed.
        CaseConflictError
            The number was announced before, with another start.
        """
        told = check_shape(document, "transaction/1")
        if told["station"] != station_id:
            raise SignatureError("signature_bad")
        with self._database.writing() as session:
            told_before = ""
            known = session.get(Announcement, (station_id, told["sequence"]))
            if known is None:
                session.add(
                    Announcement(
                        station_id=station_id,
                        sequence=told["sequence"],
                        started=told["started"],
                        announced=utc_text(self._now()),
                    )
                )
            else:
                told_before = known.started
            if told_before not in ("", told["started"]):
                append(
                    session,
                    self._keys.signing,
                    AuditKind.SEQUENCE_CONFLICT,
                    actor=station_id,
                    subject=station_id,
                    sequence=told["sequence"],
                )
        if told_before not in ("", told["started"]):
            raise CaseConflictError(what="sequence")
        body = {"schema": "transaction/1", "station": station_id, "sequence": told["sequence"], "started": told["started"]}
        return Taken(body, is_new=not told_before)

    def take_case(self, station_id: str, verify_key: bytes, document: object) -> Taken:
        """Take a case; its receipt is safe on the disk before it is returned.

        Raises
        ------
        ShapeError, EnvelopeError
            It is no envelope/1 of this station, or not sealed to this server, or no case/1 is in it.
        CaseConflictError
            The same id or the same number came before, with another content.
        """
        envelope = verify_envelope(document, verify_key)
        if envelope["station"] != station_id:
            raise EnvelopeError("envelope_damaged", why="of_another_station")
        if envelope["suite"] != self._keys.suite.name:
            raise EnvelopeError("envelope_unreadable", why="suite")
        case = open_envelope(envelope, self._keys.identity)
        numbers = _numbers(case)
        with self._database.writing() as session:
            known = _known(session, station_id, envelope)
            if known is None:
                _check_alerts(session, case)
                arriving = Arriving(station_id, envelope, case, numbers)
                return Taken(self._stored(session, arriving), is_new=True)
            same = known.case_id == envelope["case_id"] and known.ciphertext_sha256 == envelope["ciphertext_sha256"]
            if same:
                return Taken(receipt_body(known), is_new=False)
            facts = {"sequence": envelope["sequence"]}
            append(session, self._keys.signing, AuditKind.CASE_CONFLICT, actor=station_id, subject=known.case_id, **facts)
        raise CaseConflictError(what="case")

    def ask_register(self, document: object) -> RegisterAnswer:
        """Answer a station's question about relatives and look-alikes of a number that it sealed.

        Raises
        ------
        ShapeError
            It is no kinship/1, or no number is in it.
        EnvelopeError
            "envelope_unreadable": not sealed to this server.
        """
        sealed = from_base64(check_shape(document, "kinship/1")["number_sealed"], what="number_sealed")
        number = _number(open_sealed(self._keys.identity, sealed).decode("ascii", "replace"))
        with self._database.reading() as session:
            return self._register.lookup(session, number)

    def _stored(self, session: Session, arriving: Arriving) -> dict[str, Any]:
        case_id, envelope = str(arriving.envelope["case_id"]), arriving.envelope
        parts = self._store.parted(arriving.case)
        link = append(
            session,
            self._keys.signing,
            AuditKind.CASE_RECEIVED,
            actor=arriving.station_id,
            subject=case_id,
            sequence=envelope["sequence"],
            ciphertext_sha256=envelope["ciphertext_sha256"],
            parts_sha256=parts.sha256,
        )
        row = self._row(session, arriving, link)
        session.add(row)
        session.flush()
        session.add_all(_alert_rows(row, arriving.case))
        # A station of an earlier version sends none.
        earlier = dict.fromkeys(arriving.case["transaction"].get("together_with", ()))
        session.add_all(CaseTogether(case_id=case_id, earlier_case_id=one) for one in earlier)
        self._store.add(session, row, parts)
        self._add_numbers(session, arriving)
        return receipt_body(row)

    def _row(self, session: Session, arriving: Arriving, link: Link) -> Case:
        case, envelope, case_id = arriving.case, arriving.envelope, str(arriving.envelope["case_id"])
        received = utc_text(self._now())
        alerts = [AlertCodes(one["kind"], one["severity"]) for one in case["alerts"]]
        decision, next_step = case["decision"]["taken"], case["next_step"]
        return Case(
            case_id=case_id,
            station_id=arriving.station_id,
            sequence=envelope["sequence"],
            created=envelope["created"],
            received=received,
            business_kind=case["transaction"]["business_kind"],
            ending=case["transaction"]["ending"],
            outcome=case["judgement"]["outcome"] if case["judgement"]["made"] else "none",
            next_step=next_step,
            decision=decision,
            with_alerts=bool(alerts),
            ciphertext=b"",
            ciphertext_sha256=envelope["ciphertext_sha256"],
            chain_index=link.index,
            chain_head=link.hash,
            receipt_signature=to_base64(self._keys.signing.sign(receipt_signed_bytes(case_id, link.index, link.hash))),
            branch_id=session.scalars(select(Station.branch_id).where(Station.station_id == arriving.station_id)).one(),
            teller=case["transaction"]["teller"][:_TELLER_MOST],
            # A station where tellers sign on by name alone sends none.
            teller_login=case["transaction"].get("teller_login", "")[:_TELLER_MOST],
            state=state_at_receipt(alerts, decision=decision, next_step=next_step).value,
            state_since=received,
            second_review=needs_second_review(self._policy, alerts),
            camera=_camera(case),
            # A station of an earlier version sends none.
            teller_judgement=case.get("teller_judgement", {}).get("given", ""),
        )

    def _add_numbers(self, session: Session, arriving: Arriving) -> None:
        case_id, seen = str(arriving.envelope["case_id"]), utc_text(self._now())
        face = any(one["compared"] for one in arriving.case["comparisons"])
        for number in arriving.numbers:
            self._register.add(session, number, seen=seen)
            session.merge(CasePerson(case_id=case_id, number_hmac=self._register.case_name(number), face=face))


def receipt_body(case: Case) -> dict[str, Any]:
    """Return the receipt/1 of a case that is kept."""
    return {
        "schema": "receipt/1",
        "case_id": case.case_id,
        "index": case.chain_index,
        "head": case.chain_head,
        "signature": case.receipt_signature,
    }


def _known(session: Session, station_id: str, envelope: Mapping[str, Any]) -> Case | None:
    by_id = session.get(Case, envelope["case_id"])
    if by_id is not None:
        return by_id
    same_number = select(Case).where(Case.station_id == station_id, Case.sequence == envelope["sequence"])
    return session.execute(same_number).scalar_one_or_none()


def _camera(case: Mapping[str, Any]) -> str:
    """Return the plugin of a case's camera; "" where it names none, or nothing that a plugin is called."""
    named = next((one.get("plugin") for one in case["devices"] if one["kind"] == "camera"), None)
    return named if isinstance(named, str) and _PLUGIN.fullmatch(named) else ""


def _check_alerts(session: Session, case: Mapping[str, Any]) -> None:
    """Refuse alerts under ids that others have: the database would, and the station would try again for ever.

    Raises
    ------
    ShapeError
    """
    ids = [one["id"] for one in case["alerts"]]
    if len(set(ids)) < len(ids) or session.scalar(select(AlertRow.alert_id).where(AlertRow.alert_id.in_(ids)).limit(1)):
        raise ShapeError(what="alerts", why="id_known")


def _alert_rows(row: Case, case: Mapping[str, Any]) -> list[AlertRow]:
    return [
        AlertRow(
            alert_id=alert["id"],
            case_id=row.case_id,
            branch_id=row.branch_id,
            received=row.received,
            place=place,
            kind=alert["kind"],
            severity=alert["severity"],
            why=alert["why"],
        )
        for place, alert in enumerate(case["alerts"])
    ]


def _numbers(case: Mapping[str, Any]) -> list[IdNumber]:
    """Return the ID numbers in a case; a document of another kind has none, and no relatives are found by it."""
    numbers = (IdNumber.or_none(person["number"]) for person in case["persons"])
    return [number for number in numbers if number is not None]


def _number(text: str) -> IdNumber:
    try:
        return IdNumber(text)
    except CardUnreadableError as error:
        raise ShapeError(what="number", why=str(error.facts["why"])) from error
