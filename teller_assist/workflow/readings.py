"""An answer in plain sentences with counted numbers: never a bare score, never 0 or 100 %."""

from __future__ import annotations

import math

from teller_assist.comparison.calibration import Threshold
from teller_assist.comparison.error_rates import Bound, NotStated, StatedRate
from teller_assist.comparison.llr import LlrReading
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.measurements import FaceMeasurement
from teller_assist.wording import Sentences, codes, sentence
from teller_assist.workflow.comparing import ComparisonAnswer


def answer_sentences(answer: ComparisonAnswer) -> list[Sentences]:
    """Return what a person reads about a comparison, the outcome first."""
    told = [sentence("outcome", answer.outcome.value), told_rate("stranger", answer.fmr_at_score)]
    if answer.outcome is not Outcome.MATCH:
        told.append(told_rate("same_person", answer.fnmr_at_score))
    told += told_strength(answer.llr)
    if not isinstance(answer.relative_band, NotStated):
        told.append(sentence("reading", "close_relative"))
    told.append(sentence("reading", "calibration", calibration=answer.calibration_id))
    told += _threshold_cost(answer)
    told += [*_coaching(answer.probe), *_coaching(answer.reference)]
    of_a_picture = {*answer.probe.advice, *answer.reference.advice}
    told += [sentence("advice", code) for code in answer.advice if code not in of_a_picture]
    return [*dict.fromkeys(told), sentence("program", "teller_decides")]


def told_share(share: float) -> Sentences:
    """Return a share of comparisons in words: "1 in n" with two digits, or n in 100 where it is a tenth or more.

    Rounded towards the higher share for the former; never 100 of 100. Nought, which an interval may reach, is "none".
    """
    if share >= 0.1:
        return sentence("reading", "share_of_hundred", n=min(99, round(100 * share)))
    if share <= 0:
        return sentence("reading", "share_none")
    step = 10 ** (len(str(int(1 / share))) - 2)
    return sentence("reading", "share_one_in", n=f"{int(1 / share / step) * step:,}")


def told_rate(reading: str, rate: StatedRate | NotStated) -> Sentences:
    """Return a rate in words with its counts, or why it is not stated.

    Parameters
    ----------
    reading
        Code of the wording group ``reading``; "_upper" is added for a rate that is an upper bound.
    """
    if isinstance(rate, NotStated):
        return sentence("not_stated", rate.why, needed=f"{rate.comparisons_needed:,}", had=f"{rate.comparisons:,}")
    code = f"{reading}_upper" if rate.bound is Bound.UPPER else reading
    return _in_both_languages(
        code,
        {"share": told_share(rate.value), "share_low": told_share(rate.ci95[0]), "share_high": told_share(rate.ci95[1])},
        errors=f"{rate.errors:,}",
        comparisons=f"{rate.comparisons:,}",
    )


def _threshold_cost(answer: ComparisonAnswer) -> list[Sentences]:
    """Say what protecting the worst group costs the first one, where it costs anything."""
    threshold = answer.thresholds[answer.target_fmr]
    if not isinstance(threshold, Threshold) or threshold.score == threshold.first_group_score:
        return []
    shares = {
        "share": told_share(threshold.pass_rate.value),
        "share_first": told_share(threshold.first_group_pass_rate.value),
    }
    counts = f"{threshold.pass_rate.comparisons:,}"
    shares["first_group"] = _group(threshold.pass_rate.group)
    return [_in_both_languages("threshold_cost", shares, comparisons=counts)]


def _group(name: str) -> Sentences:
    """Return the words for a group of people; a bank names its own groups."""
    return sentence("group", name) if name in codes("group") else Sentences(name, name)


def told_strength(llr: LlrReading | NotStated, *, short: bool = False) -> list[Sentences]:
    """Return how strong the evidence is, for whom; empty where it is not stated (the rate has said why).

    Parameters
    ----------
    short
        As the window says it, where no percentage may stand.
    """
    if isinstance(llr, NotStated):
        return []
    low, high = llr.ci95
    if low <= 0 <= high:
        return [sentence("reading", "favours_neither")]
    code = "favours_same" if low > 0 else "favours_stranger"
    near, far = sorted((abs(low), abs(high)))
    ratios = {"ratio": abs(llr.value), "ratio_low": near, "ratio_high": far}
    told = {name: _ratio(strength) for name, strength in ratios.items()}
    return [sentence("reading", f"{code}_short" if short else code, **told)]


def _ratio(strength: float) -> str:
    """Return e to the strength with two digits, rounded down: a reading may only err towards saying less."""
    ratio = math.exp(strength)
    if ratio < 10:
        return f"{math.floor(10 * ratio) / 10:g}"
    step = 10 ** (len(str(int(ratio))) - 2)
    return f"{int(ratio / step) * step:,}"


def _in_both_languages(code: str, shares: dict[str, Sentences], **facts: str) -> Sentences:
    chinese = sentence("reading", code, **facts, **{name: share.zh for name, share in shares.items()}).zh
    english = sentence("reading", code, **facts, **{name: share.en for name, share in shares.items()}).en
    return Sentences(chinese, english)


def _coaching(measurement: FaceMeasurement) -> list[Sentences]:
    picture = sentence("role", measurement.role)
    told = []
    for code in measurement.advice:
        advice = sentence("advice", code)
        chinese = sentence("reading", "coaching", picture=picture.zh, advice=advice.zh).zh
        english = sentence("reading", "coaching", picture=picture.en, advice=advice.en).en
        told.append(Sentences(zh=chinese, en=english[:1].upper() + english[1:]))
    return told
