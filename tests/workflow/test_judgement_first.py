"""The teller judges before the reading is shown: nothing gives it away before, and what was said stands."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from teller_assist.decision.judgement import TRIANGLE, EdgeName
from teller_assist.errors import SessionError
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.transaction import BusinessKind, TellerDecision, TellerJudgement
from teller_assist.settings.schema import Settings
from teller_assist.wording import codes
from teller_assist.workflow.view import StationView
from teller_assist.workflow.view_portraits import PairWord
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import NAME, NUMBER, wait_until


def begun(counter: Counter, kind: BusinessKind = BusinessKind.LOSS_REPORT) -> Counter:
    counter.station.sign_on("柜员一")
    counter.station.choose_business(kind)
    counter.station.begin()
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    return counter


def asked(counter: Counter) -> StationView:
    """Wait until the teller is asked and everything has been compared out of sight."""

    def ready() -> bool:
        customer = counter.station._snapshot()
        return counter.view.judgement_asked and customer is not None and EdgeName.CHIP_NETCHECK in customer.edges

    wait_until(ready)
    return counter.view


def shown_of_comparisons(view: StationView) -> set[object]:
    """Everything of a view that tells of a comparison."""
    return {view.gauge, view.alert, view.more_alerts, view.reasons, view.decision.next_step, view.decision.emphasised}


@pytest.mark.full
def test_nothing_on_the_screen_gives_the_reading_away_before_the_teller_has_judged(make_counter: Callable[..., Counter]) -> None:
    counter = begun(make_counter())
    seen: list[StationView] = []
    counter.station.subscribe(lambda: seen.append(counter.view), lambda: None)
    view = asked(counter)
    for one in (*seen, view):
        assert shown_of_comparisons(one) == {None, 0, ()}
        assert {one.portraits.pairs[name] for name in TRIANGLE} <= {PairWord.WAITING, PairWord.UNSEEN}
        assert not one.decision.enabled
    assert {view.portraits.pairs[name] for name in TRIANGLE} == {PairWord.UNSEEN}
    assert all(one.pixels is not None for one in (view.portraits.live, view.portraits.chip, view.portraits.netcheck))
    with pytest.raises(SessionError):
        counter.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())


@pytest.mark.full
@pytest.mark.parametrize("code", [NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_PHOTO_DIFFERENT])
def test_what_the_authority_says_of_the_photograph_is_not_shown_before(
    make_counter: Callable[..., Counter], code: NetcheckCode
) -> None:
    counter = make_counter()
    counter.authority.code = code
    view = asked(begun(counter))
    assert view.identity is not None
    chip = view.identity.checks[1]
    assert (chip.code, chip.mark) == ("netcheck_unseen", "waiting")
    counter.station.judge_first(TellerJudgement.CANNOT_SAY)
    view = counter.wait_for(lambda one: one.gauge is not None)
    assert view.identity is not None
    assert view.identity.checks[1].code == ("netcheck_agrees" if code is NetcheckCode.MATCH_PHOTO_SAME else "netcheck_attention")


@pytest.mark.full
def test_a_name_that_does_not_agree_is_told_at_once(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.authority.code, counter.authority.photo = NetcheckCode.NAME_MISMATCH, None
    begun(counter)
    view = counter.wait_for(
        lambda one: one.judgement_asked and one.identity is not None and one.identity.checks[1].mark != "waiting"
    )
    assert view.identity is not None
    assert view.identity.checks[1].code == "netcheck_attention"


@pytest.mark.full
def test_the_reading_follows_the_judgement_and_both_are_kept(make_counter: Callable[..., Counter]) -> None:
    counter = begun(make_counter())
    asked(counter)
    counter.station.judge_first(TellerJudgement.PROBABLY_SAME)
    view = counter.view
    assert view.gauge is not None
    assert not view.judgement_asked
    assert view.teller_judgement is TellerJudgement.PROBABLY_SAME
    assert view.decision.enabled == frozenset(TellerDecision)
    with pytest.raises(SessionError):
        counter.station.judge_first(TellerJudgement.SURELY_DIFFERENT)
    assert counter.view.teller_judgement is TellerJudgement.PROBABLY_SAME


@pytest.mark.full
def test_a_disagreement_is_an_alert_of_its_own(make_counter: Callable[..., Counter]) -> None:
    counter = begun(make_counter())
    asked(counter)
    counter.station.judge_first(TellerJudgement.SURELY_DIFFERENT)
    view = counter.view
    assert view.alert is not None
    assert (view.alert.kind, view.alert.why) == ("judgement_disagreement", "teller_different_reading_same")


@pytest.mark.full
def test_another_capture_before_the_judgement_still_asks_and_one_after_it_does_not(make_counter: Callable[..., Counter]) -> None:
    counter = begun(make_counter())
    asked(counter)
    counter.station.retake()
    asked(counter)
    counter.station.judge_first(TellerJudgement.PERHAPS_SAME)
    counter.wait_for(lambda one: one.gauge is not None)
    counter.station.retake()
    view = counter.wait_for(lambda one: one.gauge is not None)
    assert view.teller_judgement is TellerJudgement.PERHAPS_SAME


@pytest.mark.full
def test_the_way_by_documents_is_open_while_the_judgement_is_asked_for(make_counter: Callable[..., Counter]) -> None:
    counter = begun(make_counter())
    asked(counter)
    counter.station.leave_face_path()
    view = counter.view
    assert not view.judgement_asked
    assert view.decision.enabled == frozenset(TellerDecision)
    assert view.identity is not None
    assert view.identity.checks[1].code == "netcheck_agrees"


@pytest.mark.full
@pytest.mark.parametrize("code", [NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_PHOTO_DIFFERENT])
def test_who_saw_the_authoritys_comparison_by_documents_is_not_asked_to_judge_first_afterwards(
    make_counter: Callable[..., Counter], code: NetcheckCode
) -> None:
    counter = make_counter()
    counter.authority.code = code
    asked(begun(counter))
    counter.station.leave_face_path()  # the documents' page tells what the authority says
    counter.station.record_consent()
    view = counter.wait_for(lambda one: one.judgement_asked or one.gauge is not None)
    assert not view.judgement_asked
    customer = counter.station._snapshot()
    assert customer is not None
    assert (customer.judged_first, customer.teller_judgement) == (True, None)  # the case says that it was due and not given


@pytest.mark.full
def test_a_decision_by_documents_that_is_undone_is_no_way_to_see_the_answer_before_judging(
    make_counter: Callable[..., Counter], settings: Settings
) -> None:
    counter = make_counter(settings=replace(settings, station=replace(settings.station, undo_s=30.0)))
    counter.authority.may_answer.clear()
    counter.station.sign_on("柜员一")
    counter.station.choose_business(BusinessKind.LOSS_REPORT)
    counter.station.begin()
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda one: one.identity is not None)
    counter.station.refuse_consent()
    counter.station.decide(TellerDecision.REFER, reason=codes("refer_reason")[0], second_teller="", documents=())
    counter.authority.may_answer.set()  # the answer comes while the decision can still be undone
    counter.wait_for(lambda one: one.identity is not None and one.identity.checks[1].code == "netcheck_agrees")
    counter.station.undo()
    counter.station.record_consent()
    view = counter.wait_for(lambda one: one.judgement_asked or one.gauge is not None)
    assert not view.judgement_asked


@pytest.mark.full
def test_who_went_by_documents_before_the_authority_answered_is_still_asked(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.authority.may_answer.clear()
    begun(counter)
    counter.wait_for(lambda one: one.judgement_asked)
    counter.station.leave_face_path()
    counter.station.record_consent()
    counter.authority.may_answer.set()
    asked(counter)


@pytest.mark.full
@pytest.mark.parametrize("code", [NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_PHOTO_DIFFERENT])
def test_without_a_chip_the_late_photograph_gives_nothing_away_before(
    make_counter: Callable[..., Counter], code: NetcheckCode
) -> None:
    counter = make_counter()
    counter.authority.code = code
    counter.authority.may_answer.clear()
    seen: list[StationView] = []
    counter.station.subscribe(lambda: seen.append(counter.view), lambda: None)
    counter.station.sign_on("柜员一")
    counter.station.choose_business(BusinessKind.LOSS_REPORT)
    counter.station.begin()
    counter.station.record_consent()
    counter.station.state_identity(NoChip.LOST, name=NAME, number=NUMBER)
    counter.wait_for(lambda one: "no_capture" not in one.reasons and bool(one.reasons))  # nothing to compare with yet
    counter.authority.may_answer.set()
    view = counter.wait_for(lambda one: one.judgement_asked)
    assert shown_of_comparisons(view) == {None, 0, ()}
    for one in (*seen, view):
        assert one.gauge is None
        assert {chip.code for chip in (() if one.identity is None else one.identity.checks)}.isdisjoint(
            {"netcheck_agrees", "netcheck_attention"}
        )
        assert not {f"netcheck_{code.value.lower()}", "live_netcheck_agrees"} & set(one.reasons)
    counter.station.judge_first(TellerJudgement.CANNOT_SAY)
    assert counter.view.gauge is not None


@pytest.mark.full
def test_an_authority_that_answers_late_is_compared_out_of_sight(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.authority.may_answer.clear()
    begun(counter)
    counter.wait_for(lambda one: one.judgement_asked)
    counter.authority.may_answer.set()
    view = asked(counter)
    assert view.portraits.pairs[EdgeName.LIVE_NETCHECK] is PairWord.UNSEEN
    counter.station.judge_first(TellerJudgement.CANNOT_SAY)
    assert PairWord.UNSEEN not in counter.view.portraits.pairs.values()


@pytest.mark.full
def test_an_account_opening_is_judged_first_when_it_is_drawn(make_counter: Callable[..., Counter]) -> None:
    drawn = begun(make_counter(draw=lambda _one_in: 0), BusinessKind.ACCOUNT_OPENING)
    asked(drawn)
    other = begun(make_counter(draw=lambda _one_in: 1), BusinessKind.ACCOUNT_OPENING)
    view = other.wait_for(lambda one: one.gauge is not None)
    assert view.teller_judgement is None


@pytest.mark.full
def test_the_gauge_is_timed_from_the_judgement_where_that_comes_last(make_counter: Callable[..., Counter]) -> None:
    counter = begun(make_counter())
    asked(counter)
    assert "card_to_gauge" not in counter.station.latency_ms()
    judged_s = time.monotonic()
    counter.station.judge_first(TellerJudgement.CANNOT_SAY)
    assert counter.station.latency_ms()["card_to_gauge"] <= 1000 * (time.monotonic() - judged_s)
