"""The networked verification asked once more: it was down, or said something that the teller is to verify."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from teller_assist.decision.judgement import NextStep
from teller_assist.errors import SessionError
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.transaction import BusinessKind, TellerJudgement
from teller_assist.workflow.customer import ASKED_AGAIN_MOST
from teller_assist.workflow.view import StationView
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import portrait_of, wait_until


@pytest.fixture
def counter(make_counter: Callable[..., Counter]) -> Counter:
    return make_counter()


def answered(counter: Counter, code: NetcheckCode) -> StationView:
    counter.authority.code, counter.authority.photo = code, None
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    reason = f"netcheck_{code.value.lower()}"
    return counter.wait_for(lambda view: view.gauge is not None and reason in view.reasons)


@pytest.mark.full
def test_a_service_that_was_down_is_asked_again_and_its_photo_compared(counter: Counter, astronaut: object) -> None:
    view = answered(counter, NetcheckCode.SERVICE_DOWN)
    assert view.identity is not None
    assert view.identity.may_ask_authority_again
    before = view.decision.next_step
    counter.authority.code = NetcheckCode.MATCH_PHOTO_SAME
    counter.authority.photo = portrait_of(astronaut, role="netcheck")  # type: ignore[arg-type]
    counter.station.ask_authority_again()
    view = counter.wait_for(lambda view: "netcheck_match_photo_same" in view.reasons and "live_netcheck_agrees" in view.reasons)
    assert before is NextStep.CHALLENGE_QUESTIONS
    assert view.decision.next_step is NextStep.PROCEED
    assert view.alert is None, "that it was out of reach for a while is nothing to look at"
    assert "netcheck_answered_otherwise" not in view.reasons


def test_while_the_new_answer_is_to_come_nothing_rests_on_the_old_one(counter: Counter) -> None:
    answered(counter, NetcheckCode.CARD_LOST)
    counter.authority.may_answer.clear()
    counter.station.ask_authority_again()
    view = counter.view
    assert "netcheck_card_lost" not in view.reasons
    assert view.decision.next_step is not NextStep.REFUSE_CARD
    assert view.identity is not None
    assert not view.identity.may_ask_authority_again, "one question at a time"
    with pytest.raises(SessionError):
        counter.station.ask_authority_again()
    counter.authority.may_answer.set()
    counter.wait_for(lambda view: "netcheck_card_lost" in view.reasons)


def test_asking_again_makes_no_alert_disappear(counter: Counter) -> None:
    view = answered(counter, NetcheckCode.CARD_LOST)
    assert view.alert is not None
    before = view.alert
    counter.authority.code = NetcheckCode.MATCH_NO_PHOTO
    counter.station.ask_authority_again()
    view = counter.wait_for(lambda view: "netcheck_match_no_photo" in view.reasons)
    assert view.alert is not None
    assert (view.alert.kind, view.alert.severity) == (before.kind, before.severity)
    assert view.alert.why == "netcheck_answered_otherwise"
    assert "netcheck_answered_otherwise" in view.reasons
    assert counter.station._known_customer().netcheck_before == (NetcheckCode.CARD_LOST,)


def test_a_confirmed_loss_is_said_again(counter: Counter) -> None:
    answered(counter, NetcheckCode.CARD_LOST)
    counter.station.ask_authority_again()
    wait_until(lambda: counter.authority.asked == 2)
    view = counter.wait_for(lambda view: "netcheck_card_lost" in view.reasons)
    assert view.decision.next_step is NextStep.REFUSE_CARD
    assert "netcheck_answered_otherwise" not in view.reasons


def test_on_the_non_face_path_as_well(counter: Counter) -> None:
    counter.authority.code, counter.authority.photo = NetcheckCode.SERVICE_DOWN, None
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.station.refuse_consent()
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: "netcheck_service_down" in view.reasons)
    counter.authority.code = NetcheckCode.MATCH_NO_PHOTO
    counter.station.ask_authority_again()
    counter.wait_for(lambda view: "netcheck_match_no_photo" in view.reasons)


@pytest.mark.parametrize("code", [NetcheckCode.MATCH_NO_PHOTO])
def test_an_answer_that_confirms_is_not_asked_for_again(counter: Counter, code: NetcheckCode) -> None:
    view = answered(counter, code)
    assert view.identity is not None
    assert not view.identity.may_ask_authority_again
    with pytest.raises(SessionError) as refused:
        counter.station.ask_authority_again()
    assert refused.value.facts["why"] == "authority_answered"


def test_without_a_card_there_is_nobody_to_ask_about(counter: Counter) -> None:
    counter.station.sign_on("柜员一")
    counter.station.begin()
    with pytest.raises(SessionError):
        counter.station.ask_authority_again()


def test_it_is_asked_again_five_times_at_most(counter: Counter) -> None:
    answered(counter, NetcheckCode.SERVICE_DOWN)
    for asked in range(ASKED_AGAIN_MOST):
        counter.station.ask_authority_again()
        wait_until(lambda asked=asked: counter.authority.asked == asked + 2)  # type: ignore[misc]
        counter.wait_for(lambda view: "netcheck_service_down" in view.reasons)
    view = counter.view
    assert view.identity is not None
    assert not view.identity.may_ask_authority_again
    with pytest.raises(SessionError):
        counter.station.ask_authority_again()


def test_the_offer_gives_nothing_away_before_the_teller_has_judged(counter: Counter) -> None:
    counter.authority.code, counter.authority.photo = NetcheckCode.MATCH_PHOTO_DIFFERENT, None
    counter.station.sign_on("柜员一")
    counter.station.choose_business(BusinessKind.LOSS_REPORT)
    counter.station.begin()
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: view.judgement_asked)
    wait_until(lambda: counter.station._known_customer().netcheck is not None)
    view = counter.view
    assert view.identity is not None
    assert not view.identity.may_ask_authority_again
    with pytest.raises(SessionError):
        counter.station.ask_authority_again()
    counter.station.judge_first(TellerJudgement.CANNOT_SAY)
    view = counter.wait_for(lambda view: "netcheck_match_photo_different" in view.reasons)
    assert view.identity is not None
    assert view.identity.may_ask_authority_again
