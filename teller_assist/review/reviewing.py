"""Reviewing a case: findings, a second judgement without knowing of the first, signatures of a second login; none is changed."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import ReviewError, ShapeError
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.case_store import CaseStore
from teller_assist.review.cases import visible_case
from teller_assist.review.database import Database
from teller_assist.review.people import LoggedIn
from teller_assist.review.review_kinds import Finding, Purpose, ReviewOutcome, ReviewState, Round
from teller_assist.review.review_policy import ReviewPolicy
from teller_assist.review.review_rules import AlertCodes, Found, round_of, state_after_finding, state_after_sign_off
from teller_assist.review.rights import Action, may, require
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.stations import Now
from teller_assist.review.tables import AlertRow, Case, FindingRow, Person, SignOffRow

NOTE_LONGEST = 2000


@dataclass(frozen=True)
class RecordedFinding:
    """What somebody found.

    Attributes
    ----------
    number
        Names it; later ones are greater.
    note
        "" where none was written, or it was erased.
    """

    number: int
    at: str
    login: str
    name: str
    round: Round
    finding: Finding
    outcome: ReviewOutcome
    note: str


@dataclass(frozen=True)
class RecordedSignOff:
    """What a second login said to a finding."""

    at: str
    login: str
    name: str
    finding: int
    agreed: bool


@dataclass(frozen=True)
class Review:
    """The review of one case as one person sees it.

    Attributes
    ----------
    findings
        Those that this person may know of, in their order.
    hidden
        How many there are beside them: the second judgement is still to come, and must not know of the first.
    may_find
        Which finding this person may record now; None: none.
    may_sign
        The finding that waits for this person's signature; None: none does.
    """

    state: ReviewState
    state_since: str
    second_review: bool
    findings: tuple[RecordedFinding, ...]
    hidden: int
    sign_offs: tuple[RecordedSignOff, ...]
    may_find: Round | None
    may_sign: RecordedFinding | None


class Reviewing:
    """The reviews of one server."""

    def __init__(self, database: Database, keys: PrivateKeys, store: CaseStore, policy: ReviewPolicy, now: Now) -> None:
        self._database, self._keys, self._store, self._policy, self._now = database, keys, store, policy, now

    def of(self, person: LoggedIn, case_id: str) -> Review:
        """Return how the review of a case stands.

        Raises
        ------
        LoginError, RequestError
            "not_permitted", "not_found"
        """
        require(person, Action.SEE_REVIEW)
        with self._database.reading() as session:
            row = visible_case(session, person, case_id)
            findings = _findings(session, case_id)
            blind = row.state == ReviewState.SECOND_REVIEW and may(person, Action.FIND)
            known = [one for one in findings if not blind or one.login == person.login]
            told = tuple(self._told(session, one, with_note=may(person, Action.SEE_CASE)) for one in known)
            return Review(
                state=ReviewState(row.state),
                state_since=row.state_since,
                second_review=row.second_review,
                findings=told,
                hidden=len(findings) - len(known),
                sign_offs=tuple(_sign_off(session, one) for one in _sign_offs(session, case_id)),
                may_find=_may_find(person, row, findings),
                may_sign=told[-1] if told and _may_sign(person, row, findings) else None,
            )

    def record_finding(
        self, person: LoggedIn, case_id: str, round_: Round, finding: Finding, outcome: ReviewOutcome, note: str = ""
    ) -> ReviewState:
        """Record what a manager found, and what the counter does; returns the state of the review then.

        Parameters
        ----------
        round_
            Which finding the manager meant to record: somebody else may have been faster.

        Raises
        ------
        LoginError, RequestError
            "not_permitted", "not_found"
        ReviewError
            "review_own_case": who served the customer does not review; "review_twice": the second judgement is somebody else's;
            "review_changed": the review has gone on meanwhile; "review_not_now".
        ShapeError
            The note is too long.
        """
        require(person, Action.FIND)
        if len(note) > NOTE_LONGEST or "\0" in note:
            raise ShapeError(what="note", why="length")
        with self._database.writing() as session:
            row = visible_case(session, person, case_id)
            earlier = _findings(session, case_id)
            _check_finding(person, row, earlier, round_)
            added = self._add_finding(session, person, row, round_, Found(finding, outcome), note.strip())
            state = state_after_finding(
                self._policy,
                _alerts(session, case_id),
                [_found(one) for one in (*earlier, added)],
                second_review=row.second_review,
            )
            self._set_state(row, state)
        return state

    def sign_off(self, person: LoggedIn, case_id: str, number: int, *, agreed: bool) -> ReviewState:
        """Record whether a second login agrees with a finding; returns the state of the review then.

        Raises
        ------
        LoginError, RequestError
            "not_permitted", "not_found"
        ReviewError
            "review_own_case", "review_twice": nobody signs the own finding; "review_changed": another finding waits by now;
            "review_not_now".
        """
        require(person, Action.SIGN_OFF)
        with self._database.writing() as session:
            row = visible_case(session, person, case_id)
            findings = _findings(session, case_id)
            if _served(person, row):
                raise ReviewError("review_own_case")
            if row.state != ReviewState.SIGN_OFF:
                raise ReviewError("review_not_now")
            if findings[-1].number != number:
                raise ReviewError("review_changed")
            if findings[-1].login == person.login:
                raise ReviewError("review_twice")
            at = utc_text(self._now())
            session.add(SignOffRow(case_id=case_id, finding=number, login=person.login, agreed=agreed, at=at))
            facts = {"finding": number, "agreed": agreed}
            append(session, self._keys.signing, AuditKind.SIGNED_OFF, actor=person.login, subject=case_id, **facts)
            state = state_after_sign_off(agreed=agreed)
            self._set_state(row, state)
        return state

    def _add_finding(self, session: Session, person: LoggedIn, row: Case, round_: Round, found: Found, note: str) -> FindingRow:
        now = self._now()
        added = FindingRow(
            case_id=row.case_id,
            round=round_.value,
            login=person.login,
            finding=found.finding.value,
            outcome=found.outcome.value,
            at=utc_text(now),
        )
        session.add(added)
        session.flush()
        purpose = Purpose.DISPUTE if found.finding in self._policy.dispute_findings else Purpose.REVIEW
        note_sha256 = self._store.add_note(session, row, added.number, note, at=now, purpose=purpose) if note else ""
        if purpose is Purpose.DISPUTE:
            session.flush()
            self._store.keep_for(session, row.case_id, purpose)
        append(
            session,
            self._keys.signing,
            AuditKind.FINDING_RECORDED,
            actor=person.login,
            subject=row.case_id,
            number=added.number,
            round=round_.value,
            finding=found.finding.value,
            outcome=found.outcome.value,
            note_sha256=note_sha256,
        )
        return added

    def _set_state(self, row: Case, state: ReviewState) -> None:
        if row.state != state:
            now = self._now()
            row.state, row.state_since = state.value, utc_text(now)
            if state is ReviewState.CLOSED:  # a clock that was set back makes no time below none
                waited = now - datetime.datetime.fromisoformat(row.received)
                row.closed_after_s = max(0, int(waited.total_seconds()))

    def _told(self, session: Session, row: FindingRow, *, with_note: bool) -> RecordedFinding:
        return RecordedFinding(
            row.number,
            row.at,
            row.login,
            _name(session, row.login),
            Round(row.round),
            Finding(row.finding),
            ReviewOutcome(row.outcome),
            self._store.note(session, row.case_id, row.number) if with_note else "",
        )


def _check_finding(person: LoggedIn, row: Case, earlier: Sequence[FindingRow], round_: Round) -> None:
    if _served(person, row):
        raise ReviewError("review_own_case")
    due = round_of(ReviewState(row.state))
    if due is None:
        raise ReviewError("review_not_now")
    if due is not round_:
        raise ReviewError("review_changed")
    if due is Round.SECOND and earlier[-1].login == person.login:
        raise ReviewError("review_twice")


def _may_find(person: LoggedIn, row: Case, findings: Sequence[FindingRow]) -> Round | None:
    due = round_of(ReviewState(row.state))
    if due is None or not may(person, Action.FIND) or _served(person, row):
        return None
    return None if due is Round.SECOND and findings[-1].login == person.login else due


def _may_sign(person: LoggedIn, row: Case, findings: Sequence[FindingRow]) -> bool:
    if row.state != ReviewState.SIGN_OFF or not may(person, Action.SIGN_OFF) or _served(person, row):
        return False
    return findings[-1].login != person.login


def _served(person: LoggedIn, row: Case) -> bool:
    """Return whether somebody reviews the customer whom they served."""
    return person.login == row.teller_login or (not row.teller_login and row.teller in (person.login, person.name))


def _found(row: FindingRow) -> Found:
    return Found(Finding(row.finding), ReviewOutcome(row.outcome))


def _findings(session: Session, case_id: str) -> list[FindingRow]:
    return list(session.scalars(select(FindingRow).where(FindingRow.case_id == case_id).order_by(FindingRow.number)))


def _sign_offs(session: Session, case_id: str) -> list[SignOffRow]:
    return list(session.scalars(select(SignOffRow).where(SignOffRow.case_id == case_id).order_by(SignOffRow.number)))


def _sign_off(session: Session, row: SignOffRow) -> RecordedSignOff:
    return RecordedSignOff(row.at, row.login, _name(session, row.login), row.finding, row.agreed)


def _alerts(session: Session, case_id: str) -> list[AlertCodes]:
    found = session.execute(select(AlertRow.kind, AlertRow.severity).where(AlertRow.case_id == case_id))
    return [AlertCodes(kind, severity) for kind, severity in found]


def _name(session: Session, login: str) -> str:
    return session.scalar(select(Person.name).where(Person.login == login)) or login
