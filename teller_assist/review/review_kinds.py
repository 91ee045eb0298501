"""The closed lists of reviewing."""

from __future__ import annotations

from enum import StrEnum


class Finding(StrEnum):
    """What a manager found a case to be."""

    GENUINE = "genuine"  # 本人
    IMPOSTOR = "impostor"  # 冒用
    TWIN = "twin"  # 双胞胎
    RELATIVE = "relative"  # 亲属
    QUALITY = "quality"  # 质量
    FALSE_ALARM = "false_alarm"  # 误报


class ReviewOutcome(StrEnum):
    """What the counter does now."""

    PROCEED = "proceed"
    MORE_DOCUMENTS = "more_documents"
    TWO_TELLERS = "two_tellers"
    DO_NOT_PROCEED = "do_not_proceed"


class ReviewState(StrEnum):
    """How far the review of a case has come."""

    NONE = "none"  # nobody need look
    WAITING = "waiting"
    SECOND_REVIEW = "second_review"  # somebody else judges without knowing of the first finding
    DISAGREED = "disagreed"  # the two differ, or the second login did not agree: somebody resolves it
    SIGN_OFF = "sign_off"  # a second login signs
    CLOSED = "closed"


OPEN_STATES = (ReviewState.WAITING, ReviewState.SECOND_REVIEW, ReviewState.DISAGREED, ReviewState.SIGN_OFF)


class Round(StrEnum):
    """Which finding of a case it is."""

    FIRST = "first"
    SECOND = "second"  # blind
    RESOLVING = "resolving"


class Purpose(StrEnum):
    """What a part of a case is kept for."""

    REVIEW = "review"
    DISPUTE = "dispute"


class Item(StrEnum):
    """What has a retention clock of its own."""

    PICTURES = "pictures"
    IDENTITY = "identity"
    RECORD = "record"
    NOTES = "notes"
