"""Words of a case that only its evidence pack needs; the others stand in ``review.case_words``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.travel_document import mask_document_number
from teller_assist.review import case_words
from teller_assist.review.audit import Link
from teller_assist.review.words import Told, word


@dataclass(frozen=True)
class ComparisonTold:
    """One comparison's line."""

    edge: Told
    outcome: Told
    strangers: Told
    same_person: Told
    calibration: str


def outcome_word(code: str) -> Told:
    """Return an outcome in words."""
    if code == "none":
        return word("server", "not_compared")
    return word("outcome", code)


def decided_words(case: Mapping[str, Any]) -> tuple[Told, ...]:
    """Return how the teller judged before the reading, what the customer answered, and what was decided."""
    judged = (word("server", "judged_first"), case_words.judged_first_words(case))
    answered = tuple(told for pair in case_words.questions_told(case) for told in pair)
    return (*judged, *answered, *case_words.decision_words(case))


def comparisons_told(case: Mapping[str, Any]) -> tuple[ComparisonTold, ...]:
    """Return every comparison with its counted rates."""
    return tuple(_comparison(one) for one in case["comparisons"])


def person_told(person: Mapping[str, Any]) -> tuple[Told, ...]:
    """Return who the card says it is: name, masked number, validity."""
    told = [word("server", f"role_{person['role']}"), Told(person["name"])]
    number = IdNumber.or_none(person["number"])
    if number is not None:
        told.append(Told(number.masked))
    elif "travel_document" in person:
        told.append(Told(mask_document_number(person["number"])))
    until = person.get("valid_until", "")
    if until:
        told.append(word("server", "long_term") if until == "long_term" else word("server", "valid_until", day=until))
    return tuple(told)


def event_told(link: Link) -> tuple[str, Told, str]:
    """Return time, words and actor of an audit entry."""
    return link.at, word("audit_kind", link.kind), link.actor


def _comparison(one: Mapping[str, Any]) -> ComparisonTold:
    edge = word("edge", one["edge"])
    if not one["compared"]:
        nothing = Told("—")
        return ComparisonTold(edge, word("server", "not_compared"), nothing, nothing, "")
    answer = one["answer"]
    return ComparisonTold(
        edge,
        outcome_word(answer["outcome"]),
        _rate(answer["fmr_at_score"]),
        _rate(answer["fnmr_at_score"]),
        str(answer["calibration_id"]),
    )


def _rate(rate: Mapping[str, Any]) -> Told:
    if not rate.get("stated"):
        return Told(str(rate.get("why_zh", "")), str(rate.get("why_en", "")))
    bound = "rate_upper" if rate.get("bound") == "upper" else "rate_estimate"
    return word("server", bound, errors=f"{int(rate['errors']):,}", comparisons=f"{int(rate['comparisons']):,}")
