"""The scan in the panel: outlined, beside the chip, its doubts marked, settled by keyboard; nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PyQt5.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QMouseEvent
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from teller_assist.evidence.document_agreement import Agreement
from teller_assist.evidence.printed import FieldName
from teller_assist.settings.personal import Personal
from teller_assist.ui.theme import LIGHT
from teller_assist.ui.widgets.scan_box import ScanBox
from teller_assist.ui.widgets.scan_card import CHECK_KEY, SCAN_KEY, ScanCard
from teller_assist.ui.words import Language, Words
from teller_assist.wording import sentence
from teller_assist.workflow.view_scan import ScanState, ScanView
from tests.stand_ins.drawn_cards import CORNERS
from tests.stand_ins.looking import clipped, everything_said, settled
from tests.stand_ins.scan_views import SCANS, different, doubtful, doubtful_address, expired, field, nothing, scan

Show = Callable[[Any], Any]


@pytest.fixture
def card(shown: Show, zh: Words) -> ScanCard:
    made: ScanCard = shown(ScanCard(zh, LIGHT))
    return made


def show(card: ScanCard, view: ScanView | None, *, decided: bool = False) -> None:
    card.show_scan(view, decided=decided)
    settled(card)


def grown(card: ScanCard) -> None:
    """Give it the height that it asks for, as the scrolled column of the panel does."""
    settled(card).resize(card.width(), card.heightForWidth(card.width()))
    settled(card)


def key(card: ScanCard, pressed: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(card.fields.editor.value, pressed, modifier)  # type: ignore[call-overload]


def pixels_of(icon: QWidget, colour: str) -> int:
    image, wanted = icon.grab().toImage(), QColor(colour).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def rows(card: ScanCard) -> list[FieldName]:
    return [name for name, one in card.fields.rows.items() if one.isVisible()]


# ---------------------------------------------------------------- what is seen


def test_the_found_document_is_outlined_on_the_scan(card: ScanCard) -> None:
    def blue(view: ScanView) -> int:
        show(card, view)
        picture = card.picture.grab().toImage()
        outline = QColor(LIGHT.good.mark).rgb()
        return sum(picture.pixel(x, y) == outline for x in range(picture.width()) for y in range(picture.height()))

    assert blue(scan(outlines=())) == 0
    assert blue(scan()) > 40


def test_what_agrees_takes_one_line_and_its_fields_are_one_click_away(card: ScanCard) -> None:
    show(card, scan())
    assert card.summary.label.text() == "证面与芯片一致"
    card.show_scan(scan(portrait_agrees=True), decided=False)
    assert card.summary.label.text() == "证面与芯片一致，证面照片与现场一致"
    card.show_scan(scan(), decided=False)
    assert rows(card) == []
    card.all_button.click()
    settled(card)
    assert rows(card) == list(FieldName)
    card.all_button.click()
    assert rows(card) == []


def test_beside_a_reading_it_gives_its_picture_up_unless_there_is_something_to_look_at(card: ScanCard) -> None:
    show(card, scan(), decided=True)
    assert not card.picture.isVisible()
    show(card, scan(different()), decided=True)
    assert card.picture.isVisible()


def test_a_field_that_differs_stands_beside_the_chips_and_says_so_in_words(card: ScanCard) -> None:
    show(card, scan(different()))
    assert rows(card) == [FieldName.ID_NUMBER]
    row = card.fields.rows[FieldName.ID_NUMBER]
    assert row.note.label.text() == "与芯片不一致"
    assert row.mark.accessibleName() == "与芯片不一致"
    assert LIGHT.bad.text in row.printed.text()
    assert LIGHT.bad.text in row.chip.text()
    assert row.printed.text().count("underline") == 2, "the two characters that differ"
    assert "证面与芯片有1处不一致" in card.summary.label.text()


@pytest.mark.parametrize("has_chip", [True, False])
@pytest.mark.parametrize("decided", [True, False])
def test_a_failed_check_is_never_behind_a_calm_line(card: ScanCard, has_chip: bool, decided: bool) -> None:
    missing = {} if has_chip else {"agreement": Agreement.MISSING}
    show(card, scan(expired(**missing), has_chip=has_chip), decided=decided)
    assert card.summary.label.text() == "证面有1项检查不符合"
    assert pixels_of(card.summary.icon, LIGHT.attention.text) > 0
    assert rows(card) == [FieldName.VALID_TO]
    row = card.fields.rows[FieldName.VALID_TO]
    assert row.note.label.text() == "不符合：证件在有效期内"
    assert row.note.icon.isVisible(), "not by its colour alone"
    assert card.picture.isVisible(), "not folded"


def test_every_failed_check_is_counted_and_what_must_be_looked_at_stands_first(card: ScanCard) -> None:
    twice = replace(expired(), failed=expired().failed * 2)
    show(card, scan(twice, field(FieldName.SEX, failed=expired().failed)))
    assert card.summary.label.text() == "证面有3项检查不符合"
    show(card, scan(expired(), doubtful()))
    assert card.summary.label.text() == "请核对1处"
    assert rows(card) == [FieldName.NAME, FieldName.VALID_TO]


@pytest.mark.parametrize("agreement", Agreement)
def test_every_agreement_has_an_icon_and_a_word_of_its_own(card: ScanCard, zh: Words, agreement: Agreement) -> None:
    show(card, scan(field(FieldName.AUTHORITY, agreement=agreement, chip="示例市公安局")))
    card.all_button.click()
    row = card.fields.rows[FieldName.AUTHORITY]
    assert row.mark.accessibleName() == zh.say("agreement", agreement)
    assert row.toolTip()


def test_why_two_writings_are_the_same_is_said_below_them(card: ScanCard) -> None:
    show(card, scan(field(FieldName.AUTHORITY, agreement=Agreement.EQUIVALENT, chip="示例市公安局")))
    card.all_button.click()
    row = card.fields.rows[FieldName.AUTHORITY]
    assert row.note.label.text() == row.toolTip() == "写法不同，内容一致"


def test_a_character_in_doubt_is_marked_inside_the_value_and_spoken(card: ScanCard) -> None:
    show(card, scan(doubtful()))
    row = card.fields.rows[FieldName.NAME]
    assert row.printed.text().count("background-color") == 1
    assert "underline" in row.printed.text(), "not by its colour alone"
    assert row.printed.accessibleName() == "姓名：林样晓，存疑：样"
    assert "识别把握不足" in row.note.label.text()


def test_a_value_with_signs_of_a_page_is_text(card: ScanCard) -> None:
    show(card, scan(field(FieldName.NAME, value="<b>&", to_look_at=True)))
    assert "&lt;b&gt;&amp;" in card.fields.rows[FieldName.NAME].printed.text()


@pytest.mark.parametrize("name", SCANS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_of_it_is_cut_off(shown: Show, name: str, language: Language) -> None:
    card: ScanCard = shown(ScanCard(Words(language), LIGHT))
    show(card, SCANS[name]())
    grown(card)
    assert clipped(card) == []
    if card.all_button.isVisible():
        card.all_button.click()
        grown(card)
        assert clipped(card) == []
    if card.check_button.isVisible():
        card.check_button.click()
        grown(card)
        assert clipped(card) == []


def test_what_runs_is_said_and_the_key_asks_again(card: ScanCard, qtbot: QtBot) -> None:
    show(card, nothing(ScanState.READING))
    assert "正在识别" in card.summary.label.text()
    assert card.scan_button.shortcut().toString() == SCAN_KEY
    with qtbot.waitSignal(card.scan_wanted):
        card.scan_button.click()


def test_while_a_card_is_waited_for_it_says_so_and_what_is_seen(card: ScanCard) -> None:
    seen = sentence("scan_watch", "no_card")
    show(card, nothing(ScanState.WATCHING, small=None, large=None, told=seen))
    assert card.summary.label.text() == "等待证件"
    assert card.told.text() == seen.zh
    assert card.scan_button.text().startswith("扫描"), "the line names the button so"


def test_after_the_decision_nothing_can_be_asked_for(card: ScanCard) -> None:
    show(card, scan(doubtful(), may_scan=False, may_settle=False))
    assert not card.scan_button.isVisible()
    assert not card.check_button.isVisible()
    card.fields.edit(FieldName.NAME)
    assert card.fields.edits is None


# ---------------------------------------------------------------- settling by keyboard


def test_tab_goes_through_the_fields_in_doubt_alone(card: ScanCard) -> None:
    show(card, scan(doubtful(), doubtful_address()))
    card.all_button.click()
    taken = {name for name, one in card.fields.rows.items() if one.focusPolicy() == Qt.FocusPolicy.TabFocus}
    assert taken == {FieldName.NAME, FieldName.ADDRESS}
    card.check_button.click()
    assert card.check_button.shortcut().toString() == CHECK_KEY
    visited = [card.fields.edits]
    for pressed in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Tab, Qt.Key.Key_Tab):
        key(card, pressed)
        visited.append(card.fields.edits)
    name, address = FieldName.NAME, FieldName.ADDRESS
    assert visited == [name, address, name, address, None], "past the last one the panel goes on"


def test_the_first_character_in_doubt_is_selected_and_the_fields_place_on_the_card_is_shown(card: ScanCard) -> None:
    show(card, scan(doubtful()))
    card.check_button.click()
    editor = card.fields.editor
    assert editor.value.selectedText() == "样"
    assert editor.crop.isVisible()
    assert editor.crop.height() > 20


def test_enter_confirms_and_goes_on_to_the_next_field(card: ScanCard, qtbot: QtBot) -> None:
    show(card, scan(doubtful(), doubtful_address()))
    card.check_button.click()
    with qtbot.waitSignal(card.field_settled) as first:
        card.fields.editor.value.insert("祥")  # as an input method does
        key(card, Qt.Key.Key_Return)
    assert first.args == [FieldName.NAME, Personal("林祥晓")]
    assert card.fields.edits is FieldName.ADDRESS
    with qtbot.waitSignal(card.field_settled) as second:
        key(card, Qt.Key.Key_Return)
    assert second.args[0] is FieldName.ADDRESS
    assert card.fields.edits is None


def test_the_card_tells_when_its_editor_comes_and_goes(card: ScanCard, qtbot: QtBot) -> None:
    show(card, scan(doubtful()))
    with qtbot.waitSignal(card.form_changed):
        card.check_button.click()
    with qtbot.waitSignal(card.form_changed):
        card.close_editor()


def test_esc_restores_and_an_empty_value_confirms_nothing(card: ScanCard, qtbot: QtBot) -> None:
    show(card, scan(doubtful()))
    card.check_button.click()
    with qtbot.assertNotEmitted(card.field_settled):
        card.fields.editor.value.clear()
        key(card, Qt.Key.Key_Return)
        key(card, Qt.Key.Key_Escape)
    assert card.fields.edits is None
    assert card.fields.editor.value.text() == ""
    assert "样" in card.fields.rows[FieldName.NAME].printed.text()


def test_any_field_is_edited_by_a_click_on_it(card: ScanCard, qtbot: QtBot) -> None:
    show(card, scan())
    card.all_button.click()
    settled(card)
    with qtbot.waitSignal(card.text_wanted):
        QTest.mouseClick(card.fields.rows[FieldName.ID_NUMBER], Qt.MouseButton.LeftButton)  # type: ignore[call-overload]
    assert card.fields.editor.value.text() == "190001199003150027", "whole, though the row is masked"


def test_what_is_being_typed_survives_a_view_that_says_nothing_new_of_it(card: ScanCard) -> None:
    view = scan(doubtful())
    show(card, view)
    card.check_button.click()
    card.fields.editor.value.setText("林祥")
    show(card, scan(doubtful(), doubtful_address()))
    assert card.fields.editor.value.text() == "林祥"
    show(card, scan(field(FieldName.NAME, value="别的")))
    assert card.fields.edits is None


# ---------------------------------------------------------------- nothing stays


@pytest.mark.parametrize("view", [None, SCANS["blanked"]()])
def test_blanked_or_ended_nothing_of_the_document_is_left(card: ScanCard, view: ScanView | None) -> None:
    show(card, scan(doubtful(), different(), doubtful_address()))
    card.check_button.click()
    card.fields.editor.value.setText("林祥晓")
    show(card, view)
    assert not card.picture.shows_picture
    assert card.fields.editor.value.text() == ""
    said = " ".join(text for one in card.findChildren(QLabel) for text in (one.text(), one.accessibleName(), one.toolTip()))
    for value in ("林样晓", "样", "190001", "演示区"):
        assert value not in said
    if view is not None:
        assert "已遮蔽" in card.summary.label.text()


# ---------------------------------------------------------------- the box


@pytest.fixture
def box(shown: Show, zh: Words) -> ScanBox:
    made: ScanBox = shown(ScanBox(zh, LIGHT))
    made.resize(368, 700)
    return made


def press(widget: ScanBox, pressed: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget, pressed, modifier)  # type: ignore[call-overload]


def test_the_box_begins_around_what_was_found_and_arrows_move_and_resize_it(box: ScanBox, qtbot: QtBot) -> None:
    box.open_box(scan())
    xs, ys = [x for x, _y in CORNERS], [y for _x, y in CORNERS]
    assert box.canvas.box == pytest.approx((min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)))
    x, y, width, height = box.canvas.box
    press(box, Qt.Key.Key_Right)
    press(box, Qt.Key.Key_Up)
    press(box, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert box.canvas.box == pytest.approx((x + 0.01, y - 0.01, width, height + 0.01))
    with qtbot.waitSignal(box.drawn) as drawn:
        press(box, Qt.Key.Key_Return)
    assert drawn.args[0] == pytest.approx((x + 0.01, y - 0.01, width, height + 0.01))
    assert box.isHidden()


def test_the_box_never_leaves_the_scan(box: ScanBox) -> None:
    box.open_box(nothing(ScanState.NOTHING_READ))
    for _press in range(120):
        press(box, Qt.Key.Key_Left)
        press(box, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    x, y, width, height = box.canvas.box
    assert x == 0
    assert y + height <= 1.0000001
    assert width > 0


def test_a_box_is_dragged_with_the_mouse(box: ScanBox, qtbot: QtBot) -> None:
    box.open_box(nothing(ScanState.NOTHING_READ))
    settled(box)
    canvas = box.canvas
    place = canvas._scan.place(QRectF(canvas.rect()))

    def at(x: float, y: float) -> QPoint:
        return QPoint(round(place.x() + x * place.width()), round(place.y() + y * place.height()))

    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind, place_ in (
        (QEvent.Type.MouseButtonPress, at(0.7, 0.8)),
        (QEvent.Type.MouseMove, at(0.2, 0.3)),
        (QEvent.Type.MouseButtonRelease, at(0.2, 0.3)),
    ):
        QApplication.sendEvent(canvas, QMouseEvent(kind, QPointF(place_), left, left, none))
    assert canvas.box == pytest.approx((0.2, 0.3, 0.5, 0.5), abs=0.01)
    with qtbot.waitSignal(box.drawn):
        box.read_button.click()


def test_esc_closes_the_box_with_its_picture(box: ScanBox, qtbot: QtBot) -> None:
    box.open_box(scan())
    with qtbot.assertNotEmitted(box.drawn):
        press(box, Qt.Key.Key_Escape)
    assert box.isHidden()
    assert box.canvas._scan.image is None
    box.open_box(SCANS["blanked"]())
    assert box.isHidden(), "there is nothing to draw on"
    assert "林" not in " ".join(everything_said(box))
