"""The words of a review, for its pages."""

from __future__ import annotations

from teller_assist.review.evidence_pack.content import PackPurpose
from teller_assist.review.review_kinds import Finding, ReviewOutcome, ReviewState, Round
from teller_assist.review.words import Told, word

_TONES = {ReviewState.NONE: "unsure", ReviewState.CLOSED: "good"}


def finding_words() -> tuple[tuple[str, Told], ...]:
    """Return every finding that can be chosen, with its word."""
    return tuple((one.value, word("finding", one.value)) for one in Finding)


def outcome_words() -> tuple[tuple[str, Told], ...]:
    """Return everything the counter may be told, with its word."""
    return tuple((one.value, word("review_outcome", one.value)) for one in ReviewOutcome)


def purpose_words() -> tuple[tuple[str, Told], ...]:
    """Return what an evidence pack may be made for, with its word."""
    return tuple((one.value, word("pack_purpose", one.value)) for one in PackPurpose)


def state_words(state: str) -> Told:
    """Return how far a review has come."""
    told = word("review_state", state)
    known = state in {one.value for one in ReviewState}
    return Told(told.zh, told.en, _TONES.get(ReviewState(state), "attention") if known else "unsure")


def round_words(round_: Round) -> Told:
    """Return which judgement it is."""
    return word("review_round", round_.value)
