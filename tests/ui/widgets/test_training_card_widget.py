from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from teller_assist.evidence.transaction import TellerJudgement
from teller_assist.ui.theme import LIGHT
from teller_assist.ui.widgets.training_card import TrainingCard, TrainingLine
from teller_assist.ui.words import Language, Words
from tests.stand_ins.looking import clipped, texts
from tests.stand_ins.training_views import ENOUGH, FEW, TRAINING, announced, asked, between

Show = Callable[[Any], Any]
WORDS_THAT_TELL = ("训练", "不是客户", "正确", "两个人", "同一个人")


def test_nothing_says_before_the_judgement_that_it_is_training_or_what_it_is(shown: Show, zh: Words) -> None:
    card: TrainingCard = shown(TrainingCard(zh, LIGHT))
    card.show_training(asked())
    said = " ".join(texts(card))
    assert not [word for word in WORDS_THAT_TELL if word in said]
    assert card.judgement.confirm.isVisible()
    assert card.skip.isVisible()
    assert not card.announced.isVisible()


@pytest.mark.parametrize("one_person", [True, False])
@pytest.mark.parametrize("judgement", TellerJudgement)
def test_afterwards_it_is_announced_in_words_and_no_error_is_painted_as_one(
    shown: Show, zh: Words, judgement: TellerJudgement, one_person: bool
) -> None:
    card: TrainingCard = shown(TrainingCard(zh, LIGHT))
    card.show_training(announced(judgement, one_person=one_person))
    said = texts(card.announced)
    assert said[0].startswith("这是训练，不是客户：")
    assert ("同一个人" in said[0]) is one_person
    assert not card.judgement.confirm.isVisible()
    assert not card.skip.isVisible()
    assert f"您的判断：{zh.say('teller_judgement', judgement)}" in texts(card)
    assert card.announced.property("role") == "box_muted", "never an alert"


def test_a_judgement_a_skip_another_pair_and_going_on_are_signals(shown: Show, qtbot: QtBot, zh: Words) -> None:
    card: TrainingCard = shown(TrainingCard(zh, LIGHT))
    card.show_training(asked())
    with qtbot.waitSignal(card.ended):
        card.skip.click()
    card.judgement.answers[TellerJudgement.SURELY_DIFFERENT].click()
    with qtbot.waitSignal(card.judged) as caught:
        card.judgement.confirm.click()
    assert caught.args == [TellerJudgement.SURELY_DIFFERENT]
    afterwards = announced(TellerJudgement.SURELY_DIFFERENT, one_person=False)
    card.show_training(afterwards)
    for one, signal in ((card.another, card.asked_for), (card.back, card.ended)):
        with qtbot.waitSignal(signal):
            one.click()
    card.show_training(replace(afterwards, may_ask=False))
    assert not card.another.isVisible(), "none can be had now"


def test_no_face_stays_when_the_pair_goes(shown: Show, qtbot: QtBot, zh: Words) -> None:
    card: TrainingCard = shown(TrainingCard(zh, LIGHT))
    card.show_training(asked())
    assert card.portraits.pictures["live"].shows_picture
    with qtbot.waitSignal(card.gone):
        card.show_training(None)
    assert not any(one.shows_picture for one in card.portraits.pictures.values())
    assert not card.isVisible()
    assert not card.shows_pair


def test_the_summary_comes_on_a_click_and_is_folded_for_whoever_comes_next(shown: Show, zh: Words) -> None:
    line: TrainingLine = shown(TrainingLine(zh, LIGHT))
    line.show_training(between(ENOUGH))
    assert not line.summary.isVisible()
    assert "认出" not in " ".join(texts(line))
    line.more.click()
    said = texts(line.summary)
    assert any("认出17对" in one for one in said)
    assert zh.say("training", "private") in said
    line.show_training(between(ENOUGH))
    assert line.summary.isVisible(), "another view alone does not fold it"
    line.show_training(None)
    line.show_training(between(ENOUGH))
    assert not line.summary.isVisible()


def test_below_the_least_number_the_summary_states_nothing(shown: Show, zh: Words) -> None:
    line: TrainingLine = shown(TrainingLine(zh, LIGHT))
    line.show_training(between(ENOUGH))
    line.more.click()
    line.show_training(between(FEW))
    said = " ".join(texts(line.summary))
    assert "满10对后才有结论" in said
    assert "95" not in said


def test_forgetting_and_one_more_pair_are_signals(shown: Show, qtbot: QtBot, zh: Words) -> None:
    line: TrainingLine = shown(TrainingLine(zh, LIGHT))
    line.show_training(between())
    line.more.click()
    with qtbot.waitSignal(line.forgotten):
        line.clear.click()
    with qtbot.waitSignal(line.asked_for):
        line.one_pair.click()


def test_training_that_cannot_be_had_says_why(shown: Show, zh: Words) -> None:
    line: TrainingLine = shown(TrainingLine(zh, LIGHT))
    line.show_training(TRAINING["training_unusable"]())
    assert any(one.startswith("辨认训练不可用：训练图片不能使用") for one in texts(line))
    assert not line.more.isVisible()
    assert not line.one_pair.isVisible()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("score", [FEW, ENOUGH])
def test_the_open_summary_fits(shown: Show, language: Language, score: Any) -> None:
    line: TrainingLine = shown(TrainingLine(Words(language), LIGHT))
    line.show_training(between(score))
    line.more.click()
    line.adjustSize()
    assert clipped(line) == []
