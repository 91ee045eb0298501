"""What is left when something is missing: the customer is served, the screen says what it no longer claims, and it recovers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from teller_assist.decision.judgement import AlertKind, NextStep
from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.errors import CalibrationMismatchError, DeviceMissingError
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.view import StationView
from tests.stand_ins.counter import EMPTY_DESK, Counter
from tests.stand_ins.equipment import NAME, NUMBER

Make = Callable[..., Counter]


def begun(counter: Counter) -> Counter:
    counter.station.sign_on("柜员一")
    counter.station.begin()
    return counter


def with_camera(counter: Counter, state: DeviceState) -> None:
    counter.station._counter.device_states[DeviceKind.CAMERA] = state


# ---------------------------------------------------------------- camera


def test_without_a_camera_the_customer_is_served_by_documents_and_it_is_said_that_nobody_was_compared(make_counter: Make) -> None:
    counter = begun(make_counter())
    counter.camera.fail(DeviceMissingError(device="camera"))
    with_camera(counter, DeviceState.OUT_OF_ORDER)
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.identity is not None)
    counter.station.leave_face_path()
    view = counter.wait_for(lambda view: "netcheck_match_photo_same" in view.reasons)
    assert {"face_path_left", "camera_down"} <= set(view.reasons)
    assert view.gauge is None
    alerts = counter.station._known_customer().judgement
    assert alerts is not None
    assert AlertKind.DEVICE in {alert.kind for alert in alerts.alerts}
    counter.station.decide(TellerDecision.PASS, reason="", second_teller="", documents=("household_register",))


@pytest.mark.full
def test_a_camera_that_comes_back_leads_to_the_gauge_without_a_word_left_of_it(make_counter: Make) -> None:
    counter = begun(make_counter())
    counter.camera.fail(DeviceMissingError(device="camera"))
    with_camera(counter, DeviceState.RESTARTING)
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.capture.stalled)
    with_camera(counter, DeviceState.READY)
    counter.camera.show(counter.person)
    view = counter.wait_for(lambda view: view.gauge is not None)
    assert "camera_down" not in view.reasons
    assert view.decision.next_step is NextStep.PROCEED


def test_a_working_camera_is_no_matter_of_it_where_the_customer_refuses(make_counter: Make) -> None:
    counter = begun(make_counter())
    with_camera(counter, DeviceState.OUT_OF_ORDER)
    counter.station.refuse_consent()
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: "consent_refused" in view.reasons)
    assert "camera_down" not in view.reasons


# ---------------------------------------------------------------- card reader


@pytest.mark.full
def test_without_a_reader_name_and_number_are_typed_and_the_outcome_stays_open(make_counter: Make) -> None:
    counter = begun(make_counter())
    counter.station._counter.device_states[DeviceKind.ID_CARD_READER] = DeviceState.OUT_OF_ORDER
    counter.station.record_consent()
    counter.station.state_identity(NoChip.DEMAGNETISED, name=NAME, number=NUMBER)
    view = counter.wait_for(lambda view: view.gauge is not None)
    assert view.gauge is not None
    assert view.gauge.outcome is Outcome.INCONCLUSIVE
    assert {"reader_down", "netcheck_photo_alone"} <= set(view.reasons)


# ---------------------------------------------------------------- networked verification


@pytest.mark.full
def test_without_the_authority_the_chip_and_questions_carry_it_and_the_next_customer_is_asked_about(make_counter: Make) -> None:
    counter = make_counter()
    photo = counter.authority.photo
    counter.authority.code, counter.authority.photo = NetcheckCode.SERVICE_DOWN, None
    view = counter.to_decision()
    assert view.gauge is not None
    assert view.gauge.outcome is Outcome.MATCH
    assert view.decision.next_step is NextStep.CHALLENGE_QUESTIONS
    assert "netcheck_service_down" in view.reasons
    counter.station.abandon()
    counter.authority.code, counter.authority.photo = NetcheckCode.MATCH_PHOTO_SAME, photo
    counter.station.begin()
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: view.gauge is not None and "live_netcheck_agrees" in view.reasons)
    assert view.decision.next_step is NextStep.PROCEED


# ---------------------------------------------------------------- models and calibration


def test_without_models_pictures_stand_side_by_side_and_it_is_said_why(make_counter: Make, instruments: Instruments) -> None:
    counter = begun(make_counter(instruments=replace(instruments, measurer=None, triangle=None)))
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.identity is not None)
    counter.station.leave_face_path()
    view = counter.wait_for(lambda view: view.decision.next_step is not None)
    assert view.portraits.chip.pixels is not None
    assert view.gauge is None


def failing(instruments: Instruments, error: Exception) -> Instruments:
    class Failing:
        fails = True

        def __getattr__(self, name: str) -> Any:
            return getattr(instruments.triangle, name)

        def compare(self, *given: Any, **named: Any) -> Any:
            if self.fails:
                raise error
            assert instruments.triangle is not None
            return instruments.triangle.compare(*given, **named)

    return replace(instruments, triangle=Failing())  # type: ignore[arg-type]


@pytest.mark.full
def test_a_calibration_older_than_the_model_gives_no_reading_and_says_so(make_counter: Make, instruments: Instruments) -> None:
    other = failing(instruments, CalibrationMismatchError("calibration_mismatch", calibration="live_chip"))
    counter = begun(make_counter(instruments=other))
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: view.problem is not None)
    assert view.gauge is None
    assert view.problem is not None
    assert "校准" in view.problem.zh
    counter.wait_for(lambda view: view.decision.next_step is not None)
    assert TellerDecision.PASS in counter.view.decision.enabled or counter.view.decision.next_step is not NextStep.PROCEED
    other.triangle.fails = False  # type: ignore[union-attr]
    counter.station.retake()
    view = counter.wait_for(lambda view: view.gauge is not None)
    assert view.problem is None


@pytest.mark.parametrize("also", ["camera", "authority"])
def test_two_rungs_at_once_still_lead_to_a_decision(make_counter: Make, also: str) -> None:
    counter = make_counter()
    counter.authority.code, counter.authority.photo = NetcheckCode.SERVICE_DOWN, None
    begun(counter)
    if also == "camera":
        counter.camera.show(EMPTY_DESK)
        counter.station.record_consent()
        counter.station.state_identity(NoChip.LOST, name=NAME, number=NUMBER)
        counter.station.leave_face_path()
    else:
        counter.station.refuse_consent()
        counter.reader.lay_down(counter.card)
    view: StationView = counter.wait_for(lambda view: "netcheck_service_down" in view.reasons)
    assert view.decision.next_step is not NextStep.PROCEED
    counter.station.decide(TellerDecision.PASS, reason="", second_teller="", documents=("household_register",))
