"""What opens a passport's chip, typed, and how its reading stands; the bank card beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.travel_document import ChipAccess
from teller_assist.ui.theme import LIGHT
from teller_assist.ui.widgets.bank_card import BankCardCard
from teller_assist.ui.widgets.decision_bar import DecisionBar
from teller_assist.ui.widgets.no_chip_form import NoChipForm
from teller_assist.ui.widgets.travel_document_fields import TravelDocumentFields
from teller_assist.ui.words import Words
from teller_assist.wording import sentence
from teller_assist.workflow.asked_cards import AskedChip
from teller_assist.workflow.view_cards import BankCardView, TravelDocumentView

Show = Callable[[Any], Any]
MAY_READ = TravelDocumentView(may_read=True)
# The specimen of ICAO Doc 9303-4, appendix A: a made-up holder of nobody's state.
ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"


@pytest.fixture
def fields(shown: Show, zh: Words) -> TravelDocumentFields:
    made: TravelDocumentFields = shown(TravelDocumentFields(zh, LIGHT))
    made.show_view(MAY_READ)
    return made


def typed(fields: TravelDocumentFields, number: str = "XA0000012", born: str = "19880314", until: str = "2033-05-01") -> None:
    fields.number.setText(number)
    fields.birth_date.setText(born)
    fields.valid_until.setText(until)


def told(access: ChipAccess) -> tuple[str, str, str]:
    return access.number.reveal(), access.birth_date.reveal().isoformat(), access.valid_until.reveal().isoformat()


def test_three_items_ask_for_the_chip(fields: TravelDocumentFields, qtbot: QtBot) -> None:
    assert not fields.read.isEnabled()
    typed(fields, number=" xa 0000012 ")
    with qtbot.waitSignal(fields.wanted) as caught:
        fields.read.click()
    assert caught.args is not None
    assert told(caught.args[0]) == ("XA0000012", "1988-03-14", "2033-05-01")


def test_the_whole_zone_does_without_dates_and_its_check_digits_count(
    fields: TravelDocumentFields, qtbot: QtBot, zh: Words
) -> None:
    fields.number.setText(ZONE)
    assert not fields.birth_date.isEnabled()
    with qtbot.waitSignal(fields.wanted) as caught:
        fields.number.returnPressed.emit()
    assert caught.args is not None
    assert told(caught.args[0])[:2] == ("L898902C3", "1974-08-12")
    fields.number.setText(ZONE.replace("L898902C36", "L898902C46"))
    assert not fields.read.isEnabled()
    assert fields.note.label.text() != zh.say("panel", "travel_document_text")


@pytest.mark.parametrize(
    ("born", "until"), [("19880230", "20330501"), ("19880314", "19870101"), ("29880314", "20330501"), ("x", "y")]
)
def test_a_date_that_cannot_be_is_told_at_once(fields: TravelDocumentFields, zh: Words, born: str, until: str) -> None:
    typed(fields, born=born, until=until)
    assert not fields.read.isEnabled()
    assert fields.note.label.text() != zh.say("panel", "travel_document_text")


def test_a_chip_that_does_not_open_leads_the_keyboard_back_to_what_was_typed(fields: TravelDocumentFields, zh: Words) -> None:
    typed(fields)
    reading = TravelDocumentView(may_read=True, state=AskedChip.READING, told=sentence("travel_document", "reading"))
    fields.show_view(reading)
    assert not fields.number.isEnabled()
    refused = sentence("travel_document", "access_refused")
    fields.show_view(TravelDocumentView(may_read=True, state=AskedChip.REFUSED, told=refused))
    assert fields.note.label.text() == zh.of(refused)
    assert (fields.number.text(), fields.number.selectedText()) == ("XA0000012", "XA0000012")
    assert fields.read.isEnabled()


def test_waiting_can_be_stopped(fields: TravelDocumentFields, qtbot: QtBot, zh: Words) -> None:
    typed(fields)
    fields.show_view(TravelDocumentView(may_read=True, state=AskedChip.READING, told=sentence("travel_document", "reading")))
    assert fields.read.text() == zh.say("panel", "travel_document_stop")
    with qtbot.waitSignal(fields.stopped):
        fields.read.click()


def test_the_form_asks_for_the_chip_where_there_is_a_reader_and_goes_by_hand_where_there_is_none(
    shown: Show, zh: Words, qtbot: QtBot
) -> None:
    form: NoChipForm = shown(NoChipForm(zh, LIGHT))
    form.show_travel_document(MAY_READ)
    form.reasons[NoChip.FOREIGN_DOCUMENT].click()
    assert form.travel_document.isVisible()
    assert form.confirm.text() == zh.say("panel", "travel_document_by_hand")
    with qtbot.waitSignal(form.stated) as caught:
        form.confirm.click()
    assert caught.args == [NoChip.FOREIGN_DOCUMENT, "", ""]
    why = sentence("travel_document", "no_reader")
    form.show_travel_document(TravelDocumentView(why_not=why))
    assert not form.travel_document.isVisible()
    assert zh.of(why) in form.note.text()


def test_closing_the_form_stops_waiting_for_the_document(shown: Show, zh: Words, qtbot: QtBot) -> None:
    bar: DecisionBar = shown(DecisionBar(zh, LIGHT))
    bar.show_no_chip(possible=True)
    bar.show_travel_document(MAY_READ)
    bar.no_chip_button.click()
    bar.show_travel_document(replace(MAY_READ, state=AskedChip.READING, told=sentence("travel_document", "reading")))
    with qtbot.waitSignal(bar.chip_stopped):
        bar.close_form()


def test_the_bank_card_is_asked_for_shown_and_forgotten(shown: Show, zh: Words, qtbot: QtBot) -> None:
    card: BankCardCard = shown(BankCardCard(zh, LIGHT))
    card.show_card(BankCardView(may_read=True))
    with qtbot.waitSignal(card.wanted):
        card.read_button.click()
    card.show_card(BankCardView(may_read=True, reading=True, told=sentence("bank_card", "reading")))
    with qtbot.waitSignal(card.stopped):
        card.read_button.click()
    card.show_card(BankCardView(may_read=True, masked_number="990000******0010", bank="示例银行"))
    assert card.number.text() == "990000******0010"
    assert card.issued.text() == "示例银行"
    card.show_card(None)
    assert not card.isVisible()
    assert card.number.text() == ""
