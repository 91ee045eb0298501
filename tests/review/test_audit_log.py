"""The audit record, page by page: whom it tells what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.review.audit_log import AuditFilter
from teller_assist.review.people import LoggedIn, Role
from teller_assist.review.review_kinds import Finding, ReviewOutcome, ReviewState, Round
from tests.stand_ins.reviewed import KINSHIP, ReviewedBranch


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[ReviewedBranch]:
    made = ReviewedBranch(tmp_path / "server")
    yield made
    made.close()


def test_a_finding_that_is_still_blind_is_told_to_no_other_manager(branch: ReviewedBranch) -> None:
    one, two = branch.person("one"), branch.person("two")
    auditor = branch.person("auditor", Role.AUDITOR, "")
    case_id = branch.arrive(KINSHIP)

    def told(person: LoggedIn) -> set[str]:
        page = branch.records.proof.log.page(person, AuditFilter(kind="finding_recorded"), size=10)
        return set(page.links[-1].facts)

    record = branch.records.reviewing.record_finding
    state = record(one, case_id, Round.FIRST, Finding.GENUINE, ReviewOutcome.PROCEED, "")
    assert state is ReviewState.SECOND_REVIEW
    assert told(two) == {"round"}
    assert "finding" in told(one)
    assert "finding" in told(auditor)
    record(two, case_id, Round.SECOND, Finding.GENUINE, ReviewOutcome.PROCEED, "")
    assert "finding" in told(two), "once both judged"
