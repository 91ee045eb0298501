from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from teller_assist.evidence.transaction import TellerJudgement
from teller_assist.ui.theme import LIGHT
from teller_assist.ui.widgets.judgement_bar import JudgementBar
from teller_assist.ui.words import Language, Words
from tests.stand_ins.looking import clipped, texts

Show = Callable[[Any], Any]


def asking(shown: Show, words: Words) -> JudgementBar:
    bar: JudgementBar = shown(JudgementBar(words, LIGHT))
    bar.show_judgement(asked=True, given=None)
    return bar


def test_nothing_is_shown_where_nothing_is_asked(shown: Show, zh: Words) -> None:
    bar: JudgementBar = shown(JudgementBar(zh, LIGHT))
    bar.show_judgement(asked=False, given=None)
    assert not bar.isVisible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_seven_answers_of_one_look_stand_in_the_order_of_the_scale(shown: Show, language: Language) -> None:
    words = Words(language)
    bar = asking(shown, words)
    said = [words.say("teller_judgement", one) for one in TellerJudgement]
    assert [one.accessibleName() for one in bar.answers.values()] == said
    assert [one.shortcut().toString() for one in bar.answers.values()] == list("1234567")
    assert len({one.property("role") for one in bar.answers.values()}) == 1
    assert len({one.size().height() for one in bar.answers.values()}) == 1
    assert clipped(bar) == []


def test_nothing_is_chosen_beforehand_and_nothing_said_without_a_choice(shown: Show, qtbot: QtBot, zh: Words) -> None:
    bar = asking(shown, zh)
    assert not any(one.isChecked() for one in bar.answers.values())
    assert not bar.confirm.isEnabled()
    with qtbot.assertNotEmitted(bar.judged, wait=50):
        bar.confirm.click()


@pytest.mark.parametrize("judgement", TellerJudgement)
def test_choosing_says_nothing_and_confirming_says_it_once(
    shown: Show, qtbot: QtBot, zh: Words, judgement: TellerJudgement
) -> None:
    bar = asking(shown, zh)
    said: list[TellerJudgement] = []
    bar.judged.connect(said.append)
    bar.answers[TellerJudgement.CANNOT_SAY].click()
    bar.answers[judgement].click()
    assert said == []
    bar.confirm.click()
    bar.confirm.click()
    assert said == [judgement]


def test_the_next_customer_finds_no_choice_of_the_one_before(shown: Show, zh: Words) -> None:
    bar = asking(shown, zh)
    bar.answers[TellerJudgement.SURELY_SAME].click()
    bar.show_judgement(asked=False, given=None)
    bar.show_judgement(asked=True, given=None)
    assert not any(one.isChecked() for one in bar.answers.values())
    assert not bar.confirm.isEnabled()


def test_a_new_view_while_it_is_asked_leaves_the_choice(shown: Show, zh: Words) -> None:
    bar = asking(shown, zh)
    bar.answers[TellerJudgement.SURELY_SAME].click()
    bar.show_judgement(asked=True, given=None)
    assert bar.answers[TellerJudgement.SURELY_SAME].isChecked()
    assert bar.confirm.isEnabled()


def test_afterwards_it_says_how_the_teller_judged(shown: Show, zh: Words) -> None:
    bar: JudgementBar = shown(JudgementBar(zh, LIGHT))
    bar.show_judgement(asked=False, given=TellerJudgement.PERHAPS_DIFFERENT)
    assert texts(bar) == ["读数显示前，您判断：可能不是同一人"]
