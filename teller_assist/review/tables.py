"""The branch server's tables. No column holds a customer's name, number or picture in clear; see ``case_parts``.

Moments are text, UTC, as in the documents: they sort as they read. Hashes are hex.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_ID, _MOMENT, _CODE, _HASH = String(64), String(32), String(64), String(64)
_WIDE = BigInteger().with_variant(Integer(), "sqlite")  # a station's numbers go up to 2**53; SQLite's integers are wide anyway


FIRST_BRANCH = "main"  # made by the migrations: a server of one branch needs no other


class Base(DeclarativeBase):
    """What alembic compares the database with."""


class Branch(Base):
    """A branch: a manager sees the cases of one."""

    __tablename__ = "branches"
    branch_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))


class Station(Base):
    """An enrolled station."""

    __tablename__ = "stations"
    station_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    verify_key: Mapped[bytes] = mapped_column(LargeBinary)
    enrolled: Mapped[str] = mapped_column(_MOMENT)
    last_seen: Mapped[str] = mapped_column(_MOMENT)
    revoked: Mapped[bool] = mapped_column(Boolean)
    branch_id: Mapped[str] = mapped_column(_ID, default=FIRST_BRANCH)


class EnrolmentSecret(Base):
    """An enrolment code that was given out; only a hash of its secret."""

    __tablename__ = "enrolment_secrets"
    secret_sha256: Mapped[str] = mapped_column(_HASH, primary_key=True)
    station_name: Mapped[str] = mapped_column(String(64))
    expires: Mapped[str] = mapped_column(_MOMENT)
    branch_id: Mapped[str] = mapped_column(_ID, default=FIRST_BRANCH)


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
    __table_args__ = (Index("announcements_by_time", "announced"),)


class Case(Base):
    """What may be listed of a case: codes, times, who served; its content is in ``case_parts``.

    ``ciphertext`` is empty but for a case of a program before the parts, until the next start has parted it. ``state_since`` is
    when the state last changed, and ``second_review`` whether somebody else judges without knowing of the first finding.
    ``camera`` is its plugin, ``teller_judgement`` what the teller said before the reading ("" or "none": nothing), and
    ``closed_after_s`` how long after its receipt it was closed.
    """

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
    branch_id: Mapped[str] = mapped_column(_ID)
    teller: Mapped[str] = mapped_column(String(64))
    teller_login: Mapped[str] = mapped_column(_ID)
    state: Mapped[str] = mapped_column(_CODE)
    state_since: Mapped[str] = mapped_column(_MOMENT)
    second_review: Mapped[bool] = mapped_column(Boolean)
    camera: Mapped[str] = mapped_column(String(128), default="")
    teller_judgement: Mapped[str] = mapped_column(_CODE, default="")
    closed_after_s: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (
        UniqueConstraint("station_id", "sequence"),
        Index("cases_by_time", "received", "case_id"),
        Index("cases_by_chain", "chain_index"),
        Index("cases_by_branch", "branch_id", "received", "case_id"),
        Index("cases_by_alerts", "branch_id", "with_alerts", "received", "case_id"),
        Index("cases_by_state", "branch_id", "state", "received", "case_id"),
        Index("cases_by_teller", "branch_id", "teller", "received", "case_id"),
        Index("cases_by_station", "branch_id", "station_id", "received", "case_id"),
        Index("cases_by_business", "branch_id", "business_kind", "received", "case_id"),
        # Whatever the statistics sum over: they read the index alone.
        Index("cases_counted", "branch_id", "received", "created", "station_id", "camera", "with_alerts"),
        Index("cases_by_login", "teller_login", "state", "received"),
    )


class CasePart(Base):
    """One part of a case, encrypted under a key of its own that is in no table; destroying that key erases the part everywhere.

    Attributes
    ----------
    sha256
        Of the part with its salt: stands in the audit chain, and says nothing about an erased part.
    keep_until
        When its clock runs out; purpose is what it is kept for.
    """

    __tablename__ = "case_parts"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(32), primary_key=True)
    encrypted: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(_HASH)
    purpose: Mapped[str] = mapped_column(_CODE)
    keep_until: Mapped[str] = mapped_column(_MOMENT, index=True)
    erased: Mapped[str] = mapped_column(_MOMENT)


class CasePerson(Base):
    """Whose case it is, as a keyed hash of the number: to find one person's cases, and to count persons.

    ``face`` is whether a face was compared in it.
    """

    __tablename__ = "case_persons"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), primary_key=True)
    number_hmac: Mapped[str] = mapped_column(_HASH, primary_key=True)
    face: Mapped[bool] = mapped_column(Boolean)
    __table_args__ = (Index("case_persons_by_number", "number_hmac", "case_id"),)


class FindingRow(Base):
    """What somebody found in a case, and what the counter does; never changed. The note is encrypted as a part of the case."""

    __tablename__ = "findings"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), index=True)
    round: Mapped[str] = mapped_column(_CODE)
    login: Mapped[str] = mapped_column(_ID)
    finding: Mapped[str] = mapped_column(_CODE)
    outcome: Mapped[str] = mapped_column(_CODE)
    at: Mapped[str] = mapped_column(_MOMENT)


class TellerView(Base):
    """When a teller last looked at the own figures of a month ("YYYY-MM"): managers see no more than was seen then."""

    __tablename__ = "teller_views"
    login: Mapped[str] = mapped_column(_ID, primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    seen: Mapped[str] = mapped_column(_MOMENT)


class SignOffRow(Base):
    """What a second login said to a finding."""

    __tablename__ = "sign_offs"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), index=True)
    finding: Mapped[int] = mapped_column(ForeignKey("findings.number"))
    login: Mapped[str] = mapped_column(_ID)
    agreed: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[str] = mapped_column(_MOMENT)


class DifferentPeople(Base):
    """A manager's note that the persons of two cases are two people who look alike; the marks are a part of the first case."""

    __tablename__ = "different_people"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    branch_id: Mapped[str] = mapped_column(_ID, index=True)
    first_case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), index=True)
    second_case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), index=True)
    login: Mapped[str] = mapped_column(_ID)
    at: Mapped[str] = mapped_column(_MOMENT)


