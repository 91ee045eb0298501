"""What a teller reads of the training."""

from __future__ import annotations

import pytest

from teller_assist.decision.training_score import TrainingScore
from teller_assist.evidence.transaction import TellerJudgement
from teller_assist.wording import sentence
from teller_assist.workflow.training_summary import told_of, training_summary
from tests.stand_ins.training_views import ENOUGH, FEW


@pytest.mark.parametrize("judgement", TellerJudgement)
@pytest.mark.parametrize("one_person", [True, False])
def test_it_is_announced_as_training_and_what_the_pair_is_whatever_was_judged(
    judgement: TellerJudgement, one_person: bool
) -> None:
    headline, explained = told_of(judgement, one_person=one_person)
    assert headline == sentence("training", "was_one_person" if one_person else "was_two_persons")
    right = {1: one_person, -1: not one_person}.get((judgement.point > 0) - (judgement.point < 0))
    wrong = "took_one_for_two" if one_person else "took_two_for_one"
    code = "could_not_say" if right is None else "judged_right" if right else wrong
    assert explained == sentence("training", code)


def test_below_ten_pairs_of_either_kind_only_their_number_is_told() -> None:
    told = training_summary(FEW)
    assert told[0].zh.startswith("已判断4对")
    assert told[1:] == (sentence("training", "too_few", least=10),)


def test_enough_pairs_are_told_with_counts_interval_and_lean() -> None:
    counted, counts, sensitivity, lean, bias = (one.zh for one in training_summary(ENOUGH))
    assert "20对" in counted
    assert "认出17对" in counts
    assert "有9对您看成了同一个人" in counts
    assert "大约判断对7对（95%区间：5至9对；d′ = 1.1）" in sensitivity
    assert "看不出" in lean
    assert "c = −0.4（95%区间：−0.9至0.1" in bias


def test_the_lean_is_said_in_plain_words() -> None:
    said = training_summary(TrainingScore(hits=19, misses=1, false_alarms=15, correct_rejections=5))[3]
    assert said.zh == "偏向：您更容易把不同的人看成同一个人。"
    said = training_summary(TrainingScore(hits=5, misses=15, false_alarms=1, correct_rejections=19))[3]
    assert said.zh == "偏向：您更容易把同一个人看成不同的人。"


def test_no_error_at_all_claims_no_end_that_was_not_shown() -> None:
    told = training_summary(TrainingScore(hits=10, correct_rejections=10))
    assert "至10对" in told[2].zh
    assert "−∞至∞" in told[4].zh
