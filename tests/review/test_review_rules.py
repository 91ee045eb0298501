"""The way of a case through its review, by codes alone."""

from __future__ import annotations

import itertools

import pytest

from teller_assist.review.review_kinds import OPEN_STATES, Finding, ReviewOutcome, ReviewState, Round
from teller_assist.review.review_policy import ReviewPolicy, shipped_review_policy
from teller_assist.review.review_rules import (
    AlertCodes,
    Found,
    needs_second_review,
    round_of,
    state_after_finding,
    state_after_sign_off,
    state_at_receipt,
)
from teller_assist.settings.home import installation_root

GENUINE = Found(Finding.GENUINE, ReviewOutcome.PROCEED)
IMPOSTOR = Found(Finding.IMPOSTOR, ReviewOutcome.DO_NOT_PROCEED)
KINSHIP, LOOK = AlertCodes("kinship", "review"), AlertCodes("document_mismatch", "review")
STOP, INFO = AlertCodes("netcheck_result", "stop"), AlertCodes("kinship", "info")


@pytest.fixture(autouse=True, scope="module")
def _on_both() -> None:
    """No database here: once is enough."""


@pytest.fixture(scope="module")
def policy() -> ReviewPolicy:
    return shipped_review_policy(installation_root())


@pytest.mark.parametrize(
    ("alerts", "decision", "next_step", "expected"),
    [
        ([], "pass", "proceed", ReviewState.NONE),
        ([INFO], "pass", "proceed", ReviewState.NONE),
        ([LOOK], "pass", "proceed", ReviewState.WAITING),
        ([INFO, STOP], "pass", "proceed", ReviewState.WAITING),
        ([], "refer", "proceed", ReviewState.WAITING),
        ([], "none", "manager_review", ReviewState.WAITING),
        ([AlertCodes("kinship", "of-a-later-version")], "pass", "proceed", ReviewState.NONE),
    ],
)
def test_a_case_waits_for_a_manager_when_an_alert_or_the_teller_asks_for_one(
    alerts: list[AlertCodes], decision: str, next_step: str, expected: ReviewState
) -> None:
    assert state_at_receipt(alerts, decision=decision, next_step=next_step) is expected


def test_only_a_relative_a_look_alike_or_a_second_identity_asks_for_a_blind_second_judgement(policy: ReviewPolicy) -> None:
    assert needs_second_review(policy, [KINSHIP])
    assert not needs_second_review(policy, [INFO]), "a kinship that is told and no more"
    assert not needs_second_review(policy, [LOOK, STOP])


@pytest.mark.parametrize(
    ("alerts", "found", "expected"),
    [
        ([LOOK], [GENUINE], ReviewState.CLOSED),
        ([LOOK], [IMPOSTOR], ReviewState.SIGN_OFF),
        ([LOOK], [Found(Finding.IMPOSTOR, ReviewOutcome.PROCEED)], ReviewState.SIGN_OFF),
        ([LOOK], [Found(Finding.QUALITY, ReviewOutcome.DO_NOT_PROCEED)], ReviewState.SIGN_OFF),
        ([STOP], [GENUINE], ReviewState.SIGN_OFF),
        ([LOOK], [IMPOSTOR, GENUINE], ReviewState.SIGN_OFF),
    ],
)
def test_what_accuses_sends_away_or_stopped_the_counter_is_signed_by_a_second_login(
    policy: ReviewPolicy, alerts: list[AlertCodes], found: list[Found], expected: ReviewState
) -> None:
    assert state_after_finding(policy, alerts, found, second_review=False) is expected


def test_two_blind_judgements_close_a_case_only_when_they_are_the_same(policy: ReviewPolicy) -> None:
    after = [
        state_after_finding(policy, [KINSHIP], found, second_review=True)
        for found in ([GENUINE], [GENUINE, GENUINE], [GENUINE, IMPOSTOR], [IMPOSTOR, IMPOSTOR], [GENUINE, IMPOSTOR, GENUINE])
    ]
    assert after == [
        ReviewState.SECOND_REVIEW,
        ReviewState.CLOSED,
        ReviewState.DISAGREED,
        ReviewState.CLOSED,
        ReviewState.SIGN_OFF,
    ]


def test_every_way_through_a_review_ends_and_no_single_login_ends_an_accusation(policy: ReviewPolicy) -> None:
    """Walk every state: from each open one some act leads on, and nothing follows the end."""
    kinds = [Found(finding, outcome) for finding, outcome in itertools.product(Finding, ReviewOutcome)]
    for first in kinds:
        if state_after_finding(policy, [LOOK], [first], second_review=False) is ReviewState.CLOSED:
            assert first.finding is not Finding.IMPOSTOR
            assert first.outcome is not ReviewOutcome.DO_NOT_PROCEED
    assert state_after_sign_off(agreed=True) is ReviewState.CLOSED
    assert state_after_sign_off(agreed=False) is ReviewState.DISAGREED
    for state in ReviewState:
        leads_on = round_of(state) is not None or state is ReviewState.SIGN_OFF
        assert leads_on == (state in (*OPEN_STATES, ReviewState.NONE))
    assert round_of(ReviewState.DISAGREED) is Round.RESOLVING
