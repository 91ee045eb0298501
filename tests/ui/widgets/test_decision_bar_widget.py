from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from teller_assist.decision.judgement import NextStep
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.ui.theme import LIGHT
from teller_assist.ui.widgets.decision_bar import DecisionBar
from teller_assist.ui.widgets.undo_bar import UndoBar
from teller_assist.ui.words import Language, Words
from teller_assist.workflow.view import DecisionView, PassNeeds
from tests.stand_ins.looking import clipped, settled, texts
from tests.stand_ins.view_parts import ALL, NO_PASS, decision

Show = Callable[[Any], Any]
P, R, N = TellerDecision.PASS, TellerDecision.REFER, TellerDecision.REJECT


def enabled(bar: DecisionBar) -> set[TellerDecision]:
    return {one for one, button in bar.buttons.items() if button.isEnabled()}


@pytest.mark.parametrize(
    ("view", "can", "strong", "said"),
    [
        (decision(), set(), None, []),
        (decision(NO_PASS), {R, N}, None, []),
        (decision(ALL, P), {P, R, N}, P, []),
        (decision(ALL, R), {P, R, N}, R, []),
        (decision(ALL, None, pass_needs=PassNeeds.DUAL_SIGNATURE), {P, R, N}, None, ["通过需第二位柜员签署。"]),
        (
            decision(ALL, None, pass_needs=PassNeeds.DOCUMENTS, documents=("passport",)),
            {R, N},
            None,
            ["不使用人脸识别：勾选已核对的证件"],
        ),
    ],
)
def test_what_may_be_decided(
    shown: Show, zh: Words, view: DecisionView, can: set[TellerDecision], strong: TellerDecision | None, said: list[str]
) -> None:
    bar = shown(DecisionBar(zh, LIGHT))
    bar.show_decision(view, captured=True)
    assert enabled(bar) == can
    assert [one for one, button in bar.buttons.items() if button.property("role") == "emphasised"] == ([strong] if strong else [])
    assert texts(bar) == said


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ["通过  F6", "转复核  F7", "拒绝  F8"]), ("en", ["Pass  F6", "Refer  F7", "Reject  F8"])]
)
def test_the_buttons_name_their_keys(shown: Show, language: Language, words: list[str]) -> None:
    bar = shown(DecisionBar(Words(language), LIGHT))
    bar.show_decision(decision(ALL, P), captured=True)
    assert [one.text() for one in bar.buttons.values()] == words
    assert [one.accessibleName() for one in bar.buttons.values()] == [word.split()[0] for word in words]
    assert clipped(bar) == []


@pytest.mark.parametrize("captured", [True, False])
def test_capturing_again_needs_a_capture(shown: Show, zh: Words, captured: bool) -> None:
    bar = shown(DecisionBar(zh, LIGHT))
    bar.show_decision(decision(ALL, P), captured=captured)
    assert bar.retake_button.isVisible() is captured
    assert bar.abandon_button.isVisible()


@pytest.mark.parametrize("looking", [True, False])
def test_the_picture_can_be_taken_at_once_while_a_face_is_looked_for(shown: Show, qtbot: QtBot, zh: Words, looking: bool) -> None:
    bar = shown(DecisionBar(zh, LIGHT))
    bar.show_decision(decision(NO_PASS), captured=False, looking=looking)
    assert bar.take_button.isVisible() is looking
    assert bar.import_button.isVisible() is looking
    if looking:
        with qtbot.waitSignal(bar.picture_wanted):
            bar.take_button.click()
    bar.buttons[R].click()
    bar.close_form()
    assert bar.take_button.isVisible() is looking


def test_the_buttons_make_room_for_the_judgement_that_comes_first(shown: Show, zh: Words) -> None:
    bar = shown(DecisionBar(zh, LIGHT))
    bar.show_decision(decision(), captured=True, judging=True)
    assert not any(one.isVisible() for one in bar.buttons.values())
    assert bar.abandon_button.isVisible()
    bar.show_decision(decision(ALL, P), captured=True)
    assert all(one.isVisible() for one in bar.buttons.values())


@pytest.mark.parametrize("chosen", [R, N])
def test_the_form_offers_the_reasons_of_its_decision_numbered(
    shown: Show, qtbot: QtBot, zh: Words, chosen: TellerDecision
) -> None:
    view = decision(ALL, P)
    bar = shown(DecisionBar(zh, LIGHT))
    bar.show_decision(view, captured=True)
    bar.buttons[chosen].click()
    codes = view.reason_codes[chosen]
    assert [one.text() for one in bar.form.buttons] == [
        f"{digit}  {zh.say(f'{chosen}_reason', code)}" for digit, code in enumerate(codes, 1)
    ]
    with qtbot.waitSignal(bar.decided) as caught:
        bar.form.buttons[-1].click()
    assert caught.args == [chosen, codes[-1], "", ()]
    assert bar.form is None


