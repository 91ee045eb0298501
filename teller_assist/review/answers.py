"""What a station may know of the review of its own cases: where it stands, and in the end what the counter does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import canonical_bytes
from teller_assist.review.database import Database
from teller_assist.review.review_policy import ReviewPolicy
from teller_assist.review.tables import AuditEntry, Case, FindingRow, SignOffRow

NONE, UNKNOWN = "none", "unknown"
_TELLS_FINDING = frozenset({"sign_off", "closed"})  # in second_review it would end the blindness
_NOBODY_ANSWERED = frozenset({NONE, "waiting"})
_ENTRIES_MOST = 1000


@dataclass(frozen=True)
class Answer:
    """One case as its station sees it.

    Attributes
    ----------
    state
        "unknown": it has not arrived, or is another station's.
    finding, outcome
        "none" unless somebody found something that the station may know; they count in the state "closed" only.
    at
        When the state last changed; "" before anybody did something.
    received
        When the case arrived; "" where it is unknown.
    """

    case_id: str
    state: str
    finding: str = NONE
    outcome: str = NONE
    at: str = ""
    received: str = ""

    @property
    def revision(self) -> str:
        """What changes with the answer."""
        return hashlib.sha256(canonical_bytes(asdict(self))).hexdigest()[:32]

    def to_body(self) -> dict[str, Any]:
        """Return one entry of an answers_answer/1."""
        return {**asdict(self), "revision": self.revision}


class Answers:
    """The answers of one server."""

    def __init__(self, database: Database, policy: ReviewPolicy) -> None:
        self._database, self._policy = database, policy

    def find(self, station_id: str, case_ids: Iterable[str]) -> list[Answer]:
        """Return where the review of each of these cases stands, in their order."""
        wanted = list(dict.fromkeys(case_ids))
        with self._database.reading() as session:
            rows = session.execute(select(Case).where(Case.case_id.in_(wanted), Case.station_id == station_id)).scalars()
            known = {row.case_id: row for row in rows}
            findings = _findings(session, [one for one in known if known[one].state in _TELLS_FINDING])
            return [_answer(one, known.get(one), findings.get(one)) for one in wanted]

    def body(self, answers: Iterable[Answer]) -> dict[str, Any]:
        """Return an answers_answer/1; how soon managers are to answer is told, each station keeps to its own policy."""
        told = [one.to_body() for one in answers]
        within_s = int(self._policy.answer_within.total_seconds())
        return {"schema": "answers_answer/1", "answers": told, "answer_within_s": within_s}

    def newest_entry(self) -> int:
        """Return the number of the newest entry of the audit chain; 0: there is none."""
        with self._database.reading() as session:
            return session.scalar(select(func.max(AuditEntry.number))) or 0

    def touched_since(self, number: int) -> tuple[int, frozenset[str]]:
        """Return how far the audit chain was read on from an entry, and the subjects of what came after it."""
        query = select(AuditEntry.number, AuditEntry.subject).where(AuditEntry.number > number).order_by(AuditEntry.number)
        with self._database.reading() as session:
            found = session.execute(query.limit(_ENTRIES_MOST)).all()
        return (found[-1][0] if found else number), frozenset(subject for _number, subject in found)


def _answer(case_id: str, row: Case | None, finding: FindingRow | None) -> Answer:
    if row is None:
        return Answer(case_id, UNKNOWN)
    at = "" if row.state in _NOBODY_ANSWERED else row.state_since
    if finding is None:
        return Answer(case_id, row.state, at=at, received=row.received)
    return Answer(case_id, row.state, finding.finding, finding.outcome, at, row.received)


def _findings(session: Session, case_ids: list[str]) -> Mapping[str, FindingRow]:
    """Return the finding that stands for each case: the last one that a second login agreed to, else the last one."""
    found: dict[str, FindingRow] = {}
    agreed = set(session.scalars(select(SignOffRow.finding).where(SignOffRow.case_id.in_(case_ids), SignOffRow.agreed)))
    for row in session.execute(select(FindingRow).where(FindingRow.case_id.in_(case_ids)).order_by(FindingRow.number)).scalars():
        before = found.get(row.case_id)
        if before is None or row.number in agreed or before.number not in agreed:
            found[row.case_id] = row
    return found
