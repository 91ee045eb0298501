"""The way of a case through its review: plain rules on codes.

waiting -> second_review -> closed (two found the same)
   |            `-> disagreed -> sign_off -> closed (a second login agreed)
   |-> sign_off            ^---------`  (did not agree)
   `-> closed
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from teller_assist.decision.judgement import Severity
from teller_assist.review.review_kinds import Finding, ReviewOutcome, ReviewState, Round
from teller_assist.review.review_policy import ReviewPolicy, at_least


@dataclass(frozen=True)
class AlertCodes:
    """What the rules look at of an alert."""

    kind: str
    severity: str


@dataclass(frozen=True)
class Found:
    """What the rules look at of a finding."""

    finding: Finding
    outcome: ReviewOutcome


def state_at_receipt(alerts: Sequence[AlertCodes], *, decision: str, next_step: str) -> ReviewState:
    """Return whether a manager must look at a case that arrives."""
    asked = decision == "refer" or next_step == "manager_review"
    alerted = any(at_least(one.severity, Severity.REVIEW) for one in alerts)
    return ReviewState.WAITING if asked or alerted else ReviewState.NONE


def needs_second_review(policy: ReviewPolicy, alerts: Iterable[AlertCodes]) -> bool:
    """Return whether a second manager judges without knowing of the first finding."""
    return any(one.kind in policy.second_review_alerts and at_least(one.severity, policy.second_review_from) for one in alerts)


def round_of(state: ReviewState) -> Round | None:
    """Return which finding may be recorded now; None: none."""
    return {
        ReviewState.NONE: Round.FIRST,
        ReviewState.WAITING: Round.FIRST,
        ReviewState.SECOND_REVIEW: Round.SECOND,
        ReviewState.DISAGREED: Round.RESOLVING,
    }.get(state)


def state_after_finding(
    policy: ReviewPolicy, alerts: Iterable[AlertCodes], findings: Sequence[Found], *, second_review: bool
) -> ReviewState:
    """Return the state once a finding was added.

    Parameters
    ----------
    findings
        In their order, the new one last.
    """
    last = findings[-1]
    if len(findings) == 1 and second_review:
        return ReviewState.SECOND_REVIEW
    if len(findings) == 2 and second_review:
        # Two logins that found the same without knowing of each other are the two signatures.
        return ReviewState.CLOSED if findings[0] == last else ReviewState.DISAGREED
    if len(findings) > 1 or _is_signed_for(policy, alerts, last):
        return ReviewState.SIGN_OFF
    return ReviewState.CLOSED


def state_after_sign_off(*, agreed: bool) -> ReviewState:
    """Return the state once a second login has said whether it agrees."""
    return ReviewState.CLOSED if agreed else ReviewState.DISAGREED


def _is_signed_for(policy: ReviewPolicy, alerts: Iterable[AlertCodes], found: Found) -> bool:
    if found.finding in policy.sign_off_findings or found.outcome in policy.sign_off_outcomes:
        return True
    return any(at_least(one.severity, policy.sign_off_from) for one in alerts)
