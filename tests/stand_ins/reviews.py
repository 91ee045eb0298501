"""What managers do to a case, written straight into the tables, with the entry of the audit chain that goes with it."""

from __future__ import annotations

import datetime

from teller_assist.alerts.canonical import utc_text
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.records import BranchRecords
from teller_assist.review.tables import Case, FindingRow, SignOffRow


def reviewed(
    records: BranchRecords,
    case_id: str,
    state: str = "closed",
    finding: str = "",
    outcome: str = "none",
    *,
    login: str = "wang",
    agreed: bool | None = None,
) -> None:
    """Bring a case into a state of its review; with a finding where one is named, and a second login's word about it."""
    now = utc_text(datetime.datetime.now(datetime.UTC))
    with records.database.writing() as session:
        row = session.get(Case, case_id)
        assert row is not None
        row.state, row.state_since = state, now
        if finding:
            found = FindingRow(case_id=case_id, round="first", login=login, finding=finding, outcome=outcome, at=now)
            session.add(found)
            session.flush()
            if agreed is not None:
                session.add(SignOffRow(case_id=case_id, finding=found.number, login="li", agreed=agreed, at=now))
        append(session, records.keys.signing, AuditKind.CASE_SEEN, actor=login, subject=case_id)