class AlertRow(Base):
    """One alert of a case."""

    __tablename__ = "alerts"
    alert_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), index=True)
    place: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(_CODE)
    severity: Mapped[str] = mapped_column(_CODE)
    why: Mapped[str] = mapped_column(_CODE)
    branch_id: Mapped[str] = mapped_column(_ID)
    received: Mapped[str] = mapped_column(_MOMENT)
    __table_args__ = (Index("alerts_by_kind", "branch_id", "kind", "received", "case_id"),)


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
    __table_args__ = (
        Index("audit_entries_by_kind", "kind", "number"),
        Index("audit_entries_by_actor", "actor", "number"),
    )


class RelativeNumber(Base):
    """A known ID number as two keyed hashes: of itself, and of what relatives born together share.

    ``seen`` is when the customer was last at a counter; "": added by hand.
    """

    __tablename__ = "relative_numbers"
    number_hmac: Mapped[str] = mapped_column(_HASH, primary_key=True)
    family_hmac: Mapped[str] = mapped_column(_HASH, index=True)
    seen: Mapped[str] = mapped_column(_MOMENT, index=True)


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
    """Somebody who may log in; of one branch, or of all ("") where the role permits it."""

    __tablename__ = "people"
    login: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(_CODE)
    password_hash: Mapped[str] = mapped_column(String(256))
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[str] = mapped_column(_MOMENT)
    branch_id: Mapped[str] = mapped_column(_ID, default=FIRST_BRANCH)
    removed: Mapped[bool] = mapped_column(Boolean)
    must_change: Mapped[bool] = mapped_column(Boolean)  # the password was given out by somebody else: good for changing it only


class FirstCode(Base):
    """The code by which the first administrator is made; only a hash, and how often a wrong one was tried."""

    __tablename__ = "first_codes"
    code_sha256: Mapped[str] = mapped_column(_HASH, primary_key=True)
    expires: Mapped[str] = mapped_column(_MOMENT)
    tries: Mapped[int] = mapped_column(Integer)


class LoginSession(Base):
    """Somebody who is logged in; only a hash of the cookie."""

    __tablename__ = "login_sessions"
    token_sha256: Mapped[str] = mapped_column(_HASH, primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("people.login"))
    form_token: Mapped[str] = mapped_column(String(64))
    begun: Mapped[str] = mapped_column(_MOMENT)
    used: Mapped[str] = mapped_column(_MOMENT)
