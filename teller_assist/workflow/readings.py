"""An answer in plain sentences with counted numbers: never a bare score, never 0 or 100 %."""

from __future__ import annotations

from teller_assist.comparison.calibration import Threshold
from teller_assist.comparison.error_rates import NotStated
from teller_assist.comparison.readings import in_both_languages, told_rate, told_share, told_strength
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
    return [in_both_languages("threshold_cost", shares, comparisons=counts)]


def _group(name: str) -> Sentences:
    """Return the words for a group of people; a bank names its own groups."""
    return sentence("group", name) if name in codes("group") else Sentences(name, name)


def _coaching(measurement: FaceMeasurement) -> list[Sentences]:
    picture = sentence("role", measurement.role)
    told = []
    for code in measurement.advice:
        advice = sentence("advice", code)
        chinese = sentence("reading", "coaching", picture=picture.zh, advice=advice.zh).zh
        english = sentence("reading", "coaching", picture=picture.en, advice=advice.en).en
        told.append(Sentences(zh=chinese, en=english[:1].upper() + english[1:]))
    return told
