"""The devices over the panel: opened by hand and by keyboard, every state readable, a self-test asked for and stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.ui.panel import Panel
from teller_assist.ui.theme import DARK, LIGHT, THEMES, Theme
from teller_assist.ui.widgets.device_chips import STATES as CHIP_STATES
from teller_assist.ui.widgets.device_row import Checks
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.words import Language, Words
from teller_assist.wording import sentence
from teller_assist.workflow.view import DeviceChip, Screen
from teller_assist.workflow.view_devices import DeviceDetails, DevicesView
from tests.stand_ins.device_views import DEVICE_VIEWS, PASSED, READER, REFUSED, care, selftest
from tests.stand_ins.looking import clipped, everything_said, overlapping, place, texts
from tests.stand_ins.panels import in_state, made, press_key
from tests.stand_ins.view_parts import devices
from tests.stand_ins.views import STATES, compared, impostor, view

HEIGHTS_PX = (1200, 1040, 900, 760, 680)


def opened(qtbot: QtBot, name: str, language: Language = "zh", height_px: int = 1040, *, device: str = READER) -> Panel:
    panel = made(qtbot, language, height_px)
    panel.show_view(STATES[f"devices_{name}"]())
    panel.devices.chip(device).click()
    return panel


def area(panel: Panel) -> QScrollArea:
    found = panel.devices_dialog.findChild(QScrollArea)
    assert found is not None
    return found


# ---------------------------------------------------------------- every state


@pytest.mark.parametrize("height_px", HEIGHTS_PX)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_clipped_and_nothing_lies_over_anything(qtbot: QtBot, language: Language, height_px: int) -> None:
    panel = opened(qtbot, "well", language, height_px)
    for name in DEVICE_VIEWS:
        panel.show_view(STATES[f"devices_{name}"]())
        dialog = panel.devices_dialog
        assert dialog.isVisible()
        assert clipped(dialog) == [], name
        assert overlapping(dialog) == [], name
        inside = place(dialog, panel)
        assert panel.header.height() <= inside.top(), name
        assert inside.bottom() < panel.footer.y(), name
        middle = area(panel).widget()
        assert middle is not None
        assert middle.width() <= area(panel).viewport().width(), name  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("height_px", [1040, 680])
def test_the_question_beside_a_customer_fits_and_is_brought_into_sight(qtbot: QtBot, language: Language, height_px: int) -> None:
    panel = opened(qtbot, "customer_present", language, height_px)
    row = panel.devices_dialog.device("document_scanner")
    row.test.click()
    assert clipped(panel.devices_dialog) == []
    assert row.question.visibleRegion().boundingRect() == row.question.rect()


@pytest.mark.parametrize("state", CHIP_STATES)
def test_every_state_stands_there_by_mark_and_word(qtbot: QtBot, state: DeviceState) -> None:
    panel = opened(qtbot, "well")
    panel.show_view(view(Screen.READY, devices=devices(camera=state), device_care=care()))
    line = panel.devices_dialog.device("camera").state
    word = sentence("device_state", state.value).zh
    assert line.label.text() == word
    assert line.icon.name == CHIP_STATES[state][1]
    assert line.label.accessibleName() == f"摄像头：{word}"


def test_a_device_that_is_not_ready_says_why_in_two_sentences_and_who_has_it_once(qtbot: QtBot) -> None:
    panel = opened(qtbot, "busy")
    row = panel.devices_dialog.device(READER)
    assert row.why.text().count("。") == 2
    told = " ".join(texts(row))
    assert [told.count(one) for one in ("teller-assist read-card", "counter03", "4711")] == [1, 1, 1]
    panel.show_view(STATES["devices_well"]())
    assert not row.why.isVisible()


@pytest.mark.parametrize(("language", "name"), [("zh", "串口身份证读卡器（SAM_V）"), ("en", "ID card reader on a serial line")])
def test_the_plugin_is_named_in_the_windows_language_with_its_version(qtbot: QtBot, language: Language, name: str) -> None:
    panel = opened(qtbot, "well", language)
    told = panel.devices_dialog.device(READER).plugin.text()
    assert name in told
    assert "1.0.0" in told


def test_what_has_no_plugin_and_the_branch_server_have_no_self_test(qtbot: QtBot) -> None:
    panel = opened(qtbot, "no_plugins")
    for name in ("camera", READER, "document_scanner", "branch_server"):
        row = panel.devices_dialog.device(name)
        assert row.why.isVisible()
        assert not row.test.isVisible()
        assert not row.stop.isVisible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_device_has_its_row_with_its_name(qtbot: QtBot, language: Language) -> None:
    panel = opened(qtbot, "well", language)
    chips = tuple(DeviceChip(kind.value, DeviceState.READY) for kind in DeviceKind)
    details = tuple(DeviceDetails(kind.value, has_test=True, may_test=True) for kind in DeviceKind)
    panel.show_view(view(Screen.READY, devices=chips, device_care=DevicesView(details, (), listed=True)))
    rows = [panel.devices_dialog.device(kind.value) for kind in DeviceKind]
    assert len({row.name for row in rows}) == len(DeviceKind)
    assert clipped(panel.devices_dialog) == []


def test_refused_plugins_are_listed_with_their_reasons(qtbot: QtBot) -> None:
    panel = opened(qtbot, "refused")
    told = texts(panel.devices_dialog)
    for one in REFUSED:
        line = next(text for text in told if one.plugin_id in text)
        assert one.why.zh in line
        assert one.version in line
    assert sentence("devices_dialog", "none_refused").zh not in told
    panel.show_view(STATES["devices_well"]())
    assert sentence("devices_dialog", "none_refused").zh in texts(panel.devices_dialog)
    panel.show_view(STATES["devices_looking"]())
    told = texts(panel.devices_dialog)
    assert sentence("devices_dialog", "looking").zh in told
    assert sentence("devices_dialog", "none_refused").zh not in told, "not said before they were looked at"


# ---------------------------------------------------------------- the self-test


def test_a_self_test_has_a_line_for_each_check_by_mark_and_word(qtbot: QtBot) -> None:
    panel = opened(qtbot, "failed")
    row = panel.devices_dialog.device(READER)
    marks = [one.name for one in row.checks.findChildren(IconView)]
    assert marks == ["check", "check", "cross", "cross"], "the last one is the outcome"
    spoken = [one.accessibleName() for one in row.checks.findChildren(QLabel)]
    assert f"通过：{sentence('selftest_check', 'process').zh}" in spoken
    assert f"未通过：{sentence('selftest_check', 'open').zh}" in spoken
    shown = texts(row.checks)
    assert any(text.count("。") == 2 for text in shown), "what happened and what to do"
    assert any("device_missing" in text for text in shown), "for IT"
    assert row.checks.outcome.label.text() == sentence("selftest_outcome", "some_failed", count=1).zh


def test_lines_come_one_by_one_while_it_runs_and_nothing_else_can_be_tested(qtbot: QtBot) -> None:
    panel = opened(qtbot, "testing")
    row = panel.devices_dialog.device(READER)
    first = row.checks.findChildren(IconView)
    assert row.stop.isVisible()
    assert not row.test.isVisible()
    assert not panel.devices_dialog.device("camera").test.isEnabled()
    shown = STATES["devices_testing"]()
    panel.show_view(replace(shown, device_care=care(id_card_reader=selftest(*PASSED[:4], running=True))))
    assert len(row.checks.findChildren(IconView)) >= len(first) + 1
    assert sentence("selftest_check", "status").zh in " ".join(texts(row.checks))
    panel.show_view(STATES["devices_stopping"]())
    assert row.stop.text() == sentence("devices_dialog", "stopping").zh


def test_lines_that_did_not_change_are_not_made_anew(qtbot: QtBot) -> None:
    panel = opened(qtbot, "passed")
    checks = panel.devices_dialog.device(READER).checks
    before = checks.findChildren(IconView)
    panel.show_view(STATES["devices_passed"]())
    assert checks.findChildren(IconView) == before


def test_beside_a_customer_the_first_press_only_asks(qtbot: QtBot) -> None:
    panel = opened(qtbot, "customer_present")
    row = panel.devices_dialog.device(READER)
    with qtbot.assertNotEmitted(panel.device_test_wanted):
        row.test.click()
        assert row.question.isVisible()
        assert row.asked.label.text() == sentence("devices_dialog", "customer_present").zh
        row.later.click()
    assert not row.question.isVisible()
    row.test.click()
    panel.show_view(STATES["devices_well"]())
    assert not row.question.isVisible(), "the customer is gone, nothing is to be asked"


def test_a_test_that_was_stopped_is_marked_neither_good_nor_bad(qtbot: QtBot) -> None:
    panel = opened(qtbot, "stopped", device="camera")
    outcome = panel.devices_dialog.device("camera").checks.outcome
    assert outcome.icon.name == "minus"
    assert outcome.label.text() == sentence("selftest_outcome", "stopped").zh


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_both_themes_mark_by_the_same_shapes(qtbot: QtBot, theme: Theme) -> None:
    checks = Checks(Words("en"), THEMES[theme.name])
    qtbot.addWidget(checks)
    checks.show_test(selftest(*PASSED, passed=True, outcome=sentence("selftest_outcome", "all_passed")))
    assert {one.name for one in checks.findChildren(IconView)} == {"check"}


# ---------------------------------------------------------------- opening, closing, the keyboard


def test_a_chip_opens_it_with_its_own_device_in_sight(qtbot: QtBot) -> None:
    panel = opened(qtbot, "failed", height_px=680, device="branch_server")
    row = panel.devices_dialog.device("branch_server")
    assert row.visibleRegion().boundingRect() == row.rect()


def test_a_chip_is_reached_by_tab_and_opened_by_space(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "devices_well")
    panel.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is panel)
    chip = panel.devices.chip("camera")
    assert chip.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert chip.accessibleName() != ""
    assert chip.accessibleDescription() == sentence("devices_dialog", "open").zh
    chip.setFocus(Qt.FocusReason.TabFocusReason)
    press_key(chip, Qt.Key.Key_Space)
    assert panel.devices_dialog.isVisible()
    assert panel.devices_dialog.hasFocus()


def test_tab_goes_round_inside(qtbot: QtBot) -> None:
    panel = opened(qtbot, "well")
    panel.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is panel)
    dialog = panel.devices_dialog
    met: list[QWidget | None] = []
    for _press in range(5):
        press_key(QApplication.focusWidget(), Qt.Key.Key_Tab)
        met.append(QApplication.focusWidget())
    expected: list[QPushButton] = [dialog.back, *(dialog.device(one).test for one in ("camera", READER, "document_scanner"))]
    assert met == [*expected, dialog.back]
    press_key(QApplication.focusWidget(), Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is expected[-1]


def test_the_keyboard_stays_on_the_device_whose_test_begins_and_ends(qtbot: QtBot) -> None:
    panel = opened(qtbot, "well")
    panel.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is panel)
    row = panel.devices_dialog.device(READER)
    row.test.setFocus()
    panel.show_view(STATES["devices_testing"]())
    assert row.stop.hasFocus()
    panel.show_view(STATES["devices_passed"]())
    assert row.test.hasFocus()


def test_esc_closes_a_question_first_and_the_dialog_then(qtbot: QtBot) -> None:
    panel = opened(qtbot, "customer_present")
    row = panel.devices_dialog.device(READER)
    row.test.click()
    press_key(panel.devices_dialog, Qt.Key.Key_Escape)
    assert not row.question.isVisible()
    assert panel.devices_dialog.isVisible()
    assert panel.take_escape()
    assert not panel.devices_dialog.isVisible()
    assert not panel.take_escape()


def test_another_screen_or_an_alert_closes_it_and_what_only_changes_does_not(qtbot: QtBot) -> None:
    panel = opened(qtbot, "well")
    panel.show_view(STATES["devices_busy"]())
    assert panel.devices_dialog.isVisible()
    panel.show_view(STATES["waiting_for_card"]())
    assert not panel.devices_dialog.isVisible(), "a customer comes first"
    quiet = compared(STATES["match"]().gauge.outcome)  # type: ignore[union-attr]
    panel.show_view(quiet)
    panel.devices.chip("camera").click()
    panel.show_view(replace(quiet, alert=impostor()))
    assert not panel.devices_dialog.isVisible(), "an alert is never covered"


def test_another_language_shows_it_again(qtbot: QtBot) -> None:
    panel = opened(qtbot, "passed")
    panel.dress(Words("en"), DARK)
    assert panel.devices_dialog.isVisible()
    assert sentence("selftest_outcome", "all_passed").en in texts(panel.devices_dialog)
    assert not any("\u4e00" <= character <= "\u9fff" for text in everything_said(panel.devices_dialog) for character in text)
