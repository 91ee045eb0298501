"""What of a pack comes out of the database; that it is made is itself an entry about the case, and the last one in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from teller_assist.alerts.keys import SigningKey
from teller_assist.errors import RequestError
from teller_assist.review.audit import AuditKind, append, read_links
from teller_assist.review.cases import ListedCase
from teller_assist.review.evidence_pack.content import PackContent, PackMaking
from teller_assist.review.intake import receipt_body
from teller_assist.review.reviewing import RecordedFinding, RecordedSignOff
from teller_assist.review.tables import Case


def noted_content(
    session: Session,
    key: SigningKey,
    listed: ListedCase,
    case: Mapping[str, Any],
    *,
    findings: tuple[RecordedFinding, ...],
    sign_offs: tuple[RecordedSignOff, ...],
    making: PackMaking,
) -> PackContent:
    """Note that a pack is made and return what it is made of; whether this person may is the caller's to ask.

    Parameters
    ----------
    session
        One that writes.

    Raises
    ------
    RequestError
        "not_found"
    """
    row = session.get(Case, listed.case_id)
    if row is None:
        raise RequestError("not_found")
    purpose = making.purpose.value
    newest = append(session, key, AuditKind.EVIDENCE_PACK_MADE, actor=making.login, subject=listed.case_id, purpose=purpose)
    links = tuple(read_links(session, subject=listed.case_id))
    return PackContent(listed, case, findings, sign_offs, links, newest, receipt_body(row), making)
