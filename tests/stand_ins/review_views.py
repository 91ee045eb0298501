"""Referred customers as the window shows them; made up."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from teller_assist.alerts.review_states import ReviewFinding
from teller_assist.alerts.states import Kept
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision
from teller_assist.wording import codes
from teller_assist.workflow.view_reviews import ReviewAct, ReviewRow, ReviewStage, ReviewsView
from teller_assist.workflow.view_today import TodayRow, TodayView

WITHIN_MINUTES = 15
DOCUMENTS = tuple(one for one in codes("document") if one not in ("power_of_attorney", "guardianship_proof"))


def review_row(place: int = 1, **changed: Any) -> ReviewRow:
    usual = ReviewRow(
        case_id=f"{place:032x}",
        sequence=place,
        referred=datetime.time(14, 15),
        masked_name="李*",
        business_kind=BusinessKind.PASSWORD_RESET,
        role=PersonRole.HOLDER,
        stage=ReviewStage.WAITING,
        finding=ReviewFinding.NONE,
        minutes=3,
        overdue=False,
        act=None,
    )
    return replace(usual, **changed)


def overdue(place: int = 1, **changed: Any) -> ReviewRow:
    return review_row(place, **{"minutes": 16, "overdue": True, "act": ReviewAct.TWO_TELLERS, **changed})


def answered(place: int = 1, stage: ReviewStage = ReviewStage.PROCEED, **changed: Any) -> ReviewRow:
    act = {
        ReviewStage.PROCEED: ReviewAct.PROCEED,
        ReviewStage.MORE_DOCUMENTS: ReviewAct.DOCUMENTS,
        ReviewStage.TWO_TELLERS: ReviewAct.TWO_TELLERS,
        ReviewStage.DO_NOT_PROCEED: ReviewAct.DECLINE,
    }[stage]
    documents = DOCUMENTS if act is ReviewAct.DOCUMENTS else ()
    usual = {"stage": stage, "finding": ReviewFinding.GENUINE, "act": act, "documents": documents}
    return review_row(place, **{**usual, **changed})


def reviews(*rows: ReviewRow, news: int = 0) -> ReviewsView:
    return ReviewsView(rows, WITHIN_MINUTES, news)


def today_with(*rows: ReviewRow) -> TodayView:
    """Today's list with these customers in it, and one whose review is over."""
    made = tuple(
        TodayRow(
            one.referred, one.masked_name, one.business_kind, TellerDecision.REFER, alert=True, kept=Kept.DELIVERED, review=one
        )
        for one in rows
    )
    over = TodayRow(
        datetime.time(13, 2), "王*芳", BusinessKind.LOSS_REPORT, TellerDecision.REFER, alert=True, later=TellerDecision.PASS
    )
    return TodayView(rows=(*made, replace(over, kept=Kept.DELIVERED)), checked=9, referred=len(made) + 1, waiting=0)


REVIEWS = {
    "waiting": (review_row(1, minutes=0, stage=ReviewStage.UNDELIVERED), review_row(2, minutes=7)),
    "answered": (
        overdue(3, masked_name=""),
        review_row(2, masked_name="欧**修", stage=ReviewStage.SIGN_OFF, minutes=7),
        answered(1),
    ),
    "declined": (
        answered(1, ReviewStage.DO_NOT_PROCEED, finding=ReviewFinding.IMPOSTOR),
        answered(2, ReviewStage.MORE_DOCUMENTS, finding=ReviewFinding.RELATIVE, masked_name="欧**修"),
    ),
}
