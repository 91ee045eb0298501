"""Referred customers as finished values for the window: who waits, how long, what the manager said, what to do."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from teller_assist.alerts.review_states import ReviewFinding
from teller_assist.evidence.transaction import BusinessKind, PersonRole


class ReviewStage(StrEnum):
    """Where a referred customer stands, as the teller reads it."""

    UNDELIVERED = "undelivered"
    WAITING = "waiting"
    SECOND_REVIEW = "second_review"
    SIGN_OFF = "sign_off"
    DISAGREED = "disagreed"
    # The manager's answer, which stands:
    PROCEED = "proceed"
    MORE_DOCUMENTS = "more_documents"
    TWO_TELLERS = "two_tellers"
    DO_NOT_PROCEED = "do_not_proceed"


ANSWERED = frozenset({ReviewStage.PROCEED, ReviewStage.MORE_DOCUMENTS, ReviewStage.TWO_TELLERS, ReviewStage.DO_NOT_PROCEED})


class ReviewAct(StrEnum):
    """What the teller does to end it; nothing of it happens by itself."""

    PROCEED = "proceed"  # as the manager said
    DOCUMENTS = "documents"  # as the manager said, with further documents ticked
    TWO_TELLERS = "two_tellers"  # as the manager said, or because no manager answered in time
    DECLINE = "decline"  # as the manager said
    CUSTOMER_LEFT = "customer_left"  # always possible


@dataclass(frozen=True)
class ReviewRow:
    """One referred customer.

    Attributes
    ----------
    referred
        Local time.
    masked_name
        "" after a restart of the station: names are in memory only.
    finding
        The manager's; NONE before the answer stands.
    minutes
        Waited so far, whole ones; it stands still once the manager answered.
    overdue
        The time within which the manager answers is over, and there is no answer.
    act
        What the row offers now; None: there is nothing to do but to wait.
    documents
        Codes of the wording group ``document``, to be ticked for DOCUMENTS.
    """

    case_id: str
    sequence: int
    referred: datetime.time
    masked_name: str
    business_kind: BusinessKind
    role: PersonRole
    stage: ReviewStage
    finding: ReviewFinding
    minutes: int
    overdue: bool
    act: ReviewAct | None
    documents: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether the manager's answer stands."""
        return self.stage in ANSWERED


@dataclass(frozen=True)
class ReviewsView:
    """All of them, the oldest first.

    Attributes
    ----------
    within_minutes
        The bank's policy: afterwards two tellers may sign.
    news
        Counts answers and time-outs since the start: it grew, so the teller's attention is drawn.
    """

    rows: tuple[ReviewRow, ...] = ()
    within_minutes: int = 0
    news: int = 0
