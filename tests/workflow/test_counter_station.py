"""The station with its threads, real models and stand-in devices; no Qt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from teller_assist.decision.judgement import AlertKind, EdgeName, NextStep
from teller_assist.decision.kinship import NumberRegister
from teller_assist.errors import CardUnreadableError, DeviceMissingError, SessionError
from teller_assist.evidence.id_number import IdNumber, check_character
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.transaction import BusinessKind, TellerDecision
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import Settings
from teller_assist.wording import sentence
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.view import PassNeeds, Screen, SimulatedView, StationView, Step, StepState
from teller_assist.workflow.view_portraits import PairWord
from tests.stand_ins.counter import EMPTY_DESK, Counter
from tests.stand_ins.equipment import NAME, NUMBER, wait_until


@pytest.mark.full
def test_card_and_consent_and_a_face_lead_to_the_gauge_without_a_click(make_counter: Callable[..., Counter]) -> None:
    view = make_counter().to_decision()
    assert view.screen is Screen.CUSTOMER
    assert view.gauge is not None
    assert view.identity is not None
    assert view.decision.next_step is not None
    assert view.decision.enabled == frozenset(TellerDecision)
    assert view.steps[Step.COMPARE] is StepState.DONE
    assert view.steps[Step.DECIDE] is StepState.NOW
    for portrait in (view.portraits.netcheck, view.portraits.live, view.portraits.chip):
        assert portrait.pixels is not None


@pytest.mark.full
def test_nothing_is_measured_before_consent(make_counter: Callable[..., Counter], instruments: Instruments) -> None:
    looked = threading.Event()

    class Spying:
        def __getattr__(self, name: str) -> Any:
            looked.set()
            return getattr(instruments.measurer, name)

    spying: Any = Spying()
    counter = make_counter(instruments=replace(instruments, measurer=spying))
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.identity is not None)
    frames = threading.Semaphore(0)
    counter.station.subscribe(lambda: None, frames.release)
    for _ in range(30):  # a second of the camera
        assert frames.acquire(timeout=20)
    assert not looked.is_set()
    view = counter.view
    assert view.consent.asked
    assert view.gauge is None
    assert not view.capture.permitted
    counter.station.record_consent()
    counter.wait_for(lambda view: view.gauge is not None)
    assert looked.is_set()


def test_a_printed_notice_is_noted_with_the_customer_and_needs_one(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.station.sign_on("柜员一")
    with pytest.raises(SessionError):
        counter.station.note_notice()
    counter.station.begin()
    counter.station.note_notice()
    customer = counter.station._snapshot()
    assert customer is not None
    assert customer.notice_printed


@pytest.mark.full
def test_the_teller_need_not_wait_for_a_good_frame_and_the_shutter_is_not_remembered(
    make_counter: Callable[..., Counter], settings: Settings
) -> None:
    counter = make_counter(settings=replace(settings, capture=replace(settings.capture, patience_s=15.0)))
    counter.camera.show(np.asarray(counter.person * 0.12, np.uint8))  # so dark that every frame calls for coaching
    counter.station.sign_on("柜员一")
    with pytest.raises(SessionError):
        counter.station.take_picture()
    counter.station.begin()
    counter.reader.lay_down(counter.card)
    counter.station.record_consent()
    counter.wait_for(lambda view: bool(view.capture.quality))
    assert not counter.view.capture.captured
    pressed_s = time.monotonic()
    counter.station.take_picture()
    counter.wait_for(lambda view: view.capture.captured)
    assert time.monotonic() - pressed_s < 12, "patience is fifteen seconds"
    counter.wait_for(lambda view: view.gauge is not None)
    counter.station.retake()
    counter.wait_for(lambda view: bool(view.capture.quality))
    counter.wait_for(lambda view: view.capture.hint is not None)
    assert not counter.view.capture.captured


@pytest.mark.full
def test_a_legal_basis_by_setting_needs_no_click(make_counter: Callable[..., Counter], settings: Settings) -> None:
    counter = make_counter(settings=replace(settings, consent=replace(settings.consent, basis="legal_basis")))
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: view.gauge is not None)
    assert view.consent.given == "legal_basis"


@pytest.mark.full
def test_refused_consent_throws_away_what_was_measured_and_leads_by_documents(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.to_decision()
    counter.station.refuse_consent()
    view = counter.view
    assert view.consent.refused
    assert view.gauge is None
    assert view.portraits.live.pixels is None
    assert view.decision.pass_needs is PassNeeds.DOCUMENTS
    with pytest.raises(SessionError):
        counter.station.decide(TellerDecision.PASS, reason="", second_teller="", documents=())
    counter.station.decide(TellerDecision.PASS, reason="", second_teller="", documents=("household_register",))
    assert counter.view.decision.taken is TellerDecision.PASS


@pytest.mark.full
def test_the_teller_may_leave_the_face_path_and_come_back(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.to_decision()
    assert counter.view.consent.may_leave
    counter.station.leave_face_path()
    view = counter.view
    assert (view.consent.left, view.consent.refused, view.consent.may_return) == (True, False, True)
    assert view.gauge is None
    assert view.decision.pass_needs is PassNeeds.DOCUMENTS
    assert view.alert is not None
    assert view.alert.kind is AlertKind.NON_FACE_PATH
    counter.station.record_consent()
    view = counter.wait_for(lambda view: view.gauge is not None)
    assert not view.consent.left


@pytest.mark.full
def test_a_face_that_leaves_before_the_card_comes_is_captured_anew(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.station.record_consent()
    counter.wait_for(lambda view: view.capture.captured)
    counter.camera.show(EMPTY_DESK)
    counter.wait_for(lambda view: not view.capture.captured)
    assert counter.view.portraits.live.pixels is None
    counter.camera.show(counter.person)
    counter.wait_for(lambda view: view.capture.captured)


def test_two_persons_before_the_camera_are_not_captured(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    both = np.concatenate([counter.person[:, 150:470], counter.person[:, 150:470]], axis=1)
    counter.camera.show(np.ascontiguousarray(both))
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.station.record_consent()
    view = counter.wait_for(lambda view: view.capture.hint == sentence("hint", "several_faces"))
    assert not view.capture.captured


@pytest.mark.full
def test_an_unreadable_card_is_told_and_tried_again(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.reader.lay_down(CardUnreadableError(why="test"))
    view = counter.wait_for(lambda view: view.problem is not None)
    assert view.steps[Step.READ_CARD] is StepState.ATTENTION
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: view.identity is not None)
    assert view.problem is None


@pytest.mark.full
def test_the_authority_may_answer_after_the_gauge_is_shown(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.authority.may_answer.clear()
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: view.gauge is not None)
    assert view.portraits.pairs[EdgeName.LIVE_NETCHECK] is PairWord.WAITING
    counter.authority.may_answer.set()
    counter.wait_for(lambda view: view.portraits.pairs[EdgeName.LIVE_NETCHECK] is not PairWord.WAITING)


@pytest.mark.full
def test_an_answer_that_comes_during_the_comparison_is_compared_as_well(
    make_counter: Callable[..., Counter], instruments: Instruments
) -> None:
    compared, may_compare = threading.Event(), threading.Event()

    class Slow:
        def __getattr__(self, name: str) -> Any:
            return getattr(instruments.triangle, name)

        def compare(self, *photos: Any, **more: Any) -> Any:
            edges = instruments.triangle.compare(*photos, **more)  # type: ignore[union-attr]
            compared.set()
            assert may_compare.wait(20)
            return edges

    slow: Any = Slow()
    counter = make_counter(instruments=replace(instruments, triangle=slow))
    counter.authority.may_answer.clear()
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    assert compared.wait(20)
    counter.authority.may_answer.set()
    counter.wait_for(lambda view: view.portraits.netcheck.pixels is not None)
    may_compare.set()
    counter.wait_for(lambda view: view.portraits.pairs[EdgeName.LIVE_NETCHECK] not in (PairWord.WAITING, PairWord.NOT_COMPARED))


@pytest.mark.full
def test_a_relative_in_the_register_raises_an_alert_and_challenge_questions(make_counter: Callable[..., Counter]) -> None:
    neighbour = f"{NUMBER[:14]}{int(NUMBER[14:17]) + 2:03d}"
    register = NumberRegister([Personal(IdNumber(neighbour + check_character(neighbour)))])
    view = make_counter(register=register).to_decision()
    assert view.alert is not None
    assert view.alert.kind is AlertKind.KINSHIP


@pytest.mark.full
def test_the_card_of_an_unknown_number_asks_for_other_documents_and_refuses_nobody(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.authority.code, counter.authority.photo = NetcheckCode.NOT_FOUND, None
    view = counter.to_decision()
    assert view.decision.next_step not in (NextStep.REFUSE_CARD, NextStep.PROCEED)
    assert view.alert is not None
    assert view.decision.emphasised is not TellerDecision.REJECT


@pytest.mark.full
def test_a_decision_settles_after_its_undo_period_and_leaves_one_masked_line(
    make_counter: Callable[..., Counter], settings: Settings
) -> None:
    counter = make_counter(settings=replace(settings, station=replace(settings.station, undo_s=1.0)))
    counter.to_decision()
    counter.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    counter.station.undo()
    assert counter.view.decision.taken is None
    counter.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    view = counter.wait_for(lambda view: view.screen is Screen.READY)
    (row,) = view.today.rows
    assert (row.decision, row.masked_name) == (TellerDecision.REFER, "林*样")
    assert NAME not in repr(view)
    assert NUMBER not in repr(view)
    assert view.portraits.live.pixels is None
    assert view.portraits.chip.pixels is None
    assert counter.station.newest_preview() is None


@pytest.mark.full
def test_a_decision_needs_its_reason(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.to_decision()
    for decision in (TellerDecision.REFER, TellerDecision.REJECT):
        with pytest.raises(SessionError):
            counter.station.decide(decision, reason="", second_teller="", documents=())


def test_wishes_before_signing_on_are_refused(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    assert counter.view.screen is Screen.SIGN_ON
    for wish in (counter.station.begin, counter.station.record_consent, counter.station.retake, counter.station.abandon):
        with pytest.raises(SessionError):
            wish()


@pytest.mark.full
def test_the_lock_blanks_identity_and_faces_until_the_teller_is_back(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.to_decision()
    counter.station.lock()
    view = counter.view
    assert view.screen is Screen.LOCKED
    assert view.identity is None
    assert view.gauge is None
    assert view.portraits.chip.pixels is None
    assert counter.station.newest_preview() is None
    counter.station.sign_on("柜员一")
    assert counter.view.identity is not None


@pytest.mark.full
def test_another_teller_does_not_inherit_the_customer(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.to_decision()
    counter.station.lock()
    counter.station.sign_on("柜员二")
    assert counter.view.screen is Screen.READY
    assert counter.view.today.rows[0].decision is None


def test_idle_time_blanks_until_somebody_touches_the_window(make_counter: Callable[..., Counter], settings: Settings) -> None:
    short = replace(settings.station, blank_after_idle_s=0.3, lock_after_idle_s=1e9)
    counter = make_counter(settings=replace(settings, station=short))
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.wait_for(lambda view: view.capture.blanked)
    assert counter.station.newest_preview() is None
    counter.station.touch()
    assert not counter.view.capture.blanked


def test_longer_idle_time_locks(make_counter: Callable[..., Counter], settings: Settings) -> None:
    counter = make_counter(settings=replace(settings, station=replace(settings.station, lock_after_idle_s=0.3)))
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.wait_for(lambda view: view.screen is Screen.LOCKED)
    assert counter.view.teller == "柜员一"


@pytest.mark.full
def test_a_dead_camera_is_told_and_its_return_too(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.camera.fail(DeviceMissingError(device="camera"))
    counter.wait_for(lambda view: view.capture.stalled)
    counter.camera.show(counter.person)
    counter.wait_for(lambda view: not view.capture.stalled)


def test_without_face_models_the_pictures_stand_side_by_side_and_the_teller_decides_by_hand(
    make_counter: Callable[..., Counter], instruments: Instruments
) -> None:
    counter = make_counter(instruments=replace(instruments, measurer=None, triangle=None))
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.identity is not None)
    counter.station.refuse_consent()
    view = counter.view
    assert view.portraits.chip.pixels is not None
    assert view.decision.pass_needs is PassNeeds.DOCUMENTS
    assert view.decision.next_step is not None


@pytest.mark.full
def test_the_alert_of_too_many_attempts_comes_with_the_fourth_capture(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.to_decision()
    seen = [alert_kinds(counter.view)]
    for _ in range(3):
        counter.station.retake()
        counter.wait_for(lambda view: view.gauge is not None)
        seen.append(alert_kinds(counter.view))
    assert [AlertKind.ATTEMPTS_EXCEEDED in kinds for kinds in seen] == [False, False, False, True]


def alert_kinds(view: StationView) -> set[AlertKind]:
    assert view.more_alerts == 0, "this customer gives no other alert"
    return set() if view.alert is None else {view.alert.kind}


@pytest.mark.full
def test_the_next_simulated_customer_gets_new_equipment_and_begins(make_counter: Callable[..., Counter]) -> None:
    simulated = SimulatedView(1, 2, sentence("simulated_material", "caller"))
    counter = make_counter(simulated=simulated, business_kind=BusinessKind.LOSS_REPORT)
    counter.to_decision()
    counter.station.next_customer()
    wait_until(lambda: counter.source.opened == 2)
    view = counter.wait_for(lambda view: view.screen is Screen.CUSTOMER)
    assert view.business_kind is BusinessKind.LOSS_REPORT
    assert view.today.rows[0].decision is None


def test_a_real_counter_has_no_next_customer_button(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.station.sign_on("柜员一")
    with pytest.raises(SessionError):
        counter.station.next_customer()
