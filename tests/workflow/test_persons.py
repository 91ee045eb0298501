"""Who comes, and with what: agents and guardians before the holder, children, cards without a chip to read."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

import pytest

from teller_assist.decision.judgement import NextStep
from teller_assist.errors import SessionError
from teller_assist.evidence.id_number import IdNumber, check_character
from teller_assist.evidence.identity import IdentityCard, NoChip
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import Settings
from teller_assist.workflow.view import PassNeeds, Screen, Step, StepState
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import NAME, NUMBER, wait_until

PASS = TellerDecision.PASS


@pytest.fixture
def counter(make_counter: Callable[..., Counter], settings: Settings) -> Counter:
    return make_counter(settings=replace(settings, station=replace(settings.station, undo_s=0.2)))


def born(years_ago: int) -> IdNumber:
    """Return a number of somebody so old; area 190001 does not exist."""
    day = datetime.date.today() - datetime.timedelta(days=round(365.25 * years_ago + 30))
    first_17 = f"190001{day:%Y%m%d}017"
    return IdNumber(first_17 + check_character(first_17))


def child_card(counter: Counter, years: int = 9) -> IdentityCard:
    number = born(years)
    return replace(counter.card, number=Personal(number), birth_date=Personal(number.birth_date))


def opened(counter: Counter, kind: BusinessKind = BusinessKind.ACTIVATION, role: PersonRole = PersonRole.HOLDER) -> None:
    counter.station.sign_on("柜员一")
    counter.station.choose_business(kind)
    counter.station.choose_role(role)
    counter.station.begin()


def checked(counter: Counter, kind: BusinessKind, role: PersonRole) -> None:
    """Check one person with card and face, to the end."""
    opened(counter, kind, role)
    if counter.view.consent.asked:
        counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.gauge is not None and PASS in view.decision.enabled)
    needs = counter.view.decision.pass_needs
    counter.station.decide(PASS, reason="", second_teller="柜员二" if needs is PassNeeds.DUAL_SIGNATURE else "", documents=())
    counter.wait_for(lambda view: view.screen is Screen.READY)


# ---------------------------------------------------------------- several persons


@pytest.mark.full
def test_a_role_is_for_one_person_and_says_what_else_is_needed(counter: Counter) -> None:
    opened(counter, role=PersonRole.AGENT)
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: view.gauge is not None)
    assert view.role is PersonRole.AGENT
    assert "agent_acts" in view.reasons
    assert view.identity is not None
    assert "role_agent" in [chip.code for chip in view.identity.checks]
    counter.station.abandon()
    assert counter.view.role is PersonRole.HOLDER


def test_a_role_cannot_change_in_the_middle(counter: Counter) -> None:
    opened(counter)
    with pytest.raises(SessionError):
        counter.station.choose_role(PersonRole.AGENT)


@pytest.mark.full
@pytest.mark.parametrize(
    ("kind", "role", "step"),
    [
        (BusinessKind.ACTIVATION, PersonRole.AGENT, NextStep.PROCEED),
        (BusinessKind.PASSWORD_RESET, PersonRole.AGENT, NextStep.MANAGER_REVIEW),
        (BusinessKind.PASSWORD_RESET, PersonRole.GUARDIAN, NextStep.PROCEED),
        (BusinessKind.PASSWORD_RESET, PersonRole.HOLDER, NextStep.PROCEED),
    ],
)
def test_no_agent_acts_where_the_holder_has_to_come(
    counter: Counter, kind: BusinessKind, role: PersonRole, step: NextStep
) -> None:
    counter.station.sign_on("柜员一")
    counter.station.choose_business(kind)
    counter.station.choose_role(role)
    counter.to_decision()
    view = counter.wait_for(lambda view: view.decision.next_step is step)
    assert ("holder_must_come" in view.reasons) is (step is NextStep.MANAGER_REVIEW)


def test_an_agent_who_does_without_the_face_does_not_get_round_that(counter: Counter) -> None:
    opened(counter, BusinessKind.PASSWORD_RESET, PersonRole.AGENT)
    counter.reader.lay_down(counter.card)
    counter.station.refuse_consent()
    view = counter.wait_for(lambda view: "netcheck_match_photo_same" in view.reasons)
    assert view.decision.next_step is NextStep.MANAGER_REVIEW
    assert "holder_must_come" in view.reasons


@pytest.mark.full
def test_the_holder_for_whom_an_agent_came_is_checked_by_documents_alone(counter: Counter) -> None:
    checked(counter, BusinessKind.ACTIVATION, PersonRole.AGENT)
    assert counter.view.may_go_on
    counter.reader._laid_down.clear()
    counter.station.begin(another=True)
    assert counter.view.consent.may_be_absent
    counter.station.note_absence()
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: "netcheck_match_photo_same" in view.reasons)
    assert (view.role, view.consent.absent, view.gauge) == (PersonRole.HOLDER, True, None)
    assert view.portraits.live.absent == "absent"
    assert "holder_absent" in view.reasons
    assert "power_of_attorney" in view.decision.documents
    counter.station.decide(PASS, reason="", second_teller="", documents=("power_of_attorney",))
    assert counter.wait_for(lambda view: view.screen is Screen.READY).today.without_face == 1


@pytest.mark.full
def test_an_absent_holder_is_noted_as_well_where_the_bank_has_a_legal_basis(
    make_counter: Callable[..., Counter], settings: Settings
) -> None:
    legal = replace(settings, consent=replace(settings.consent, basis="legal_basis"))
    counter = make_counter(settings=replace(legal, station=replace(settings.station, undo_s=0.2)))
    checked(counter, BusinessKind.ACTIVATION, PersonRole.AGENT)
    counter.camera.show(counter.person * 0)
    counter.reader._laid_down.clear()
    counter.station.begin(another=True)
    assert counter.view.consent.may_be_absent
    counter.station.note_absence()
    view = counter.view
    assert (view.consent.given, view.consent.absent, view.consent.may_be_absent) == ("", True, False)


def test_nobody_is_absent_without_somebody_who_acts(counter: Counter) -> None:
    opened(counter)
    assert not counter.view.consent.may_be_absent
    with pytest.raises(SessionError) as refused:
        counter.station.note_absence()
    assert refused.value.facts["why"] == "nobody_acts"


@pytest.mark.full
def test_there_is_nothing_to_go_on_with_at_first_nor_for_another_teller(counter: Counter) -> None:
    counter.station.sign_on("柜员一")
    with pytest.raises(SessionError) as refused:
        counter.station.begin(another=True)
    assert refused.value.facts["why"] == "no_business_to_go_on_with"
    checked(counter, BusinessKind.ACTIVATION, PersonRole.AGENT)
    counter.station.sign_on("柜员二")
    assert not counter.view.may_go_on


@pytest.mark.full
def test_a_new_customer_has_nothing_to_do_with_the_agent_before(counter: Counter) -> None:
    checked(counter, BusinessKind.ACTIVATION, PersonRole.AGENT)
    counter.station.begin()
    assert not counter.view.consent.may_be_absent


# ---------------------------------------------------------------- children


@pytest.mark.full
def test_a_childs_consent_is_the_guardians(counter: Counter) -> None:
    opened(counter)
    counter.reader.lay_down(child_card(counter))
    view = counter.wait_for(lambda view: view.identity is not None)
    assert (view.consent.asked, view.consent.by_guardian) == (True, True)
    counter.station.record_consent()
    assert counter.view.consent.given == "guardian_consent"
    counter.wait_for(lambda view: view.gauge is not None)


@pytest.mark.full
def test_consent_that_a_child_gave_before_the_card_lapses(counter: Counter) -> None:
    opened(counter)
    counter.station.record_consent()
    counter.wait_for(lambda view: view.capture.captured)
    counter.reader.lay_down(child_card(counter))
    view = counter.wait_for(lambda view: view.identity is not None)
    assert (view.consent.asked, view.consent.given, view.capture.captured) == (True, "", False)
    customer = counter.station._customer
    assert customer is not None
    assert customer.chip is None, "nothing was measured meanwhile"
    counter.station.record_consent()
    counter.wait_for(lambda view: view.gauge is not None)


def test_consent_lapses_as_well_while_a_face_is_looked_for(counter: Counter) -> None:
    counter.camera.show(counter.person * 0)
    opened(counter)
    counter.station.record_consent()
    counter.reader.lay_down(child_card(counter))
    assert counter.wait_for(lambda view: view.identity is not None).consent.asked


def test_from_fourteen_on_the_customer_consents(counter: Counter) -> None:
    opened(counter)
    counter.reader.lay_down(child_card(counter, years=14))
    assert not counter.wait_for(lambda view: view.identity is not None).consent.by_guardian


# ---------------------------------------------------------------- no chip


@pytest.mark.full
def test_without_a_chip_the_authoritys_photograph_is_compared_and_carries_no_outcome(counter: Counter) -> None:
    opened(counter)
    assert counter.view.may_state_identity
    counter.station.record_consent()
    counter.station.state_identity(NoChip.LOST, name=NAME, number=f" {NUMBER[:6]} {NUMBER[6:].lower()} ")
    view = counter.wait_for(lambda view: view.gauge is not None)
    assert not view.may_state_identity
    assert view.decision.next_step is NextStep.AUXILIARY_DOCUMENT
    assert {"no_chip_lost", "netcheck_photo_alone"} <= set(view.reasons)
    assert "no_card" not in view.reasons, "said better"
    assert view.gauge is not None
    assert view.gauge.outcome.value == "INCONCLUSIVE"
    assert view.identity is not None
    assert (view.identity.typed, view.identity.masked_number) == (True, IdNumber(NUMBER).masked)
    assert view.portraits.chip.absent == "no_chip"
    assert view.steps[Step.READ_CARD] is StepState.DONE


@pytest.mark.full
def test_the_authority_may_be_slower_than_the_camera(counter: Counter) -> None:
    counter.authority.may_answer.clear()
    opened(counter)
    counter.station.record_consent()
    counter.station.state_identity(NoChip.DEMAGNETISED, name=NAME, number=NUMBER)
    counter.wait_for(lambda view: view.steps[Step.COMPARE] is StepState.ATTENTION)
    counter.authority.may_answer.set()
    assert counter.wait_for(lambda view: view.gauge is not None).decision.next_step is NextStep.AUXILIARY_DOCUMENT


@pytest.mark.full
def test_without_any_photograph_other_documents_are_asked_for(counter: Counter) -> None:
    counter.authority.code, counter.authority.photo = NetcheckCode.MATCH_NO_PHOTO, None
    opened(counter)
    counter.station.record_consent()
    counter.station.state_identity(NoChip.TEMPORARY_CARD, name=NAME, number=NUMBER)
    view = counter.wait_for(lambda view: view.decision.next_step is not None and "netcheck_match_no_photo" in view.reasons)
    assert view.decision.next_step is NextStep.AUXILIARY_DOCUMENT
    assert view.decision.pass_needs is PassNeeds.DOCUMENTS


@pytest.mark.parametrize("by_hand_first", [False, True])
def test_a_foreign_document_goes_by_documents_and_nobody_is_looked_up(counter: Counter, *, by_hand_first: bool) -> None:
    opened(counter)
    if by_hand_first:
        counter.station.refuse_consent()
    counter.station.state_identity(NoChip.FOREIGN_DOCUMENT, name="", number="")
    view = counter.view
    assert "no_chip_foreign_document" in view.reasons
    assert view.decision.next_step is NextStep.AUXILIARY_DOCUMENT
    assert not view.consent.may_return
    assert counter.authority.asked == 0


@pytest.mark.parametrize(
    ("name", "number", "why"),
    [
        (NAME, NUMBER[:17] + ("1" if NUMBER[17] != "1" else "2"), "number_invalid"),
        (NAME, "", "number_invalid"),
        ("  ", NUMBER, "name_missing"),
        ("林\u200b晓样", NUMBER, "name_missing"),
        ("林" * 101, NUMBER, "name_missing"),
    ],
)
def test_what_is_typed_wrongly_is_not_taken(counter: Counter, name: str, number: str, why: str) -> None:
    opened(counter)
    with pytest.raises(SessionError) as refused:
        counter.station.state_identity(NoChip.LOST, name=name, number=number)
    assert refused.value.facts["why"] == why
    assert counter.view.identity is None


def test_a_rare_character_may_be_private(counter: Counter) -> None:
    opened(counter)
    counter.station.state_identity(NoChip.LOST, name="林\ue863样", number=NUMBER)
    assert counter.view.identity is not None


def test_a_foreign_document_that_was_a_slip_can_be_corrected(counter: Counter) -> None:
    opened(counter)
    counter.station.state_identity(NoChip.FOREIGN_DOCUMENT, name="", number="")
    assert counter.view.may_state_identity
    counter.station.state_identity(NoChip.LOST, name=NAME, number=NUMBER)
    view = counter.view
    assert (view.may_state_identity, view.consent.may_return) == (False, True)
    assert "no_chip_lost" in view.reasons


def test_a_card_that_is_found_after_a_foreign_document_counts(counter: Counter) -> None:
    opened(counter)
    counter.station.state_identity(NoChip.FOREIGN_DOCUMENT, name="", number="")
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: view.identity is not None)
    assert "no_chip_foreign_document" not in view.reasons
    wait_until(lambda: counter.authority.asked == 1)
