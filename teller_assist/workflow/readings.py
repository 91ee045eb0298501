"""An answer in plain sentences with counted numbers: never a bare score, never 0 or 100 %."""

from __future__ import annotations

import math

from teller_assist.comparison.error_rates import Bound, NotStated, StatedRate
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.measurements import FaceMeasurement
from teller_assist.wording import Sentences, sentence
from teller_assist.workflow.comparing import ComparisonAnswer


def answer_sentences(answer: ComparisonAnswer) -> list[Sentences]:
    """Return what a person reads about a comparison, the outcome first."""
    told = [sentence("outcome", answer.outcome.value), _told_rate("stranger", answer.fmr_at_score)]
    if answer.outcome is not Outcome.MATCH:
        told.append(_told_rate("same_person", answer.fnmr_at_score))
    if not isinstance(answer.relative_band, NotStated):
        told.append(sentence("reading", "close_relative"))
    told.append(sentence("reading", "calibration", calibration=answer.calibration_id))
    told += [*_coaching(answer.probe), *_coaching(answer.reference)]
    of_a_picture = {*answer.probe.advice, *answer.reference.advice}
    told += [sentence("advice", code) for code in answer.advice if code not in of_a_picture]
    return [*dict.fromkeys(told), sentence("program", "teller_decides")]


def one_in(rate: float) -> str:
    """Return a rate as the n of "1 in n", two significant digits rounded down (towards the higher rate), never less than 1."""
    if rate <= 0:
        return "∞"
    n = max(1.0, 1.0 / rate)
    if n < 10:  # "1 in 1" would read as always
        return f"{math.floor(10 * n) / 10:g}"
    step = 10 ** (len(str(int(n))) - 2)
    return f"{int(n / step) * step:,}"


def _told_rate(reading: str, rate: StatedRate | NotStated) -> Sentences:
    if isinstance(rate, NotStated):
        return sentence("not_stated", rate.why, needed=f"{rate.comparisons_needed:,}", had=f"{rate.comparisons:,}")
    facts = {
        "one_in": one_in(rate.value),
        "one_in_low": one_in(rate.ci95[0]),
        "one_in_high": one_in(rate.ci95[1]),
        "errors": f"{rate.errors:,}",
        "comparisons": f"{rate.comparisons:,}",
    }
    return sentence("reading", f"{reading}_upper" if rate.bound is Bound.UPPER else reading, **facts)


def _coaching(measurement: FaceMeasurement) -> list[Sentences]:
    picture = sentence("role", measurement.role)
    told = []
    for code in measurement.advice:
        advice = sentence("advice", code)
        chinese = sentence("reading", "coaching", picture=picture.zh, advice=advice.zh).zh
        english = sentence("reading", "coaching", picture=picture.en, advice=advice.en).en
        told.append(Sentences(zh=chinese, en=english[:1].upper() + english[1:]))
    return told
