"""Both readings of every comparison in a case, as the teller's window words them; never a bare score."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from teller_assist.comparison.error_rates import Bound, StatedRate
from teller_assist.comparison.llr import LlrReading
from teller_assist.comparison.readings import odds, ticks, told_rate, told_strength
from teller_assist.evidence.kinds import Outcome
from teller_assist.review.words import Told, told, word
from teller_assist.wording import codes, reason_sentences

_OUTCOMES = {"MATCH": ("good", "✓"), "NON_MATCH": ("attention", "≠"), "INCONCLUSIVE": ("unsure", "?")}
_AXIS_LEAST = 6.9  # a thousand to one either way, as the window's empty gauge
_AXIS_WIDTH, _MARGIN = 560.0, 14.0  # units of the drawing
_BAND_LEAST = 10.0  # narrower than an eye catches: the published band is drawn wider, never narrower
_CLAMPED = "calibration_clamped"


@dataclass(frozen=True)
class GaugeTold:
    """The gauge as positions in its drawing; natural logarithms, labelled as odds.

    Attributes
    ----------
    band
        (left, width) of the reading against a close relative; None where none is given.
    ticks
        Position and odds.
    """

    reading: float
    low: float
    high: float
    band: tuple[float, float] | None
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class ReadingTold:
    """One comparison.

    Attributes
    ----------
    told
        Its sentences, the counted number first; why there is none where nothing was compared.
    relative
        The sentence on close relatives.
    counts
        The error rates at this score with their counts.
    advice
        What must be known of this comparison: a factory calibration, a blurred picture ...
    """

    edge: Told
    outcome: Told
    gauge: GaugeTold | None
    told: tuple[Told, ...]
    relative: Told
    counts: tuple[Told, ...]
    advice: tuple[Told, ...]
    calibration: str


def outcome_word(code: str) -> Told:
    """Return an outcome in words."""
    if code == "none":
        return word("server", "not_compared")
    words = word("outcome", code)
    return Told(words.zh, words.en, *_OUTCOMES.get(code, ("unsure", "?")))


def readings_told(case: Mapping[str, Any]) -> tuple[ReadingTold, ...]:
    """Return every comparison with its readings."""
    return tuple(_reading(one) for one in case["comparisons"])


def _reading(one: Mapping[str, Any]) -> ReadingTold:
    edge = word("edge", one["edge"])
    if not one["compared"]:
        nothing = word("server", "not_compared")
        return ReadingTold(edge, Told(nothing.zh, nothing.en, "unsure", "—"), None, (_absent(one["why"]),), Told(""), (), (), "")
    answer = one["answer"]
    llr, band = _llr(answer), _band(answer)
    sentences = [_headline(answer)]
    sentences += [word("page", "no_strength")] if llr is None else [told(words) for words in told_strength(llr, short=True)]
    counts = (
        _counted("different_so_alike", answer["fmr_at_score"]),
        _counted("same_less_alike", answer["fnmr_at_score"]),
    )
    relative = word("reading", "close_relative") if band is not None else word("page", "no_relative_band")
    return ReadingTold(
        edge,
        outcome_word(answer["outcome"]),
        None if llr is None else _gauge(llr, band),
        tuple(sentences),
        relative,
        counts,
        tuple(word("advice", code) for code in answer["advice"]),
        str(answer["calibration_id"]),
    )


def _absent(why: str) -> Told:
    """Return why nothing was compared: there was no picture, or one that cannot be used."""
    return told(reason_sentences(why)) if why in codes("reasons") else word("edge_absent", why)


def _headline(answer: Mapping[str, Any]) -> Told:
    """Return the one counted number: how often a stranger looks this alike, or the customer this different."""
    code, rate = ("headline_stranger", answer["fmr_at_score"])
    if answer["outcome"] == Outcome.NON_MATCH:
        code, rate = ("headline_same_person", answer["fnmr_at_score"])
    stated = _stated(rate)
    return _why_not(rate) if stated is None else told(told_rate(code, stated))


def _counted(code: str, rate: Mapping[str, Any]) -> Told:
    stated = _stated(rate)
    if stated is None:
        counts = _why_not(rate)
    else:
        bound = "rate_upper" if stated.bound is Bound.UPPER else "rate_estimate"
        counts = word("server", bound, errors=f"{stated.errors:,}", comparisons=f"{stated.comparisons:,}")
    zh, en = (word("page", code, rate=rate_words) for rate_words in (counts.zh, counts.en or counts.zh))
    return Told(zh.zh, en.en)


def _stated(rate: Mapping[str, Any]) -> StatedRate | None:
    if not rate.get("stated"):
        return None
    low, high = rate["ci95"]
    bound = Bound.UPPER if rate.get("bound") == Bound.UPPER else Bound.ESTIMATE
    counts = int(rate["errors"]), int(rate["comparisons"])
    return StatedRate(float(rate["value"]), bound, *counts, (float(low), float(high)), str(rate.get("group", "")))


def _why_not(rate: Mapping[str, Any]) -> Told:
    return Told(str(rate.get("why_zh", "")), str(rate.get("why_en", "")))


def _llr(answer: Mapping[str, Any]) -> LlrReading | None:
    value, interval = answer.get("llr"), answer.get("llr_ci95")
    if not isinstance(value, int | float) or not isinstance(interval, list):  # not stated, or an earlier version
        return None
    return LlrReading(float(value), (float(interval[0]), float(interval[1])), _CLAMPED in answer["advice"])


def _band(answer: Mapping[str, Any]) -> tuple[float, float] | None:
    band = answer.get("llr_relative_band")
    return (float(band[0]), float(band[1])) if isinstance(band, list) else None


def _gauge(llr: LlrReading, band: tuple[float, float] | None) -> GaugeTold:
    end = max(_AXIS_LEAST, *(math.ceil(abs(value)) for value in (llr.value, *llr.ci95)))

    def place(value: float) -> float:
        return round(_MARGIN + (value + end) / (2 * end) * _AXIS_WIDTH, 1)

    written = tuple((place(power * math.log(10)), odds(power)) for power in ticks(-end, end))
    return GaugeTold(place(llr.value), place(llr.ci95[0]), place(llr.ci95[1]), _drawn_band(band, place), written)


def _drawn_band(band: tuple[float, float] | None, place: Callable[[float], float]) -> tuple[float, float] | None:
    if band is None:
        return None
    left, right = place(band[0]), place(band[1])
    wider = max(0.0, _BAND_LEAST - (right - left))
    return round(left - wider / 2, 1), round(right - left + wider, 1)
