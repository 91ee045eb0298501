"""The collapsed window: what it says, how it points at something, and where its arrow points."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from teller_assist.decision.judgement import Alert, AlertKind, Severity
from teller_assist.evidence.kinds import Outcome
from teller_assist.ui.theme import LIGHT
from teller_assist.ui.widgets.header import Header
from teller_assist.ui.widgets.strip import Strip
from teller_assist.ui.words import Language, Words
from teller_assist.wording import sentence
from teller_assist.workflow.view import Screen
from tests.stand_ins.looking import clipped, settled, texts
from tests.stand_ins.views import compared, view

Show = Callable[..., Any]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("outcome", "code", "icon_name"),
    [
        (Outcome.MATCH, "MATCH", "check"),
        (Outcome.INCONCLUSIVE, "INCONCLUSIVE", "question"),
        (Outcome.NON_MATCH, "NON_MATCH", "cross"),
    ],
)
def test_the_strip_says_the_outcome(shown: Show, language: Language, outcome: Outcome, code: str, icon_name: str) -> None:
    words = Words(language)
    strip = shown(Strip(words, LIGHT), width_px=48)
    strip.show_view(compared(outcome))
    assert texts(strip) == [words.say("strip", code)]
    assert strip.block.icon.name == icon_name
    assert clipped(settled(strip)) == []
    assert not strip.pulsing


@pytest.mark.full
def test_the_strip_pulses_for_a_new_alert_only_and_keeps_still_afterwards(shown: Show, qtbot: QtBot, zh: Words) -> None:
    strip = shown(Strip(zh, LIGHT), width_px=48)
    alerted = compared(Outcome.MATCH, alert=Alert(AlertKind.KINSHIP, Severity.REVIEW, "possible_twin"))
    strip.show_view(alerted)
    assert strip.pulsing
    assert texts(strip) == ["提示"]
    assert strip.block.word.accessibleName() == sentence("alert_headline", "possible_twin").zh
    qtbot.waitUntil(lambda: not strip.pulsing, timeout=4000)
    strip.show_view(replace(alerted, more_alerts=1))
    assert not strip.pulsing


@pytest.mark.parametrize("screen", [Screen.READY, Screen.LOCKED, Screen.SIGN_ON, Screen.OPENING])
def test_without_a_customer_the_strip_says_nothing_about_one(shown: Show, zh: Words, screen: Screen) -> None:
    strip = shown(Strip(zh, LIGHT), width_px=48)
    strip.show_view(compared(Outcome.MATCH))
    strip.show_view(view(screen, alert=Alert(AlertKind.KINSHIP, Severity.REVIEW, "possible_twin")))
    assert texts(strip) == []


def test_an_outcome_after_an_alert_does_not_go_on_pulsing(shown: Show, zh: Words) -> None:
    strip = shown(Strip(zh, LIGHT), width_px=48)
    strip.show_view(compared(Outcome.MATCH, alert=Alert(AlertKind.KINSHIP, Severity.REVIEW, "possible_twin")))
    strip.show_view(compared(Outcome.MATCH))
    assert not strip.pulsing
    assert strip.block.property("role") == "strip_good"


def test_the_word_of_the_strip_has_no_frame_of_its_own(shown: Show, zh: Words) -> None:
    strip = shown(Strip(zh, LIGHT), width_px=48)
    strip.show_view(compared(Outcome.MATCH))
    strip.block.set_raised(True)
    word = settled(strip).block.word
    assert word.contentsRect() == word.rect()


def shape(one: QToolButton) -> QImage:
    return one.icon().pixmap(18, 18).toImage()


def test_the_arrow_points_to_the_edge_that_the_window_folds_to(shown: Show, zh: Words) -> None:
    headers = [shown(Header(zh, LIGHT, at_left=left), width_px=392) for left in (False, True)]
    strips = [shown(Strip(zh, LIGHT, at_left=left), width_px=48) for left in (False, True)]
    to_right, to_left = (shape(one.collapse_button) for one in headers)
    assert to_right != to_left
    assert [shape(one.expand_button) for one in strips] == [to_left, to_right]


def test_the_strip_asks_for_the_whole_window(shown: Show, qtbot: QtBot, zh: Words) -> None:
    strip = shown(Strip(zh, LIGHT), width_px=48)
    with qtbot.waitSignal(strip.expand):
        strip.expand_button.click()
