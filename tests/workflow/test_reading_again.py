"""The wrong card on the reader, a number mistyped: put aside before anything came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from teller_assist.errors import SessionError
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.identity import IdentityCard, NoChip
from teller_assist.evidence.netcheck import NetcheckCode, NetcheckResult
from teller_assist.netcheck.provider import NetcheckRequest
from teller_assist.settings.personal import Personal
from tests.stand_ins.cases import number as number_of
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import NAME, wait_until

OTHER = number_of(33)


@pytest.fixture
def counter(make_counter: Callable[..., Counter]) -> Counter:
    made = make_counter()
    made.camera.show(made.person * 0)
    made.station.sign_on("柜员一")
    made.station.begin()
    return made


def other_card(counter: Counter) -> IdentityCard:
    return replace(counter.card, number=Personal(IdNumber(OTHER)))


def masked(counter: Counter) -> str:
    identity = counter.view.identity
    return "" if identity is None else identity.masked_number


@pytest.mark.parametrize("consented", [False, True])
def test_another_card_is_read_in_its_place_and_asked_about(counter: Counter, *, consented: bool) -> None:
    if consented:
        counter.station.record_consent()
    counter.reader.lay_down(other_card(counter))
    view = counter.wait_for(lambda view: view.identity is not None)
    assert view.identity is not None
    assert view.identity.may_read_again
    counter.reader.lay_down(counter.card)
    counter.station.read_card_again()
    wait_until(lambda: masked(counter) == counter.card.number.reveal().masked)
    wait_until(lambda: counter.authority.asked == 2)
    assert bool(counter.view.consent.given) is consented, "what the customer agreed to stands"


def test_on_the_non_face_path_as_well(counter: Counter) -> None:
    counter.station.refuse_consent()
    counter.reader.lay_down(other_card(counter))
    counter.wait_for(lambda view: view.identity is not None and view.identity.may_read_again)
    counter.reader.lay_down(counter.card)
    counter.station.read_card_again()
    wait_until(lambda: masked(counter) == counter.card.number.reveal().masked)
    assert counter.view.consent.refused


def test_what_was_typed_can_be_typed_again(counter: Counter) -> None:
    counter.station.state_identity(NoChip.LOST, name=NAME, number=OTHER)
    counter.station.read_card_again()
    assert counter.view.may_state_identity
    counter.station.state_identity(NoChip.LOST, name=NAME, number=counter.card.number.reveal().text)
    assert masked(counter) == counter.card.number.reveal().masked


def test_an_answer_about_the_card_before_is_dropped(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    gates = {OTHER: threading.Event(), counter.card.number.reveal().text: threading.Event()}
    asked: list[str] = []

    def verify(request: NetcheckRequest, cancel: threading.Event) -> NetcheckResult:
        text = request.number.reveal().text
        asked.append(text)
        while not gates[text].wait(0.01) and not cancel.is_set():
            pass
        return NetcheckResult(NetcheckCode.CARD_LOST if text == OTHER else NetcheckCode.MATCH_NO_PHOTO, None)

    monkeypatch.setattr(counter.authority, "verify", verify)
    counter.station.refuse_consent()
    counter.reader.lay_down(other_card(counter))
    wait_until(lambda: asked == [OTHER])
    counter.reader.lay_down(counter.card)
    counter.station.read_card_again()
    wait_until(lambda: masked(counter) == counter.card.number.reveal().masked)
    gates[OTHER].set()
    gates[counter.card.number.reveal().text].set()
    wait_until(lambda: "netcheck_match_no_photo" in counter.view.reasons)
    assert "netcheck_card_lost" not in counter.view.reasons


def test_a_card_that_the_authority_calls_lost_cannot_be_put_aside(counter: Counter) -> None:
    counter.authority.code, counter.authority.photo = NetcheckCode.CARD_LOST, None
    counter.station.refuse_consent()
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: "netcheck_card_lost" in view.reasons)
    assert view.identity is not None
    assert not view.identity.may_read_again
    with pytest.raises(SessionError) as refused:
        counter.station.read_card_again()
    assert refused.value.facts["why"] == "card_had_consequences"
    assert masked(counter)


@pytest.mark.full
def test_nor_one_whose_portrait_was_compared(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.to_decision()
    with pytest.raises(SessionError):
        counter.station.read_card_again()
    counter.station.retake()
    with pytest.raises(SessionError) as refused:
        counter.station.read_card_again()
    assert refused.value.facts["why"] == "card_had_consequences"


def test_without_a_card_there_is_none_to_put_aside(counter: Counter) -> None:
    with pytest.raises(SessionError):
        counter.station.read_card_again()