def test_a_decision_is_not_taken_by_opening_or_leaving_its_form(shown: Show, qtbot: QtBot, zh: Words) -> None:
    bar = shown(DecisionBar(zh, LIGHT))
    bar.show_decision(decision(ALL, P), captured=True)
    with qtbot.assertNotEmitted(bar.decided):
        bar.buttons[N].click()
        bar.form.back.click()
        bar.buttons[P].setEnabled(False)
        bar.buttons[P].click()
    assert bar.buttons[N].isVisible()


def test_a_second_teller_has_to_be_named(shown: Show, qtbot: QtBot, zh: Words) -> None:
    bar = shown(DecisionBar(zh, LIGHT))
    bar.show_decision(decision(ALL, pass_needs=PassNeeds.DUAL_SIGNATURE), captured=True)
    with qtbot.waitSignal(bar.text_wanted):
        bar.buttons[P].click()
    assert not bar.form.confirm.isEnabled()
    bar.form.teller.setText("   ")
    assert not bar.form.confirm.isEnabled()
    bar.form.teller.setText("10533")
    with qtbot.waitSignal(bar.decided) as caught:
        bar.form.teller.returnPressed.emit()
    assert caught.args == [P, "", "10533", ()]


def test_ticks_stay_while_the_same_documents_are_offered(shown: Show, zh: Words) -> None:
    bar = shown(DecisionBar(zh, LIGHT))
    view = decision(ALL, pass_needs=PassNeeds.DOCUMENTS)
    bar.show_decision(view, captured=False)
    bar.documents.boxes["passport"].click()
    bar.show_decision(view, captured=False)
    assert bar.documents.ticked == ("passport",)
    assert P in enabled(bar)
    bar.show_decision(decision(ALL, pass_needs=PassNeeds.DOCUMENTS, documents=("passport",)), captured=False)
    assert bar.documents.ticked == (), "other documents belong to another customer"


@pytest.mark.parametrize(("step", "role"), [(NextStep.RETAKE, "link_strong"), (NextStep.PROCEED, "link")])
def test_capturing_again_is_emphasised_where_it_is_the_advice(shown: Show, zh: Words, step: NextStep, role: str) -> None:
    bar = shown(DecisionBar(zh, LIGHT))
    bar.show_decision(decision(ALL, next_step=step), captured=True)
    assert bar.retake_button.property("role") == role
    assert clipped(settled(bar)) == []


def test_a_taken_decision_leaves_only_its_undoing(shown: Show, zh: Words) -> None:
    bar = shown(DecisionBar(zh, LIGHT))
    bar.show_decision(decision(taken=P, undo_until_s=1e12), captured=True)
    assert not bar.buttons[P].isVisible()
    assert not bar.retake_button.isVisible()
    assert bar.undo.isVisible()


@pytest.mark.parametrize(
    ("taken", "now_s", "said", "can"),
    [
        (P, 100.0, "撤销  Ctrl+Z（5秒）", True),
        (R, 104.1, "撤销  Ctrl+Z（1秒）", True),
        (N, 105.0, "撤销  Ctrl+Z（0秒）", False),
        (P, 999.0, "撤销  Ctrl+Z（0秒）", False),
    ],
)
def test_the_seconds_to_undo(shown: Show, zh: Words, taken: TellerDecision, now_s: float, said: str, can: bool) -> None:
    bar = shown(UndoBar(zh, LIGHT, clock=lambda: now_s))
    bar.show_taken(taken, 105.0)
    assert bar.undo.text() == said
    assert bar.undo.isEnabled() is can
    assert bar.undo.shortcut().toString() == "Ctrl+Z", "a new text must not take the key away"
    assert texts(bar) == [f"已选择：{zh.say('decision', taken)}"]


def test_the_seconds_count_down_and_stop(shown: Show, qtbot: QtBot, zh: Words) -> None:
    now_s = [100.0]
    bar = shown(UndoBar(zh, LIGHT, clock=lambda: now_s[0]))
    bar.show_taken(P, 105.0)
    now_s[0] = 103.2
    qtbot.waitUntil(lambda: bar.undo.text() == "撤销  Ctrl+Z（2秒）")
    now_s[0] = 105.5
    qtbot.waitUntil(lambda: not bar.undo.isEnabled())
    assert not bar._timer.isActive()


def test_there_is_no_countdown_before_a_decision(shown: Show, zh: Words) -> None:
    bar = shown(DecisionBar(zh, LIGHT))
    bar.show_decision(decision(ALL, P), captured=True)
    assert not bar.undo._timer.isActive()
    assert not bar.undo.isVisible()
