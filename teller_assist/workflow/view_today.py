"""Today's list as finished values for the window."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from teller_assist.alerts.states import Kept
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision
from teller_assist.workflow.view_reviews import ReviewRow


@dataclass(frozen=True)
class TodayRow:
    """One finished transaction of today: no full name, no number.

    Attributes
    ----------
    review
        Where a referred one waits; None: it does not, or not any more.
    later
        What the teller decided after the review.
    """

    ended: datetime.time
    masked_name: str
    business_kind: BusinessKind
    decision: TellerDecision | None  # None: abandoned
    alert: bool
    kept: Kept | None = None  # None: this station is not enrolled, nothing is kept
    without_face: bool = False  # the customer did not want face recognition, or the teller left its path
    role: PersonRole = PersonRole.HOLDER
    review: ReviewRow | None = None
    later: TellerDecision | None = None


@dataclass(frozen=True)
class TodayView:
    """Today's list, newest first, in memory only.

    Attributes
    ----------
    without_face
        Of the checked ones, those without face recognition.
    waiting
        Cases that wait for the branch server; None: this station is not enrolled, nothing is sent or kept.
    unsaved
        Of these, those that could not be written to the disk and are held in memory.
    refused
        Cases that the branch server does not take; kept on the disk until IT has looked.
    """

    rows: tuple[TodayRow, ...]
    checked: int
    referred: int
    waiting: int | None
    unsaved: int = 0
    refused: int = 0
    without_face: int = 0
