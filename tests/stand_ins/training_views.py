"""Made-up views of the training between customers. The faces are drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from teller_assist.decision.judgement import EdgeName
from teller_assist.decision.training_score import TrainingScore
from teller_assist.evidence.transaction import TellerJudgement
from teller_assist.wording import reason_sentences
from teller_assist.workflow.training_summary import told_of, training_summary
from teller_assist.workflow.view_portraits import PairWord
from teller_assist.workflow.view_training import TrainingView
from tests.stand_ins.view_parts import pairs, portraits

FEW = TrainingScore(hits=2, false_alarms=1, undecided=1)
ENOUGH = TrainingScore(hits=17, misses=3, false_alarms=9, correct_rejections=12, undecided=2)
UNSEEN = dict.fromkeys(EdgeName, PairWord.UNSEEN)
AFTERWARDS = pairs(PairWord.UNSEEN, PairWord.UNSEEN, PairWord.NOT_COMPARED)


def between(score: TrainingScore = FEW) -> TrainingView:
    """No pair; one can be asked for."""
    return TrainingView(judged=score.pairs, summary=training_summary(score), may_ask=True)


def asked() -> TrainingView:
    shown = portraits("live chip", UNSEEN, absent="no_photo", glasses=True)
    return replace(between(), portraits=shown, may_ask=False)


def announced(judgement: TellerJudgement, *, one_person: bool) -> TrainingView:
    shown = portraits("live chip", AFTERWARDS, absent="no_photo", glasses=not one_person)
    right = None if judgement.point == 0 else (judgement.point > 0) is one_person
    told = told_of(judgement, one_person=one_person)
    return replace(between(), portraits=shown, given=judgement, told=told, right=right)


TRAINING: dict[str, Callable[[], TrainingView]] = {
    "training_between": between,
    "training_asked": asked,
    "training_right": lambda: announced(TellerJudgement.PROBABLY_SAME, one_person=True),
    "training_wrong": lambda: announced(TellerJudgement.PROBABLY_SAME, one_person=False),
    "training_undecided": lambda: announced(TellerJudgement.CANNOT_SAY, one_person=False),
    "training_unusable": lambda: TrainingView(problem=reason_sentences("training_unusable")),
}
