"""Referred customers in the window: what stands there, what can be pressed, and what is never said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from teller_assist.alerts.review_states import ReviewFinding
from teller_assist.evidence.transaction import PersonRole, TellerDecision
from teller_assist.ui.theme import LIGHT
from teller_assist.ui.widgets.signature_form import SignatureForm
from teller_assist.ui.widgets.strip import Strip
from teller_assist.ui.widgets.today_list import TodayList
from teller_assist.ui.widgets.waiting_reviews import KEY, ReviewsCard, ReviewsLine
from teller_assist.ui.words import Language, Words
from teller_assist.wording import codes, reason_sentences, sentence
from teller_assist.workflow.view import Screen
from teller_assist.workflow.view_reviews import ANSWERED, ReviewAct, ReviewStage
from teller_assist.workflow.view_sign_on import SignOnView
from tests.stand_ins.looking import clipped, settled, texts
from tests.stand_ins.panels import made, press_key
from tests.stand_ins.review_views import answered, overdue, review_row, reviews, today_with
from tests.stand_ins.views import view

Show = Callable[..., Any]
WORDS_OF_AN_ACCUSATION = ("冒用", "冒充", "mpostor")


@pytest.fixture
def card(shown: Show, zh: Words) -> ReviewsCard:
    return shown(ReviewsCard(zh, LIGHT))  # type: ignore[no-any-return]


def said(widget: Any) -> str:
    return "\n".join(texts(widget))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("stage", list(ReviewStage))
@pytest.mark.parametrize("finding", list(ReviewFinding))
def test_no_row_accuses_anybody_and_all_of_it_can_be_read(
    shown: Show, language: Language, stage: ReviewStage, finding: ReviewFinding
) -> None:
    card = shown(ReviewsCard(Words(language), LIGHT))
    row = answered(stage=stage, finding=finding) if stage in ANSWERED else overdue(stage=stage, role=PersonRole.AGENT)
    card.show_reviews(reviews(row), shown=True)
    assert not any(word in said(card) for word in WORDS_OF_AN_ACCUSATION)
    assert clipped(settled(card)) == []


@pytest.mark.parametrize("group", ["review", "review_stage", "review_finding", "review_act", "pass_reason", "reject_reason"])
def test_no_sentence_of_a_review_accuses_anybody(group: str) -> None:
    for code in codes(group):
        facts = dict.fromkeys(("minutes", "count", "who", "what", "sequence"), "1")
        told = sentence(group, code, **facts)
        assert not any(word in told.zh + told.en for word in WORDS_OF_AN_ACCUSATION)


def test_a_waiting_customer_is_shown_with_minutes_and_nothing_to_press_but_that_the_customer_left(card: ReviewsCard) -> None:
    card.show_reviews(reviews(review_row(minutes=3)), shown=True)
    assert "待复核 · 已等3分钟" in said(card)
    [row] = card.rows.values()
    assert row.act is None
    assert not row.left.isHidden()


def test_the_answer_is_passed_on_by_one_key(qtbot: QtBot, card: ReviewsCard) -> None:
    card.show_reviews(reviews(review_row(1), answered(2)), shown=True)
    row = card.rows[f"{2:032x}"]
    assert row.act is not None
    assert (row.act.shortcut().toString(), row.act.text()) == (KEY, f"按答复通过  {KEY}")
    with qtbot.waitSignal(card.settled) as blocker:
        row.act.click()
    assert blocker.args == [f"{2:032x}", ReviewAct.PROCEED, "", ()]


def test_the_key_belongs_to_the_first_answer_before_any_time_out(card: ReviewsCard) -> None:
    card.show_reviews(reviews(overdue(1), answered(2), answered(3)), shown=True)
    keys = {one: row.act.shortcut().toString() for one, row in card.rows.items() if row.act is not None}
    assert keys == {f"{1:032x}": "", f"{2:032x}": KEY, f"{3:032x}": ""}


def test_answers_stand_before_time_outs_and_both_before_who_just_waits(card: ReviewsCard) -> None:
    def order() -> list[int]:
        return [int(one, 16) for one, _row in sorted(card.rows.items(), key=lambda item: item[1].y())]

    card.show_reviews(reviews(review_row(1), overdue(2), answered(3)), shown=True)
    settled(card)
    assert order() == [3, 2, 1]
    card.show_reviews(reviews(answered(1), overdue(2), answered(3)), shown=True)
    settled(card)
    assert order() == [1, 3, 2]


def test_two_tellers_sign_after_the_time(qtbot: QtBot, card: ReviewsCard) -> None:
    card.show_reviews(reviews(overdue()), shown=True)
    assert "已超过15分钟没有主管答复" in said(card)
    [row] = card.rows.values()
    assert row.act is not None
    with qtbot.waitSignal(card.text_wanted):
        row.act.click()
    assert isinstance(row.form, SignatureForm)
    assert "经确认为客户本人" in said(row.form)
    row.form.findChild(QLineEdit).setText("柜员二")
    card.show_reviews(reviews(overdue(minutes=17)), shown=True)
    assert row.form.findChild(QLineEdit).text() == "柜员二", "a minute that passes takes nothing away"
    with qtbot.waitSignal(card.settled) as blocker:
        row.form.confirm.click()
    assert blocker.args == [f"{1:032x}", ReviewAct.TWO_TELLERS, "柜员二", ()]
    assert row.form is None


def test_where_passwords_are_asked_for_the_second_teller_proves_it_and_the_form_stays_until_it_was_checked(
    qtbot: QtBot, card: ReviewsCard
) -> None:
    asked = SignOnView(by_password=True)
    card.show_reviews(reviews(overdue()), shown=True, signing=asked)
    [row] = card.rows.values()
    assert row.act is not None
    row.act.click()
    form = row.form
    assert isinstance(form, SignatureForm)
    form.teller.setText("wang")
    form.password.setText("a-password-of-ones-own")
    with qtbot.waitSignal(card.signed_with) as caught, qtbot.assertNotEmitted(card.settled):
        form.confirm.click()
    assert caught.args[:2] == [f"{1:032x}", "wang"]
    assert form.password.text() == ""
    refused = replace(asked, refused=reason_sentences("login_bad"), referred_case=f"{1:032x}")
    card.show_reviews(reviews(overdue()), shown=True, signing=refused)
    assert row.form is form
    assert form.credentials.refused.isVisible()
    card.show_reviews(reviews(overdue()), shown=True, signing=replace(refused, referred_case="another"))
    assert not form.credentials.refused.isVisible(), "that was about somebody else"


def test_an_answer_that_comes_meanwhile_closes_the_form(card: ReviewsCard) -> None:
    card.show_reviews(reviews(overdue()), shown=True)
    [row] = card.rows.values()
    assert row.act is not None
    row.act.click()
    card.show_reviews(reviews(answered(stage=ReviewStage.DO_NOT_PROCEED)), shown=True)
    assert row.form is None
    assert "主管答复：暂不办理。" in said(card)


def test_documents_are_ticked_before_the_customer_passes(qtbot: QtBot, card: ReviewsCard) -> None:
    card.show_reviews(reviews(answered(stage=ReviewStage.MORE_DOCUMENTS)), shown=True)
    [row] = card.rows.values()
    assert row.act is not None
    row.act.click()
    form: Any = row.form
    assert not form.confirm.isEnabled()
    form.documents.boxes["passport"].click()
    with qtbot.waitSignal(card.settled) as blocker:
        form.confirm.click()
    assert blocker.args == [f"{1:032x}", ReviewAct.DOCUMENTS, "", ("passport",)]


def test_that_a_customer_left_is_asked_twice(qtbot: QtBot, card: ReviewsCard) -> None:
    card.show_reviews(reviews(review_row()), shown=True)
    [row] = card.rows.values()
    row.left.click()
    form: Any = row.form
    assert card.close_form()
    assert row.form is None
    row.left.click()
    form = row.form
    with qtbot.waitSignal(card.settled) as blocker:
        form.confirm.click()
    assert blocker.args == [f"{1:032x}", ReviewAct.CUSTOMER_LEFT, "", ()]


def test_a_settled_row_goes_and_without_rows_the_card_does(card: ReviewsCard) -> None:
    card.show_reviews(reviews(review_row(1), review_row(2)), shown=True)
    card.show_reviews(reviews(review_row(2)), shown=True)
    assert list(card.rows) == [f"{2:032x}"]
    card.show_reviews(reviews(), shown=True)
    assert card.isHidden()


def test_after_a_restart_the_record_is_named_by_its_number(card: ReviewsCard) -> None:
    card.show_reviews(reviews(review_row(17, masked_name="")), shown=True)
    assert "第17号记录" in said(card)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((review_row(1, minutes=2), review_row(2, minutes=9)), "2位客户待复核，最久已等9分钟"),
        ((review_row(1), answered(2)), "李*：主管答复：可以办理。请在结束当前客户后处理。"),
        ((review_row(1), overdue(2)), "李*：已等16分钟，主管尚未答复。结束当前客户后可由两名柜员签字。"),
    ],
)
def test_beside_a_customer_one_line_says_it(shown: Show, zh: Words, rows: tuple[Any, ...], told: str) -> None:
    line = shown(ReviewsLine(zh, LIGHT))
    line.show_reviews(reviews(*rows), shown=True)
    assert texts(line) == [told]
    line.show_reviews(reviews(*rows), shown=True, low=True)
    assert line.isHidden() == all(one.act is None for one in rows), "a low screen has room for what asks for the teller"
    line.show_reviews(reviews(*rows), shown=False)
    assert line.isHidden()


def test_todays_list_says_where_the_review_stands_and_what_came_of_it(shown: Show, zh: Words) -> None:
    listed = shown(TodayList(zh, LIGHT))
    listed.show_today(today_with(review_row(1, minutes=4), answered(2)))
    assert {"待复核4分", "主管已答复", "复核后通过"} <= set(texts(listed))
    assert zh.say("decision", TellerDecision.REFER) not in texts(listed)


@pytest.mark.full
def test_the_strip_points_at_an_answer(shown: Show, qtbot: QtBot, zh: Words) -> None:
    strip = shown(Strip(zh, LIGHT), width_px=48)
    strip.show_view(view(Screen.READY, reviews=reviews(review_row())))
    assert not strip.pulsing
    assert texts(strip) == []
    strip.show_view(view(Screen.READY, reviews=reviews(answered(), news=1)))
    assert strip.pulsing
    assert texts(strip) == ["复核"]
    strip.show_view(view(Screen.READY, reviews=reviews(answered(), news=1)))
    assert strip.pulsing
    qtbot.waitUntil(lambda: not strip.pulsing, timeout=4000)


def test_the_panel_shows_the_card_between_customers_and_the_line_beside_one(qtbot: QtBot) -> None:
    panel = made(qtbot)
    shown = reviews(answered())
    panel.show_view(view(Screen.READY, reviews=shown))
    assert (panel.reviews.isHidden(), panel.reviews_line.isHidden()) == (False, True)
    panel.show_view(view(Screen.CUSTOMER, reviews=shown))
    assert (panel.reviews.isHidden(), panel.reviews_line.isHidden()) == (True, False)
    panel.show_view(view(Screen.LOCKED, reviews=reviews()))
    assert (panel.reviews.isHidden(), panel.reviews_line.isHidden()) == (True, True)


def test_escape_closes_a_form_of_the_card(qtbot: QtBot) -> None:
    panel = made(qtbot)
    panel.show_view(view(Screen.READY, reviews=reviews(overdue())))
    [row] = panel.reviews.rows.values()
    assert row.act is not None
    row.act.click()
    assert panel.take_escape()
    assert row.form is None
    assert not panel.take_escape()


def test_the_key_works_in_the_panel(qtbot: QtBot) -> None:
    panel = made(qtbot)
    panel.show_view(view(Screen.READY, reviews=reviews(answered())))
    with qtbot.waitActive(panel):
        panel.activateWindow()
    with qtbot.waitSignal(panel.review_settled, timeout=2000) as blocker:
        press_key(panel, Qt.Key.Key_F3)
    assert blocker.args[1] is ReviewAct.PROCEED
