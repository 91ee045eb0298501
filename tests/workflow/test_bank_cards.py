"""The customer's bank card, read while the session runs."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from teller_assist.devices.kinds import DeviceKind
from teller_assist.errors import CardRemovedError, CardUnreadableError, DeviceMissingError, SessionError
from teller_assist.evidence.transaction import BusinessKind, TellerDecision
from teller_assist.wording import error_sentences, sentence
from teller_assist.workflow import asked_reading
from teller_assist.workflow.hand_off import answer_core_system
from teller_assist.workflow.view import StationView
from teller_assist.workflow.view_cards import BankCardView
from tests.stand_ins.card_readers import CARD_NUMBER, ToldBankCardReader, made_up_bank_card
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import wait_until

SHOWN = "990000******0010"


@dataclass
class BankCounter:
    """A counter with a reader of bank cards."""

    counter: Counter
    reader: ToldBankCardReader

    @property
    def card(self) -> BankCardView:
        shown = self.counter.view.bank_card
        assert shown is not None
        return shown

    def begin(self) -> None:
        self.counter.station.sign_on("柜员一")
        self.counter.station.begin()

    def read(self) -> BankCardView:
        self.counter.station.read_bank_card()
        wait_until(lambda: bool(self.card.masked_number))
        return self.card


@pytest.fixture
def at(make_counter: Callable[..., Counter], monkeypatch: pytest.MonkeyPatch) -> BankCounter:
    monkeypatch.setattr(asked_reading, "AGAIN_AFTER_S", 0.01)
    reader = ToldBankCardReader()
    return BankCounter(make_counter(bank_card_reader=reader), reader)


def everything_shown(view: StationView) -> str:
    return repr(view)


def test_the_card_is_read_once_it_stands_in_its_reader_and_its_number_is_never_shown_whole(at: BankCounter) -> None:
    at.begin()
    assert at.card == BankCardView(may_read=True)
    at.counter.station.read_bank_card()
    assert at.card.reading
    assert at.card.told == sentence("bank_card", "reading")
    at.reader.lay_down(made_up_bank_card())
    wait_until(lambda: bool(at.card.masked_number))
    assert (at.card.masked_number, at.card.valid_until, at.card.expired) == (SHOWN, datetime.date(2030, 11, 30), False)
    assert not at.card.reading
    assert CARD_NUMBER not in everything_shown(at.counter.view)


def test_an_expired_card_is_shown_and_told(at: BankCounter) -> None:
    at.begin()
    at.reader.lay_down(made_up_bank_card(valid_until=datetime.date(2020, 11, 30)))
    card = at.read()
    assert card.expired
    assert card.told == sentence("bank_card", "expired")


def test_a_card_without_a_date_is_shown_without_one(at: BankCounter) -> None:
    at.begin()
    at.reader.lay_down(made_up_bank_card(valid_until=None, holder_name=None))
    assert at.read().valid_until is None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CardUnreadableError(why="card_number", device="bank_card_reader"), "unreadable"),
        (CardRemovedError(device="bank_card_reader"), "removed"),
    ],
)
def test_a_card_that_cannot_be_read_is_told_in_two_sentences_and_tried_again(
    at: BankCounter, error: CardUnreadableError | CardRemovedError, code: str
) -> None:
    at.begin()
    at.reader.lay_down(error)
    at.counter.station.read_bank_card()
    wait_until(lambda: at.card.failed)
    assert at.card.told == sentence("bank_card", code)
    assert at.card.told.zh.count("。") == 2
    at.reader.lay_down(made_up_bank_card())
    wait_until(lambda: at.card.masked_number == SHOWN)
    assert not at.card.failed


def test_another_card_takes_the_place_of_the_first(at: BankCounter) -> None:
    at.begin()
    at.reader.lay_down(made_up_bank_card())
    at.read()
    at.reader.lay_down(made_up_bank_card(valid_until=datetime.date(2031, 1, 31)))
    at.counter.station.read_bank_card()
    wait_until(lambda: at.card.valid_until == datetime.date(2031, 1, 31))


def test_nobody_waits_once_the_teller_gives_up_or_decides(at: BankCounter) -> None:
    at.begin()
    at.counter.station.read_bank_card()
    at.counter.station.stop_bank_card()
    assert not at.card.reading
    at.counter.station.read_bank_card()
    at.counter.station.refuse_consent()
    at.counter.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    assert not at.card.reading
    with pytest.raises(SessionError):
        at.counter.station.read_bank_card()
    assert at.reader.reads == 0


def test_nothing_of_the_card_outlives_its_customer(at: BankCounter) -> None:
    at.begin()
    at.reader.lay_down(made_up_bank_card())
    at.read()
    at.counter.station.abandon()
    assert at.counter.view.bank_card is None
    at.counter.station.begin()
    assert at.card.masked_number == ""


def test_a_counter_without_such_a_reader_shows_nothing_of_it(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.station.sign_on("柜员一")
    counter.station.begin()
    assert counter.view.bank_card is None
    with pytest.raises(SessionError) as refused:
        counter.station.read_bank_card()
    assert refused.value.facts["why"] == "no_bank_card_reader"


def test_a_reader_that_the_site_chose_and_that_cannot_be_had_says_why(make_counter: Callable[..., Counter]) -> None:
    told = error_sentences(DeviceMissingError(device="bank_card_reader"))
    counter = make_counter(absent={DeviceKind.BANK_CARD_READER: told})
    counter.station.sign_on("柜员一")
    counter.station.begin()
    assert counter.view.bank_card == BankCardView(told=told)


def test_the_core_system_learns_first_six_and_last_four_while_the_check_goes_on(at: BankCounter) -> None:
    at.counter.station.sign_on("柜员一")
    at.counter.station.begin_for(BusinessKind.LOSS_REPORT, "CBS-17")
    asked = {"action": "status", "reference": "CBS-17"}
    assert "bank_card" not in answer_core_system(at.counter.station, asked)["persons"][0]
    at.reader.lay_down(made_up_bank_card())
    at.read()
    told = answer_core_system(at.counter.station, asked)
    assert told["persons"][0]["bank_card"] == {"masked_number": SHOWN, "valid_until": "2030-11"}
    assert CARD_NUMBER not in repr(told)
    at.counter.station.cancel_for("CBS-17")
    assert "bank_card" not in answer_core_system(at.counter.station, asked)["persons"][0]


def test_the_number_is_in_no_log(at: BankCounter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    at.begin()
    at.reader.lay_down(made_up_bank_card())
    at.read()
    assert CARD_NUMBER not in caplog.text
    assert "SAMPLE" not in caplog.text
