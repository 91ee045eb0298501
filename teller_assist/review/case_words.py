"""A case's codes as the words that a page and an evidence pack show."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from teller_assist.comparison.searching import one_search_in
from teller_assist.review.cases import ListedCase
from teller_assist.review.words import Told, word
from teller_assist.wording import codes

_MARKS = {"info": "ⓘ", "review": "▲", "stop": "■"}
_DOCUMENTS_EDGE = "chip_netcheck"  # the one comparison without the live face


def alert_words(alert: Mapping[str, str]) -> Told:
    """Return an alert's headline with its severity's tone and sign."""
    kind, why, severity = alert["kind"], alert["why"], alert["severity"]
    words = word("alert_headline", why) if why in codes("alert_headline") else word("alert_kind", kind)
    return Told(words.zh, words.en, severity, _MARKS.get(severity, ""))


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
    """Return what the teller decided: reason, second signature and documents."""
    decision = case["decision"]
    taken = decision["taken"]
    if taken == "none":
        return (word("server", f"ending_{case['transaction']['ending']}"),)
    told = [word("decision", taken)]
    if decision["reason"]:
        told.append(word(f"{taken}_reason", decision["reason"]))
    if decision["second_teller"]:
        told.append(word("server", "second_teller", name=decision["second_teller"]))
    return (*told, *(word("document", one) for one in decision["documents"]))


def judged_first_words(case: Mapping[str, Any]) -> Told:
    """Return how the teller judged before the reading, or that they did not although it was due and the face was compared."""
    first = case.get("teller_judgement", {"asked": False, "given": "none"})  # a station of an earlier version sends none
    if first["given"] != "none":
        return word("teller_judgement", first["given"])
    faces_compared = any(one["compared"] and one["edge"] != _DOCUMENTS_EDGE for one in case["comparisons"])
    decided = case["decision"]["taken"] != "none"
    if first["asked"] and faces_compared and decided:
        return word("server", "not_judged_first")
    return word("page", "not_asked_first")


def questions_told(case: Mapping[str, Any]) -> tuple[tuple[Told, Told], ...]:
    """Return which questions the customer was asked, and whether the answer was right."""
    answers = {True: ("answered_rightly", "good", "✓"), False: ("answered_wrongly", "attention", "≠")}
    told = []
    for one in case.get("challenge", ()):
        code, tone, mark = answers[one["right"]]
        answer = word("server", code)
        told.append((word("challenge", one["question"]), Told(answer.zh, answer.en, tone, mark)))
    return tuple(told)


def moment(text: str) -> str:
    """Return a document's moment in this server's own time, to the second; one that cannot be read is shown as it is."""
    try:
        return datetime.datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return text


def case_title(listed: ListedCase) -> Told:
    """Return what a case is called."""
    kind = word("business_kind", listed.business_kind)
    place = f"{listed.station_name} · {listed.sequence}"
    return Told(f"{kind.zh} · {place}", f"{kind.en or kind.zh} · {place}")
