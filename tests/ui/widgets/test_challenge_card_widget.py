from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from teller_assist.decision.challenge import ChallengeQuestion
from teller_assist.ui.theme import LIGHT
from teller_assist.ui.widgets.challenge_card import ChallengeCard
from teller_assist.ui.words import Language, Words
from teller_assist.workflow.view import ChallengeRow
from tests.stand_ins.looking import clipped, settled

Show = Callable[[Any], Any]


def rows(right: bool | None = None) -> tuple[ChallengeRow, ...]:
    expected = ("", "示例市公安局", "2015-01-01")
    return tuple(ChallengeRow(one, told, right) for one, told in zip(ChallengeQuestion, expected, strict=True))


def test_nothing_is_shown_without_questions(shown: Show, zh: Words) -> None:
    card: ChallengeCard = shown(ChallengeCard(zh, LIGHT))
    card.show_questions(())
    assert not card.isVisible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_question_has_its_words_what_the_card_says_and_two_even_buttons(shown: Show, language: Language) -> None:
    words = Words(language)
    card: ChallengeCard = shown(ChallengeCard(words, LIGHT))
    card.show_questions(rows())
    for row in rows():
        line = card.lines[row.question]
        assert line.question.text() == words.say("challenge", row.question)
        assert line.expected.isVisible() is bool(row.expected)
        assert not any(one.isChecked() for one in line.buttons.values())
        assert len({one.property("role") for one in line.buttons.values()}) == 1
    settled(card)
    assert clipped(card) == []


@pytest.mark.parametrize("right", [True, False])
def test_a_press_notes_the_answer(shown: Show, qtbot: QtBot, zh: Words, right: bool) -> None:
    card: ChallengeCard = shown(ChallengeCard(zh, LIGHT))
    card.show_questions(rows())
    with qtbot.waitSignal(card.noted) as caught:
        card.lines[ChallengeQuestion.VALID_FROM].buttons[right].click()
    assert caught.args == [ChallengeQuestion.VALID_FROM, right]


def test_what_was_noted_is_shown_and_the_next_customer_finds_nothing_of_it(shown: Show, zh: Words) -> None:
    card: ChallengeCard = shown(ChallengeCard(zh, LIGHT))
    for right in (True, False):
        card.show_questions(rows(right))
        assert [one.isChecked() for line in card.lines.values() for one in line.buttons.values()] == [right, not right] * 3
    card.show_questions(())
    card.show_questions(rows())
    assert not any(one.isChecked() for line in card.lines.values() for one in line.buttons.values())
