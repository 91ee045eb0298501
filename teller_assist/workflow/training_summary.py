"""What a teller reads of the training: of one pair after the judgement, and of all of them on a click."""

from __future__ import annotations

import math

from teller_assist.decision.training_score import Estimate, Lean, TrainingScore, right_of_ten
from teller_assist.evidence.transaction import TellerJudgement
from teller_assist.wording import Sentences, sentence

_LEANS = {Lean.SAME: "lean_same", Lean.DIFFERENT: "lean_different", Lean.NONE_SEEN: "lean_none_seen"}


def told_of(judgement: TellerJudgement, *, one_person: bool) -> tuple[Sentences, ...]:
    """Return what is announced right after a judgement: that it was a training case, what the pair is, one plain sentence.

    Parameters
    ----------
    one_person
        What the pair really is.
    """
    announced = sentence("training", "was_one_person" if one_person else "was_two_persons")
    if judgement.point == 0:
        return announced, sentence("training", "could_not_say")
    if (judgement.point > 0) is one_person:
        return announced, sentence("training", "judged_right")
    return announced, sentence("training", "took_one_for_two" if one_person else "took_two_for_one")


def training_summary(score: TrainingScore) -> tuple[Sentences, ...]:
    """Return a teller's own summary; below ten decided pairs of either kind it only says how many there are."""
    counted = sentence(
        "training",
        "pairs",
        pairs=score.pairs,
        of_one=score.of_one_person,
        of_two=score.of_two_persons,
        undecided=score.undecided,
    )
    if not score.stated:
        return counted, sentence("training", "too_few", least=TrainingScore.PAIRS_LEAST)
    return (
        counted,
        sentence(
            "training",
            "counts",
            of_one=score.of_one_person,
            hits=score.hits,
            of_two=score.of_two_persons,
            false_alarms=score.false_alarms,
        ),
        _sensitivity(score.sensitivity()),
        sentence("training", _LEANS[score.lean()]),
        _bias(score.bias()),
    )


def _sensitivity(estimate: Estimate) -> Sentences:
    return sentence(
        "training",
        "sensitivity",
        right=round(right_of_ten(estimate.value)),
        low=math.floor(right_of_ten(estimate.low)),  # outwards: the interval never says more than the counts
        high=math.ceil(right_of_ten(estimate.high)),
        value=_number(estimate.value),
    )


def _bias(estimate: Estimate) -> Sentences:
    low, high = _number(estimate.low), _number(estimate.high)
    return sentence("training", "bias", value=_number(estimate.value), low=low, high=high)


def _number(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    rounded = round(value, 1) + 0.0  # no "-0.0"
    return f"{rounded:.1f}".replace("-", "−")
