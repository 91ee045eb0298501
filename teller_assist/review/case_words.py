"""A case's codes as the words that a page and an evidence pack show; Chinese first, English beside it where it helps."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from teller_assist.comparison.searching import one_search_in
from teller_assist.errors import CardUnreadableError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.audit import Link
from teller_assist.review.cases import ListedCase
from teller_assist.wording import Sentences, codes, sentence

_MARKS = {"info": "ⓘ", "review": "▲", "stop": "■"}
_DOCUMENTS_EDGE = "chip_netcheck"  # the one comparison without the live face
_OUTCOME_TONES = {"MATCH": "good", "NON_MATCH": "attention", "INCONCLUSIVE": "unsure"}


@dataclass(frozen=True)
class Told:
    """Something in words.

    Attributes
    ----------
    tone
        Of the style sheet; never the only carrier of a meaning.
    """

    zh: str
    en: str = ""
    tone: str = ""
    mark: str = ""


@dataclass(frozen=True)
class ComparisonTold:
    """One comparison's line."""

    edge: Told
    outcome: Told
    strangers: Told
    same_person: Told
    calibration: str


def word(group: str, code: str, **facts: str | int | float) -> Told:
    """Return the words of a code; a code of a later version is shown as it is."""
    if code not in codes(group):
        return Told(code)
    return _told(sentence(group, code, **facts))


def outcome_word(code: str) -> Told:
    """Return an outcome in words."""
    if code == "none":
        return word("server", "not_compared")
    told = word("outcome", code)
    return Told(told.zh, told.en, _OUTCOME_TONES.get(code, "unsure"))


def alert_words(alert: Mapping[str, str]) -> Told:
    """Return an alert's headline with its severity's mark."""
    kind, why = alert["kind"], alert["why"]
    told = word("alert_headline", why) if why in codes("alert_headline") else word("alert_kind", kind)
    severity = word("severity", alert["severity"])
    mark = f"{_MARKS.get(alert['severity'], '')} {severity.zh}"
    return Told(told.zh, told.en, alert["severity"], mark)


def alert_explained(alert: Mapping[str, str]) -> Told:
    """Return what an alert asks for."""
    return word("alert_text", alert["why"]) if alert["why"] in codes("alert_text") else Told("")


def seen_before(case: Mapping[str, Any]) -> tuple[tuple[Told, str], ...]:
    """Return when the face was seen before under another number, each with that case's id; nothing where nothing was found."""
    found = case.get("second_identity", {})  # a station of an earlier version sends none
    told = []
    for one in found.get("matches", ()):
        kind = word("business_kind", one["business_kind"])
        zh, en = (word("server", "seen_before", day=one["day"], kind=name) for name in (kind.zh, kind.en or kind.zh))
        told.append((Told(zh.zh, en.en), one["case_id"]))
    return tuple(told)


def face_search_told(case: Mapping[str, Any]) -> Told:
    """Return how the faces were searched and what a finding is worth."""
    search = case["second_identity"]
    facts = {name: search[name] for name in ("days", "searched", "least_score", "calibration_id", "model_id")}
    one_in = one_search_in(search["fpir_extrapolated"])
    return word("server", "face_search", **facts, fmr=f"{search['fmr']:.1g}", one_in=one_in)


def decision_words(case: Mapping[str, Any]) -> tuple[Told, ...]:
    """Return how the teller judged before the reading, and what was decided: reason, second signature and documents."""
    decision = case["decision"]
    taken = decision["taken"]
    told = _judged_first(case)
    for one in case.get("challenge", ()):
        told += [word("challenge", one["question"]), word("server", "answered_rightly" if one["right"] else "answered_wrongly")]
    if taken == "none":
        return (*told, word("server", f"ending_{case['transaction']['ending']}"))
    told.append(word("decision", taken))
    if decision["reason"]:
        told.append(word(f"{taken}_reason", decision["reason"]))
    if decision["second_teller"]:
        told.append(word("server", "second_teller", name=decision["second_teller"]))
    return (*told, *(word("document", one) for one in decision["documents"]))


def _judged_first(case: Mapping[str, Any]) -> list[Told]:
    """Return how the teller judged before the reading, or that they did not although it was due and the face was compared."""
    first = case.get("teller_judgement", {"asked": False, "given": "none"})  # a station of an earlier version sends none
    if first["given"] != "none":
        return [word("server", "judged_first"), word("teller_judgement", first["given"])]
    faces_compared = any(one["compared"] and one["edge"] != _DOCUMENTS_EDGE for one in case["comparisons"])
    decided = case["decision"]["taken"] != "none"
    return [word("server", "not_judged_first")] if first["asked"] and faces_compared and decided else []


def comparisons_told(case: Mapping[str, Any]) -> tuple[ComparisonTold, ...]:
    """Return every comparison with its counted rates."""
    return tuple(_comparison(one) for one in case["comparisons"])


def person_told(person: Mapping[str, Any]) -> tuple[Told, ...]:
    """Return who the card says it is: name, masked number, validity."""
    told = [word("server", f"role_{person['role']}"), Told(person["name"])]
    with suppress(CardUnreadableError):
        told.append(Told(IdNumber(person["number"]).masked))
    until = person.get("valid_until", "")
    if until:
        told.append(word("server", "long_term") if until == "long_term" else word("server", "valid_until", day=until))
    return tuple(told)


def event_told(link: Link) -> tuple[str, Told, str]:
    """Return time, words and actor of an audit entry."""
    return link.at, word("audit_kind", link.kind), link.actor


def moment(text: str) -> str:
    """Return a document's moment in this server's own time, to the second; one that cannot be read is shown as it is."""
    try:
        return datetime.datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return text


def case_title(listed: ListedCase) -> Told:
    """Return what a case is called."""
    kind = word("business_kind", listed.business_kind)
    return Told(f"{kind.zh} · {listed.station_name} · {listed.sequence}", kind.en)


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


def _told(words: Sentences) -> Told:
    return Told(words.zh, words.en)
