"""What a passport or travel permit adds to a judgement."""

from __future__ import annotations

from itertools import product

import pytest

from teller_assist.decision.edges import Edges, NotCompared, NotComparedWhy, conclude
from teller_assist.decision.judgement import FaceFinding
from teller_assist.decision.travel_document import FAILED, TravelDocumentFinding, TravelDocumentReason
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.travel_document import CheckState, PassiveAuthentication

ABSENT = NotCompared(NotComparedWhy.NO_PHOTO)
EVERY = [PassiveAuthentication(*states) for states in product(CheckState, repeat=3)]


@pytest.mark.parametrize("checks", EVERY)
def test_every_failed_check_has_its_own_reason_and_no_other_check_has_one(checks: PassiveAuthentication) -> None:
    told = set(TravelDocumentFinding(checks, expired=False).reasons)
    failed = {
        reason
        for reason, state in (
            (TravelDocumentReason.DATA_FAILED, checks.data_groups),
            (TravelDocumentReason.SIGNATURE_FAILED, checks.signature),
            (TravelDocumentReason.ISSUER_FAILED, checks.issuer),
        )
        if state is CheckState.FAILED
    }
    assert told & FAILED == failed
    assert bool(failed) is checks.failed


def test_what_was_not_checked_is_said_and_is_no_problem_of_the_document() -> None:
    unchecked = PassiveAuthentication(CheckState.NOT_CHECKED, CheckState.NOT_CHECKED, CheckState.NOT_CHECKED)
    finding = TravelDocumentFinding(unchecked, expired=False)
    assert finding.reasons == (
        TravelDocumentReason.CONTENT_NOT_CHECKED,
        TravelDocumentReason.ISSUER_NOT_CHECKED,
        TravelDocumentReason.NOBODY_TO_LOOK_UP,
    )
    assert finding.problems == ()


def test_an_expired_document_that_is_genuine_has_that_one_problem() -> None:
    checked = PassiveAuthentication(CheckState.PASSED, CheckState.PASSED, CheckState.PASSED)
    assert TravelDocumentFinding(checked, expired=True).problems == (TravelDocumentReason.EXPIRED,)


@pytest.mark.parametrize(
    ("outcome", "reason", "finding"),
    [
        (Outcome.MATCH, "live_travel_document_agrees", FaceFinding.MATCH),
        (Outcome.INCONCLUSIVE, "live_travel_document_cannot_tell", FaceFinding.CANNOT_TELL),
        (Outcome.NON_MATCH, "live_travel_document_differs", FaceFinding.NON_MATCH),
    ],
)
def test_its_portrait_is_told_in_words_of_its_own(outcome: Outcome, reason: str, finding: FaceFinding) -> None:
    edges = Edges(outcome, ABSENT, ABSENT)
    concluded = conclude(edges, of_travel_document=True)
    assert (concluded.outcome, concluded.finding, concluded.reasons) == (outcome, finding, (reason,))
    assert reason not in conclude(edges).reasons
