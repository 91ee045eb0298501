"""Name and number by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.printed import DocumentKind, FieldName
from teller_assist.ui.theme import DARK, LIGHT
from teller_assist.ui.widgets.decision_bar import DecisionBar
from teller_assist.ui.widgets.no_chip_form import NoChipForm
from teller_assist.ui.words import Language, Words
from teller_assist.workflow.view_scan import PrintedFieldView, ScanView
from tests.stand_ins.equipment import NUMBER
from tests.stand_ins.looking import clipped, settled
from tests.stand_ins.scan_views import SCANS, field, scan

Show = Callable[[Any], Any]


@pytest.fixture
def form(shown: Show, zh: Words) -> NoChipForm:
    made: NoChipForm = shown(NoChipForm(zh, LIGHT))
    return made


def test_nothing_goes_on_before_reason_name_and_a_valid_number_are_there(form: NoChipForm, qtbot: QtBot) -> None:
    form.name.setText("林晓样")
    form.number.setText(NUMBER)
    assert not form.confirm.isEnabled()
    form.reasons[NoChip.LOST].click()
    assert form.confirm.isEnabled()
    form.name.setText("  ")
    assert not form.confirm.isEnabled()
    form.name.setText("林晓样")
    with qtbot.waitSignal(form.stated) as caught:
        form.confirm.click()
    assert caught.args == [NoChip.LOST, "林晓样", NUMBER]


@pytest.mark.parametrize(
    "typed", [f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}", NUMBER.translate(str.maketrans("0123456789", "０１２３４５６７８９"))]
)
def test_blanks_and_wide_digits_are_no_mistake(form: NoChipForm, typed: str) -> None:
    form.reasons[NoChip.DEMAGNETISED].click()
    form.name.setText("林晓样")
    form.number.setText(typed)
    assert form.confirm.isEnabled()


def test_a_wrong_number_is_said_once_it_is_whole(form: NoChipForm, zh: Words) -> None:
    form.reasons[NoChip.LOST].click()
    form.name.setText("林晓样")
    form.number.setText(NUMBER[:10])
    assert form.note.text() == zh.say("panel", "no_chip_text")
    form.number.setText(NUMBER[:17] + ("1" if NUMBER[17] != "1" else "2"))
    assert form.note.text() == zh.say("panel", "no_chip_number_wrong")
    assert not form.confirm.isEnabled()


def test_a_foreign_document_takes_neither_name_nor_number(form: NoChipForm, qtbot: QtBot, zh: Words) -> None:
    form.name.setText("typed before")
    form.reasons[NoChip.FOREIGN_DOCUMENT].click()
    assert not form.name.isVisible()
    assert form.note.text() == zh.say("panel", "no_chip_foreign")
    with qtbot.waitSignal(form.stated) as caught:
        form.confirm.click()
    assert caught.args == [NoChip.FOREIGN_DOCUMENT, "", ""]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_of_it_is_cut_off(shown: Show, language: Language) -> None:
    form: NoChipForm = shown(NoChipForm(Words(language), LIGHT))
    settled(form)
    assert clipped(form) == []


def test_the_form_closes_when_a_chip_is_read_after_all(shown: Show, zh: Words) -> None:
    bar: DecisionBar = shown(DecisionBar(zh, DARK))
    bar.show_no_chip(possible=True)
    bar.no_chip_button.click()
    assert isinstance(bar.form, NoChipForm)
    bar.show_no_chip(possible=True)
    assert bar.form is not None
    bar.show_no_chip(possible=False)
    assert bar.form is None
    assert not bar.no_chip_button.isVisible()


# ---------------------------------------------------------------- filled in from a scan


def test_what_was_read_fills_the_form_in_and_its_doubts_are_named(form: NoChipForm, qtbot: QtBot) -> None:
    temporary = SCANS["temporary"]()
    form.show_scan(temporary)
    assert (form.name.text(), form.number.text()) == ("林样晓", "190001199003150027")
    assert form.reasons[NoChip.TEMPORARY_CARD].isChecked()
    assert "存疑字符：样" in form.filled.label.text()
    form.number.setText(NUMBER)
    with qtbot.waitSignal(form.stated) as caught:
        form.confirm.click()
    assert caught.args == [NoChip.TEMPORARY_CARD, "林样晓", NUMBER]


def test_a_scan_never_overwrites_what_was_typed(form: NoChipForm) -> None:
    form.name.setText("林晓样")
    form.show_scan(SCANS["temporary"]())
    assert form.name.text() == "林晓样"
    assert form.number.text() == ""
    assert not form.filled.isVisible()


def test_a_form_filled_in_once_is_the_tellers(form: NoChipForm) -> None:
    form.show_scan(SCANS["temporary"]())
    form.name.clear()
    form.number.clear()
    form.show_scan(SCANS["temporary"]())
    assert form.name.text() == ""


def test_the_form_asks_for_a_scan_where_there_was_none(shown: Show, zh: Words, qtbot: QtBot) -> None:
    bar: DecisionBar = shown(DecisionBar(zh, DARK))
    bar.show_no_chip(possible=True)
    bar.show_scan(SCANS["unasked"]())
    with qtbot.waitSignal(bar.scan_wanted):
        bar.no_chip_button.click()
    assert isinstance(bar.form, NoChipForm)
    bar.show_scan(SCANS["temporary"]())
    assert bar.form.name.text() == "林样晓"
    bar.close_form()
    with qtbot.assertNotEmitted(bar.scan_wanted):
        bar.no_chip_button.click()
    assert isinstance(bar.form, NoChipForm)
    assert bar.form.name.text() == "林样晓"


def test_what_a_scan_filled_in_is_blanked_with_it_and_comes_back(form: NoChipForm) -> None:
    form.show_scan(SCANS["temporary"]())
    form.show_scan(SCANS["blanked"]())
    assert form.name.text() == form.number.text() == form.filled.label.text() == ""
    assert not form.filled.isVisible()
    form.show_scan(SCANS["temporary"]())
    assert (form.name.text(), form.number.text()) == ("林样晓", "190001199003150027")
    assert "存疑字符：样" in form.filled.label.text()
    assert form.filled.isVisible()
    form.name.setText("林晓样")
    form.show_scan(SCANS["blanked"]())
    assert form.name.text() == "林晓样", "what the teller typed is as it was before"
    assert form.number.text() == form.filled.label.text() == ""
    assert not form.filled.isVisible()
    form.show_scan(SCANS["temporary"]())
    assert (form.name.text(), form.number.text()) == ("林晓样", "190001199003150027")
    assert "已按扫描填入" in form.filled.label.text()
    assert "存疑" not in form.filled.label.text(), "the name in doubt is the teller's now"


def test_the_doubtful_characters_are_blanked_where_every_field_is_the_tellers(form: NoChipForm) -> None:
    form.show_scan(SCANS["temporary"]())
    form.name.setText("林晓样")
    form.number.clear()
    form.show_scan(SCANS["blanked"]())
    assert form.filled.label.text() == ""
    assert not form.filled.isVisible()
    form.show_scan(SCANS["temporary"]())
    assert (form.name.text(), form.number.text()) == ("林晓样", "")


def test_undoing_brings_nothing_back_that_was_blanked(form: NoChipForm) -> None:
    form.show_scan(SCANS["temporary"]())
    form.show_scan(SCANS["blanked"]())
    for edit in (form.name, form.number):
        edit.undo()
        assert edit.text() == ""


# ---------------------------------------------------------------- read or settled anew while the form is open


def front(*changed: PrintedFieldView) -> ScanView:
    return scan(*changed, kinds=(DocumentKind.FRONT,), has_chip=False)


def without(view: ScanView, name: FieldName) -> ScanView:
    return replace(view, fields=tuple(one for one in view.fields if one.field is not name))


def test_what_was_settled_since_stands_in_the_form_and_its_doubt_is_gone(form: NoChipForm) -> None:
    form.show_scan(SCANS["temporary"]())
    form.show_scan(front(field(FieldName.NAME, value="林祥晓", edited=True)))
    assert (form.name.text(), form.number.text()) == ("林祥晓", "190001199003150027")
    assert "存疑" not in form.filled.label.text()
    assert "已按扫描填入" in form.filled.label.text()


def test_a_better_scan_fills_in_what_the_teller_left_alone_and_no_more(form: NoChipForm) -> None:
    form.show_scan(SCANS["temporary"]())
    form.name.setText("林晓样")
    form.show_scan(front(field(FieldName.NAME, value="别的"), field(FieldName.ID_NUMBER, value=NUMBER, doubtful=(3,))))
    assert (form.name.text(), form.number.text()) == ("林晓样", NUMBER)
    assert f"存疑字符：{NUMBER[3]}。" in form.filled.label.text(), "of what was filled in alone"
    form.number.clear()
    form.show_scan(front())
    assert (form.name.text(), form.number.text()) == ("林晓样", ""), "what the teller cleared stays cleared"
    assert not form.filled.isVisible(), "nothing of the scan is left to be checked"


def test_a_field_that_only_the_next_scan_reads_is_filled_in_then(form: NoChipForm) -> None:
    form.show_scan(without(front(), FieldName.ID_NUMBER))
    assert (form.name.text(), form.number.text()) == ("林样晓", "")
    form.show_scan(front())
    assert form.number.text() == "190001199003150027"


def test_no_number_of_the_scan_before_stays_beside_the_name_of_another_document(form: NoChipForm) -> None:
    form.show_scan(front())
    form.show_scan(without(front(field(FieldName.NAME, value="别的")), FieldName.ID_NUMBER))
    assert (form.name.text(), form.number.text()) == ("别的", "")


def test_a_field_typed_in_and_cleared_before_it_was_read_stays_cleared(form: NoChipForm) -> None:
    form.show_scan(without(front(), FieldName.ID_NUMBER))
    form.number.setText("1")
    form.number.clear()
    form.show_scan(front())
    assert form.number.text() == ""


def test_a_view_that_says_nothing_new_leaves_the_keyboard_and_the_selection_alone(form: NoChipForm) -> None:
    form.show_scan(SCANS["temporary"]())
    assert form.name.selectedText() == "样"
    form.name.deselect()
    form.show_scan(SCANS["temporary"]())
    assert form.name.selectedText() == ""
    form.show_scan(front(field(FieldName.NAME, value="林详晓", doubtful=(1,), to_look_at=True)))
    assert form.name.text() == "林详晓"
    assert form.name.selectedText() == "", "the teller may be settling the next field in the scan card"
