"""Where a manager's review stands and what comes of it, as server and station tell each other; codes only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReviewState(StrEnum):
    """How far the review of a case has come."""

    NONE = "none"  # it arrived, and nobody has to review it
    WAITING = "waiting"
    SECOND_REVIEW = "second_review"  # somebody else judges without knowing of the first finding
    SIGN_OFF = "sign_off"  # a second manager has yet to sign: nothing counts before
    DISAGREED = "disagreed"
    CLOSED = "closed"
    UNKNOWN = "unknown"  # it has not arrived, or is another station's


class ReviewFinding(StrEnum):
    """What a manager found."""

    NONE = "none"
    GENUINE = "genuine"
    IMPOSTOR = "impostor"
    TWIN = "twin"
    RELATIVE = "relative"
    QUALITY = "quality"
    FALSE_ALARM = "false_alarm"


class ReviewOutcome(StrEnum):
    """What the counter does."""

    NONE = "none"
    PROCEED = "proceed"
    MORE_DOCUMENTS = "more_documents"
    TWO_TELLERS = "two_tellers"
    DO_NOT_PROCEED = "do_not_proceed"


@dataclass(frozen=True)
class ReviewAnswer:
    """What the branch server says about one case.

    Attributes
    ----------
    revision
        Another one says that something changed.
    finding, outcome
        Count in the state CLOSED only.
    """

    case_id: str
    revision: str
    state: ReviewState
    finding: ReviewFinding
    outcome: ReviewOutcome
