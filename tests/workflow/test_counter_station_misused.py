"""The station in the hands of somebody who is hasty, or means harm; stand-in devices, no Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.errors import PluginNotAuthorisedError, SessionError
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.transaction import BusinessKind, TellerDecision
from teller_assist.settings.schema import Settings
from teller_assist.wording import error_sentences, sentence
from teller_assist.workflow.counter_station import CounterStation
from teller_assist.workflow.equipment import CounterEquipment, StateListener
from teller_assist.workflow.face_watch import FaceFound
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.view import Screen, SimulatedView
from tests.stand_ins.counter import EMPTY_DESK, Counter
from tests.stand_ins.equipment import wait_until

SIMULATED = SimulatedView(1, 2, sentence("simulated_material", "caller"))
MakeCounter = Callable[..., Counter]


@pytest.mark.full
def test_another_teller_cannot_undo_the_decision_of_the_one_before(make_counter: MakeCounter) -> None:
    counter = make_counter()
    counter.to_decision()
    counter.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    counter.station.lock()
    counter.station.sign_on("柜员二")
    with pytest.raises(SessionError):
        counter.station.undo()
    assert counter.view.screen is Screen.READY
    assert counter.view.today.rows[0].decision is TellerDecision.REFER


@pytest.mark.full
def test_a_locked_window_takes_no_wish_at_all(make_counter: MakeCounter) -> None:
    counter = make_counter(simulated=SIMULATED)
    counter.to_decision()
    counter.station.lock()
    with pytest.raises(SessionError):
        counter.station.next_customer()
    with pytest.raises(SessionError):
        counter.station.choose_business(BusinessKind.LARGE_WITHDRAWAL)
    counter.station.sign_on("柜员一")
    assert counter.view.identity is not None


def test_nobody_comes_to_a_counter_where_nobody_is_signed_on(make_counter: MakeCounter) -> None:
    counter = make_counter(simulated=SIMULATED)
    with pytest.raises(SessionError):
        counter.station.next_customer()
    counter.station.sign_on("柜员一")
    counter.station.next_customer()
    counter.station.lock()
    wait_until(lambda: counter.source.opened == 2)
    counter.wait_for(lambda view: view.simulated is not None)
    assert counter.station._customer is None


def test_an_impatient_teller_brings_one_customer_at_a_time(make_counter: MakeCounter) -> None:
    counter = make_counter(simulated=SIMULATED)
    counter.station.sign_on("柜员一")
    taken = 0
    for _ in range(20):
        with suppress(SessionError):
            counter.station.next_customer()
            taken += 1
    wait_until(lambda: counter.source.opened == 1 + taken)
    counter.wait_for(lambda view: view.screen is Screen.CUSTOMER)
    assert len(counter.view.today.rows) == taken - 1


def test_nobody_begins_with_the_card_of_the_customer_who_leaves(make_counter: MakeCounter) -> None:
    """The equipment of the one before still stands while the next one is brought: neither wish may reach it."""
    counter = make_counter(simulated=SIMULATED)
    counter.station.sign_on("柜员一")
    bring, may_come = counter.source.open, threading.Event()

    def slowly(on_state: StateListener, /) -> CounterEquipment:
        assert may_come.wait(20)
        return bring(on_state)

    counter.source.open = slowly  # type: ignore[method-assign]
    counter.station.next_customer()
    for wish in (counter.station.begin, counter.station.next_customer):
        with pytest.raises(SessionError):
            wish()
    may_come.set()
    counter.wait_for(lambda view: view.screen is Screen.CUSTOMER)
    assert counter.source.opened == 2


@pytest.mark.full
def test_the_face_of_the_one_before_is_not_the_face_of_the_next(make_counter: MakeCounter) -> None:
    counter = make_counter()
    counter.to_decision()
    watch, customer = counter.station._watch, counter.station._customer
    assert customer is not None
    assert customer.capture is not None
    assert customer.pad is not None
    look, late = watch.look, FaceFound(customer.capture, customer.pad)
    counter.camera.show(EMPTY_DESK)
    counter.station.abandon()
    counter.station.begin()
    counter.station.record_consent()
    watch._on_found(look, late)  # as the measure thread does when it is slow
    assert not counter.view.capture.captured
    assert counter.view.portraits.live.pixels is None


def test_a_closed_station_refuses_wishes_with_a_sentence(make_counter: MakeCounter) -> None:
    counter = make_counter(simulated=SIMULATED)
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.station.close()
    for wish in (
        counter.station.record_consent,
        counter.station.abandon,
        counter.station.begin,
        counter.station.next_customer,
        counter.station.undo,
    ):
        with pytest.raises(SessionError):
            wish()


@pytest.mark.full
def test_one_teller_cannot_sign_twice(make_counter: MakeCounter) -> None:
    counter = make_counter()
    counter.to_decision()
    customer = counter.station._customer
    assert customer is not None
    assert customer.judgement is not None
    counter.station._change({"judgement": replace(customer.judgement, outcome=Outcome.NON_MATCH)})
    for second in ("柜员一", " 柜员一 ", "柜员一\u200b", "\u200b", "x" * 100, ""):
        with pytest.raises(SessionError):
            counter.station.decide(TellerDecision.PASS, reason="", second_teller=second, documents=())
    counter.station.decide(TellerDecision.PASS, reason="", second_teller="柜员二", documents=())


@pytest.mark.parametrize("name", ["\u200b", "\u202e柜员", "柜\x00员", "柜员\n\x1b[31m"])
def test_a_name_that_cannot_be_seen_is_no_name(make_counter: MakeCounter, name: str) -> None:
    counter = make_counter()
    with pytest.raises(SessionError):
        counter.station.sign_on(name)


def test_equipment_that_cannot_be_set_up_is_told_at_every_device(instruments: Instruments, settings: Settings) -> None:
    class Refused:
        def open(self, _on_state: StateListener, /) -> CounterEquipment:
            raise PluginNotAuthorisedError(plugin="any", why="file_changed")

    station = CounterStation(instruments, Refused(), settings)
    try:
        wait_until(lambda: station.view().problem is not None)
        shown = {chip.device: chip for chip in station.view().devices}
        for kind in (DeviceKind.CAMERA, DeviceKind.ID_CARD_READER, DeviceKind.DOCUMENT_SCANNER):
            assert shown[kind.value].state is DeviceState.NOT_AVAILABLE
            assert shown[kind.value].why == station.view().problem
    finally:
        station.close()


def test_a_device_that_does_not_come_back_says_why_in_its_chip(make_counter: MakeCounter) -> None:
    counter = make_counter()
    problem = PluginNotAuthorisedError(plugin="any", why="file_changed")
    counter.camera.fail(problem)
    counter.station._counter._device_changed(DeviceKind.CAMERA, DeviceState.OUT_OF_ORDER)
    camera = counter.view.devices[0]
    assert (camera.device, camera.state, camera.why) == ("camera", DeviceState.OUT_OF_ORDER, error_sentences(problem))
