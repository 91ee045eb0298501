"""The branch server's tables. No column holds a name, a number or a picture in clear: cases are kept as they came, sealed.

Moments are text, UTC, as in the documents: they sort as they read. Hashes are hex.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_ID, _MOMENT, _CODE, _HASH = String(64), String(32), String(64), String(64)
_WIDE = BigInteger().with_variant(Integer(), "sqlite")  # a station's numbers go up to 2**53; SQLite's integers are wide anyway


class Base(DeclarativeBase):
    """What alembic compares the database with."""


class Station(Base):
    """An enrolled station."""

    __tablename__ = "stations"
    station_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    verify_key: Mapped[bytes] = mapped_column(LargeBinary)
    enrolled: Mapped[str] = mapped_column(_MOMENT)
    last_seen: Mapped[str] = mapped_column(_MOMENT)
    revoked: Mapped[bool] = mapped_column(Boolean)


class EnrolmentSecret(Base):
    """An enrolment code that was given out; only a hash of its secret."""

    __tablename__ = "enrolment_secrets"
    secret_sha256: Mapped[str] = mapped_column(_HASH, primary_key=True)
    station_name: Mapped[str] = mapped_column(String(64))
    expires: Mapped[str] = mapped_column(_MOMENT)


class EnrolmentTry(Base):
    """A wrong secret: five of them while a code is valid, and no code is taken until new ones are given out."""

    __tablename__ = "enrolment_tries"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[str] = mapped_column(_MOMENT)


class Nonce(Base):
    """A signed request's nonce, until no clock skew could bring it again."""

    __tablename__ = "nonces"
    station_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen: Mapped[str] = mapped_column(_MOMENT, index=True)


class Announcement(Base):
    """A station sequence number that was taken."""

    __tablename__ = "announcements"
    station_id: Mapped[str] = mapped_column(ForeignKey("stations.station_id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(_WIDE, primary_key=True)
    started: Mapped[str] = mapped_column(_MOMENT)
    announced: Mapped[str] = mapped_column(_MOMENT)


class Case(Base):
    """A case: sealed as it came, and what may be listed of it."""

    __tablename__ = "cases"
    case_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    station_id: Mapped[str] = mapped_column(ForeignKey("stations.station_id"))
    sequence: Mapped[int] = mapped_column(_WIDE)
    created: Mapped[str] = mapped_column(_MOMENT)
    received: Mapped[str] = mapped_column(_MOMENT)
    business_kind: Mapped[str] = mapped_column(_CODE)
    ending: Mapped[str] = mapped_column(_CODE)
    outcome: Mapped[str] = mapped_column(_CODE)
    next_step: Mapped[str] = mapped_column(_CODE)
    decision: Mapped[str] = mapped_column(_CODE)
    with_alerts: Mapped[bool] = mapped_column(Boolean)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    ciphertext_sha256: Mapped[str] = mapped_column(_HASH)
    chain_index: Mapped[int] = mapped_column(Integer)
    chain_head: Mapped[str] = mapped_column(_HASH)
    receipt_signature: Mapped[str] = mapped_column(String(128))
    __table_args__ = (
        UniqueConstraint("station_id", "sequence"),
        Index("cases_by_time", "received", "case_id"),
    )


class AlertRow(Base):
    """One alert of a case."""

    __tablename__ = "alerts"
    alert_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), index=True)
    place: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(_CODE)
    severity: Mapped[str] = mapped_column(_CODE)
    why: Mapped[str] = mapped_column(_CODE)


class CaseTogether(Base):
    """A case and one of the cases before it that belong to the same business; the earlier one may still be on its way."""

    __tablename__ = "cases_together"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), primary_key=True)
    earlier_case_id: Mapped[str] = mapped_column(_ID, primary_key=True, index=True)


class AuditEntry(Base):
    """One link of the audit chain; see ``review.audit``."""

    __tablename__ = "audit_entries"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(_MOMENT)
    kind: Mapped[str] = mapped_column(_CODE)
    actor: Mapped[str] = mapped_column(String(128))
    subject: Mapped[str] = mapped_column(String(128), index=True)
    facts: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(_HASH)
    hash: Mapped[str] = mapped_column(_HASH)
    signature: Mapped[str] = mapped_column(String(128))


class RelativeNumber(Base):
    """A known ID number as two keyed hashes: of itself, and of what relatives born together share."""

    __tablename__ = "relative_numbers"
    number_hmac: Mapped[str] = mapped_column(_HASH, primary_key=True)
    family_hmac: Mapped[str] = mapped_column(_HASH, index=True)


class LookAlike(Base):
    """Two persons who are taken for each other, as keyed hashes of their numbers; both orders are kept."""

    __tablename__ = "look_alikes"
    number_hmac: Mapped[str] = mapped_column(_HASH, primary_key=True)
    other_hmac: Mapped[str] = mapped_column(_HASH, primary_key=True)


class RecentFace(Base):
    """A face of a recent case, encrypted under a key that is in no table; at most one of a number, model and pipeline."""

    __tablename__ = "recent_faces"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    number_hmac: Mapped[str] = mapped_column(_HASH)
    model_id: Mapped[str] = mapped_column(String(128))
    pipeline_sha256: Mapped[str] = mapped_column(_HASH)
    case_id: Mapped[str] = mapped_column(_ID)
    business_kind: Mapped[str] = mapped_column(_CODE)
    seen: Mapped[str] = mapped_column(_MOMENT, index=True)
    face_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (
        UniqueConstraint("number_hmac", "model_id", "pipeline_sha256"),
        {"sqlite_autoincrement": True},  # a number is never given out twice: the index knows faces by it
    )


class Person(Base):
    """Somebody who may log in."""

    __tablename__ = "people"
    login: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(_CODE)
    password_hash: Mapped[str] = mapped_column(String(256))
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[str] = mapped_column(_MOMENT)


class LoginSession(Base):
    """Somebody who is logged in; only a hash of the cookie."""

    __tablename__ = "login_sessions"
    token_sha256: Mapped[str] = mapped_column(_HASH, primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("people.login"))
    form_token: Mapped[str] = mapped_column(String(64))
    begun: Mapped[str] = mapped_column(_MOMENT)
    used: Mapped[str] = mapped_column(_MOMENT)
