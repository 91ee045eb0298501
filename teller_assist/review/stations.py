"""Stations: how they become known, and whose signature counts."""

from __future__ import annotations

import datetime
import hashlib
import secrets
import uuid
from base64 import b32encode
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import canonical_bytes, from_base64, to_base64, utc_text
from teller_assist.alerts.enrolment import SECRET_BYTES, EnrolmentCode
from teller_assist.alerts.http_signatures import CLOCK_SKEW_MOST, SignedRequest
from teller_assist.alerts.keys import is_signed, open_sealed
from teller_assist.alerts.shapes import check_shape
from teller_assist.errors import EnrolmentError, EnvelopeError, ShapeError, SignatureError
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.branches import ALL_BRANCHES, FIRST_BRANCH, require_branch
from teller_assist.review.clock import Now
from teller_assist.review.database import Database
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.tables import EnrolmentSecret, EnrolmentTry, Nonce, Station

__all__ = ["CODE_VALID", "Now", "StationRow", "Stations", "station_name"]
CODE_VALID = datetime.timedelta(minutes=10)
TRIES_MOST = 5


@dataclass(frozen=True)
class StationRow:
    """One station as it is listed."""

    station_id: str
    name: str
    enrolled: str
    last_seen: str
    revoked: bool
    branch_id: str


class Stations:
    """The stations of one server."""

    def __init__(self, database: Database, keys: PrivateKeys, now: Now) -> None:
        self._database, self._keys, self._now = database, keys, now

    def make_code(self, station_name: str, *, actor: str, branch_id: str = FIRST_BRANCH) -> EnrolmentCode:
        """Give out a code for one station of a branch; its secret is kept as a hash only.

        Raises
        ------
        UsageError
            There is no such branch.
        """
        secret = b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")
        expires = utc_text(self._now() + CODE_VALID)
        with self._database.writing() as session:
            require_branch(session, branch_id)
            session.execute(delete(EnrolmentSecret).where(EnrolmentSecret.expires < utc_text(self._now())))
            session.execute(delete(EnrolmentTry))  # somebody stands at the server: what was guessed before counts no more
            session.add(
                EnrolmentSecret(secret_sha256=_sha256(secret), station_name=station_name, expires=expires, branch_id=branch_id)
            )
            append(session, self._keys.signing, AuditKind.CODE_MADE, actor=actor, subject=station_name)
        return EnrolmentCode(secret, self._keys.public.fingerprint)

    def enrol(self, document: object) -> dict[str, str]:
        """Enrol a station; returns the body of an enrolment_answer/1.

        Raises
        ------
        ShapeError
            It is no enrolment/1, or the key is not of this server's suite.
        EnrolmentError
            "enrolment_code_bad" or "enrolment_code_expired": the secret is wrong, used up or too old, or was guessed too often.
        """
        asked = check_shape(document, "enrolment/1")
        told = {name: asked[name] for name in ("station_name", "verify_key", "secret_sealed")}
        verify_key = from_base64(asked["verify_key"], what="verify_key")
        if not self._keys.suite.is_verify_key(verify_key):
            raise ShapeError(what="verify_key", why="no_key")
        if not is_signed(canonical_bytes(told), from_base64(asked["proof"], what="proof"), verify_key):
            raise EnrolmentError("enrolment_code_bad")
        secret = self._opened(asked["secret_sealed"])
        branch_id = self._use(secret)
        if isinstance(branch_id, EnrolmentError):
            raise branch_id
        return self._add(asked["station_name"], verify_key, branch_id)

    def _opened(self, sealed: str) -> str:
        try:
            return open_sealed(self._keys.identity, from_base64(sealed, what="secret_sealed")).decode("ascii")
        except (EnvelopeError, UnicodeDecodeError) as error:
            raise EnrolmentError("enrolment_code_bad") from error

    def _use(self, secret: str) -> str | EnrolmentError:
        """Use a secret up and return its branch; an error is returned and not raised, so that a wrong try is committed."""
        now = utc_text(self._now())
        with self._database.writing() as session:
            since = utc_text(self._now() - CODE_VALID)
            tries = session.scalar(select(func.count()).select_from(EnrolmentTry).where(EnrolmentTry.at > since)) or 0
            known = session.get(EnrolmentSecret, _sha256(secret))
            if tries < TRIES_MOST and known is not None and known.expires > now:
                session.delete(known)
                return known.branch_id
            session.add(EnrolmentTry(at=now))
            append(session, self._keys.signing, AuditKind.ENROLMENT_REFUSED, actor="unknown")
            expired = known is not None or tries >= TRIES_MOST
        return EnrolmentError("enrolment_code_expired" if expired else "enrolment_code_bad")

    def _add(self, name: str, verify_key: bytes, branch_id: str) -> dict[str, str]:
        station_id, now = uuid.uuid4().hex, utc_text(self._now())
        with self._database.writing() as session:
            session.add(
                Station(
                    station_id=station_id,
                    name=name,
                    verify_key=verify_key,
                    enrolled=now,
                    last_seen=now,
                    revoked=False,
                    branch_id=branch_id,
                )
            )
            append(session, self._keys.signing, AuditKind.STATION_ENROLLED, actor=station_id, subject=station_id)
        answer = {"station": station_id, "station_name": name, "verify_key": to_base64(verify_key)}
        signature = to_base64(self._keys.signing.sign(canonical_bytes(answer)))
        return {"schema": "enrolment_answer/1", **answer, "signature": signature}

    def verify_key(self, station_id: str) -> bytes | None:
        """Return a station's public key; None where it is unknown or revoked."""
        with self._database.reading() as session:
            found = session.get(Station, station_id)
            return None if found is None or found.revoked else found.verify_key

    def take_nonce(self, request: SignedRequest) -> None:
        """Note a signed request, so that it counts once.

        Raises
        ------
        SignatureError
            "signature_replayed"
        """
        now = self._now()
        try:
            with self._database.writing() as session:
                session.execute(delete(Nonce).where(Nonce.seen < utc_text(now - 2 * CLOCK_SKEW_MOST)))
                if session.get(Nonce, (request.key_id, request.nonce)) is not None:
                    raise SignatureError("signature_replayed")
                session.add(Nonce(station_id=request.key_id, nonce=request.nonce, seen=utc_text(now)))
                station = session.get(Station, request.key_id)
                if station is not None:
                    station.last_seen = utc_text(now)
        except IntegrityError as error:
            raise SignatureError("signature_replayed") from error

    def revoke(self, station_id: str, *, actor: str) -> bool:
        """Take no request of a station any more; returns whether there was such a station."""
        with self._database.writing() as session:
            found = session.get(Station, station_id)
            if found is None:
                return False
            found.revoked = True
            append(session, self._keys.signing, AuditKind.STATION_REVOKED, actor=actor, subject=station_id)
        return True

    def listed(self, branch_id: str = ALL_BRANCHES) -> list[StationRow]:
        """Return every station of a branch, or of all, by name."""
        query = select(Station).order_by(Station.name, Station.station_id)
        if branch_id != ALL_BRANCHES:
            query = query.where(Station.branch_id == branch_id)
        with self._database.reading() as session:
            return [
                StationRow(one.station_id, one.name, one.enrolled, one.last_seen, one.revoked, one.branch_id)
                for one in session.execute(query).scalars()
            ]


def station_name(session: Session, station_id: str) -> str:
    """Return a station's name; "" for one that is not there."""
    return session.scalar(select(Station.name).where(Station.station_id == station_id)) or ""


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode("ascii", "replace")).hexdigest()
