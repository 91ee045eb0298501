"""Login and password: masked, by keyboard alone, gone from the field the moment they are used."""

from __future__ import annotations

import pickle

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from teller_assist.alerts.states import SignOnWay
from teller_assist.evidence.kinds import Outcome
from teller_assist.ui.panel import Panel
from teller_assist.ui.theme import THEMES
from teller_assist.ui.widgets.credentials import Credentials
from teller_assist.ui.widgets.signature_form import SignatureForm
from teller_assist.ui.words import Words
from teller_assist.wording import reason_sentences
from teller_assist.workflow.view import Screen
from teller_assist.workflow.view_sign_on import SignOnView
from tests.stand_ins.views import compared, view

ASKED = SignOnView(by_password=True)
PASSWORD = "kept-to-oneself"


@pytest.fixture
def fields(qtbot: QtBot) -> Credentials:
    made = Credentials(Words("zh"), THEMES["light"], ("sign_on", "teller"), ("sign_on", "confirm"))
    qtbot.addWidget(made)
    qtbot.addWidget(made.confirm)
    made.show_signing(ASKED)
    made.show()
    return made


@pytest.fixture
def panel(qtbot: QtBot) -> Panel:
    made = Panel(Words("zh"), THEMES["light"])
    qtbot.addWidget(made)
    made.resize(made.width(), 1040)
    made.show()
    return made


def test_a_password_is_asked_for_only_where_the_station_asks_for_one(fields: Credentials) -> None:
    assert fields.password.isVisible()
    assert fields.password.echoMode() == QLineEdit.EchoMode.Password
    fields.show_signing(SignOnView(by_password=False))
    assert not fields.password.isVisible()


def test_it_is_done_by_keyboard_alone_and_the_password_leaves_the_field_at_once(fields: Credentials, qtbot: QtBot) -> None:
    qtbot.keyClicks(fields.teller, " li.na ")  # type: ignore[no-untyped-call]
    fields.password.setFocus()
    qtbot.keyClicks(fields.password, PASSWORD)  # type: ignore[no-untyped-call]
    assert PASSWORD not in fields.password.displayText()
    with qtbot.waitSignal(fields.proved) as caught, qtbot.assertNotEmitted(fields.named):
        qtbot.keyClick(fields.password, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    login, password = caught.args
    assert login == "li.na"
    assert password.reveal() == PASSWORD
    assert fields.password.text() == ""
    assert PASSWORD not in repr(caught.args) + str(caught.args)
    assert PASSWORD.encode() not in pickle.dumps(caught.args)


def test_return_in_the_login_goes_on_to_the_password_and_signs_nobody_on(fields: Credentials, qtbot: QtBot) -> None:
    fields.teller.setText("li.na")
    with qtbot.assertNotEmitted(fields.proved):
        qtbot.keyClick(fields.teller, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
        qtbot.keyClick(fields.password, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    assert not fields.confirm.isEnabled()


def test_while_it_is_checked_nothing_is_sent_twice(fields: Credentials, qtbot: QtBot) -> None:
    fields.teller.setText("li.na")
    fields.password.setText(PASSWORD)
    fields.show_signing(SignOnView(by_password=True, checking=True))
    assert not fields.confirm.isEnabled()
    assert fields.confirm.text() == "正在核对……"
    with qtbot.assertNotEmitted(fields.proved):
        fields.password.returnPressed.emit()


def test_why_it_was_refused_is_told_in_two_sentences(fields: Credentials) -> None:
    told = reason_sentences("login_bad")
    fields.show_signing(SignOnView(by_password=True, refused=told))
    assert fields.refused.isVisible()
    assert fields.refused.label.text() == told.zh
    assert told.zh.count("。") == 2
    fields.show_signing(ASKED)
    assert not fields.refused.isVisible()


def test_the_next_teller_finds_neither_name_nor_password_and_after_a_lock_only_the_password_is_missing(panel: Panel) -> None:
    panel.show_view(view(Screen.SIGN_ON, teller="", sign_on=ASKED))
    panel.sign_on_page.teller.setText("li.na")
    panel.sign_on_page.password.setText(PASSWORD)
    panel.show_view(view(Screen.READY))
    panel.show_view(view(Screen.LOCKED, sign_on=SignOnView(by_password=True, login="li.na")))
    assert (panel.sign_on_page.teller.text(), panel.sign_on_page.password.text()) == ("li.na", "")
    assert panel.sign_on_page.focusProxy().focusProxy() is panel.sign_on_page.password  # type: ignore[union-attr]
    panel.show_view(view(Screen.READY))
    panel.show_view(view(Screen.SIGN_ON, teller="", sign_on=ASKED))
    assert (panel.sign_on_page.teller.text(), panel.sign_on_page.password.text()) == ("", "")


def test_who_signed_on_without_the_server_is_marked(panel: Panel) -> None:
    panel.show_view(view(Screen.READY, sign_on=SignOnView(by_password=True, way=SignOnWay.OFFLINE)))
    assert panel.header.offline.isVisible()
    assert panel.header.offline.text() == "离线登录"
    for way in (SignOnWay.BRANCH, SignOnWay.NAME):
        panel.show_view(view(Screen.READY, sign_on=SignOnView(by_password=True, way=way)))
        assert not panel.header.offline.isVisible()


def test_the_second_teller_signs_with_login_and_password_and_the_form_stays_until_they_were_checked(
    panel: Panel, qtbot: QtBot
) -> None:
    waiting = compared(Outcome.NON_MATCH, sign_on=ASKED)
    panel.show_view(waiting)
    panel.decision.buttons[next(iter(panel.decision.buttons))].click()
    form = panel.decision.form
    assert isinstance(form, SignatureForm)
    form.teller.setText("wang")
    form.password.setText(PASSWORD)
    with qtbot.waitSignal(panel.signed_with) as caught, qtbot.assertNotEmitted(panel.decided):
        form.confirm.click()
    assert caught.args[0] == "wang"
    assert form.password.text() == ""
    assert panel.decision.form is form
    refused = SignOnView(by_password=True, refused=reason_sentences("login_bad"))
    panel.show_view(compared(Outcome.NON_MATCH, sign_on=refused))
    assert panel.decision.form is form
    assert form.credentials.refused.isVisible()
