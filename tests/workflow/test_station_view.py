"""Every code that a view can carry has its words; what a view must never hold."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.decision.judgement import EdgeName, FaceFinding, NextStep
from teller_assist.decision.kinship import NO_ENTRY
from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.errors import GatewayError
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.netcheck import NetcheckCode, NetcheckResult
from teller_assist.evidence.person_name import NameAgreement
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.presentation import PadReading, PadState
from teller_assist.evidence.transaction import BusinessKind, ConsentBasis, TellerDecision
from teller_assist.netcheck.provider import NetcheckProvider
from teller_assist.pad.assessment import PadWhy
from teller_assist.settings.schema import StationSettings
from teller_assist.wording import codes
from teller_assist.workflow.capture_view import NOTHING_WATCHED, Watched
from teller_assist.workflow.concluding import conclude_customer
from teller_assist.workflow.counter_session import DECIDABLE, SessionState
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.desk import Desk
from teller_assist.workflow.equipment import CounterEquipment
from teller_assist.workflow.matter import Matter
from teller_assist.workflow.scene import Scene
from teller_assist.workflow.station_view import station_view
from teller_assist.workflow.triangle import Edge
from teller_assist.workflow.view import IdentityView, Screen, StationView, Step, StepState
from teller_assist.workflow.view_portraits import PairWord
from tests.stand_ins.equipment import NAME, NUMBER, ToldAuthority, bare_counter, made_up_card

PORTRAIT = Picture(np.full((126, 102, 3), 90, np.uint8), "JPEG", "reference")
CARD = made_up_card(PORTRAIT)
CUSTOMER = Customer(1, BusinessKind.LOSS_REPORT, consent=ConsentBasis.SEPARATE_CONSENT, card=CARD)
SILENT = PadReading(PadState.NOT_AVAILABLE, (PadWhy.PASSIVE_MODEL_MISSING,))


def scene(state: SessionState = SessionState.SEARCHING, customer: Customer | None = CUSTOMER, **changed: object) -> Scene:
    desk = Desk(StationSettings())
    desk.sign_on("柜员一", 0.0)
    matter = Matter()
    matter.choose(BusinessKind.ACTIVATION)
    made = Scene(
        state,
        customer,
        desk,
        matter,
        CounterEquipment(),
        {},
        stalled=False,
        problem=None,
        watched=NOTHING_WATCHED,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


Show = Callable[[Scene], StationView]


@pytest.fixture
def show(installation: Installation) -> Show:
    def shown(one: Scene) -> StationView:
        return station_view(one, installation.instruments, installation.settings)

    return shown


def identity_of(view: StationView) -> IdentityView:
    assert view.identity is not None
    return view.identity


def pad_code(view: StationView) -> str:
    assert view.capture.pad is not None
    return view.capture.pad.code


@pytest.mark.parametrize("code", [code for code in NetcheckCode if code is not NetcheckCode.NOT_ASKED])
def test_every_answer_of_the_authority_has_its_words(show: Show, installation: Installation, code: NetcheckCode) -> None:
    customer = replace(CUSTOMER, netcheck=NetcheckResult(code, None), kinship=NO_ENTRY)
    judgement = conclude_customer(customer, {}, installation.policy)
    view = show(scene(SessionState.WITHOUT_READING, replace(customer, judgement=judgement)))
    assert all(check.code in codes("identity_check") for check in identity_of(view).checks)
    assert view.portraits.netcheck.absent in codes("portrait_absent")
    assert set(view.reasons) <= set(codes("reason"))
    for alert in judgement.alerts:
        assert alert.why in codes("alert_headline")
        assert alert.why in codes("alert_text")


def test_no_answer_is_waited_for_at_a_counter_without_networked_verification(show: Show) -> None:
    without = show(scene(equipment=CounterEquipment()))
    with_it = show(scene(equipment=CounterEquipment(netcheck=ToldAuthority(NetcheckCode.MATCH_NO_PHOTO))))
    assert [identity_of(view).checks[1].code for view in (without, with_it)] == ["netcheck_not_asked", "netcheck_waiting"]
    assert [view.portraits.netcheck.absent for view in (without, with_it)] == ["not_available", "not_yet"]
    pairs = [view.portraits.pairs[EdgeName.LIVE_NETCHECK] for view in (without, with_it)]
    assert pairs == [PairWord.NOT_COMPARED, PairWord.WAITING]
    assert without.portraits.pairs[EdgeName.LIVE_CHIP] is PairWord.WAITING


def test_a_match_is_advised_on_once_the_authority_has_answered(show: Show, installation: Installation) -> None:
    judgement = conclude_customer(replace(CUSTOMER, kinship=NO_ENTRY), {}, installation.policy)
    matched = replace(judgement, face=FaceFinding.MATCH, next_step=NextStep.VERIFY_BY_HAND)
    asking, silent = CounterEquipment(netcheck=ToldAuthority(NetcheckCode.MATCH_NO_PHOTO)), CounterEquipment()
    customer = replace(CUSTOMER, judgement=matched)
    assert show(scene(SessionState.DECIDING, customer, equipment=asking)).decision.next_step is None
    assert show(scene(SessionState.DECIDING, customer, equipment=silent)).decision.next_step is NextStep.VERIFY_BY_HAND
    asked = replace(customer, judgement=replace(matched, next_step=NextStep.CHALLENGE_QUESTIONS))
    view = show(scene(SessionState.DECIDING, asked, equipment=asking))
    assert view.decision.next_step is NextStep.CHALLENGE_QUESTIONS, "what holds without the answer is said at once"


@pytest.mark.parametrize("state", SessionState)
def test_every_state_can_be_shown_and_says_what_may_be_decided(show: Show, state: SessionState) -> None:
    view = show(scene(state, None if state is SessionState.IDLE else CUSTOMER))
    assert bool(view.decision.enabled) == (state in DECIDABLE)
    assert set(view.steps) == set(Step)
    assert view.screen is (Screen.READY if state is SessionState.IDLE else Screen.CUSTOMER)


def test_a_view_never_holds_the_full_name_or_number(show: Show) -> None:
    told = repr(show(scene()))
    assert NAME not in told
    assert NUMBER not in told
    assert "样本省" not in told


def test_refusing_is_never_emphasised(show: Show, installation: Installation) -> None:
    for code in NetcheckCode:
        customer = replace(CUSTOMER, netcheck=NetcheckResult(code, None))
        judged = replace(customer, judgement=conclude_customer(customer, {}, installation.policy))
        assert show(scene(SessionState.WITHOUT_READING, judged)).decision.emphasised is not TellerDecision.REJECT


def test_a_rare_character_written_otherwise_is_named_as_that_and_no_mismatch(show: Show, installation: Installation) -> None:
    answered = replace(CUSTOMER, netcheck=NetcheckResult(NetcheckCode.NAME_MISMATCH, None, NameAgreement.ENCODING))
    judgement = conclude_customer(answered, {}, installation.policy)
    assert "netcheck_name_encoding" in judgement.reasons
    assert "netcheck_name_mismatch" not in judgement.reasons
    view = show(scene(SessionState.WITHOUT_READING, replace(answered, judgement=judgement)))
    detail = identity_of(view).checks[1].detail
    assert detail is not None
    assert "编码差异" in detail.zh


def test_an_expired_card_is_a_document_problem(show: Show, installation: Installation) -> None:
    old = replace(CUSTOMER, card=made_up_card(PORTRAIT, valid_until=datetime.date(2020, 1, 1)))
    judgement = conclude_customer(old, {}, installation.policy)
    assert "card_expired" in judgement.reasons
    view = show(scene(SessionState.WITHOUT_READING, replace(old, judgement=judgement)))
    assert identity_of(view).checks[0].code == "card_expired"


def test_the_chip_of_a_device_says_why_it_is_not_ready(show: Show) -> None:
    equipment = bare_counter().open(lambda kind, state: None)
    chips = {chip.device: chip for chip in show(scene(equipment=equipment)).devices}
    assert chips["camera"].state is DeviceState.NOT_AVAILABLE
    why = chips["camera"].why
    assert why is not None
    assert "插件" in why.zh
    assert chips["branch_server"].why is not None
    starting = show(scene(device_states={DeviceKind.CAMERA: DeviceState.STARTING})).devices[0]
    assert (starting.state, starting.why) == (DeviceState.STARTING, None), "the state says it, and once is enough"
    assert show(scene(device_states={DeviceKind.CAMERA: DeviceState.READY})).devices[0].why is None


def test_a_gateway_that_is_set_up_wrongly_is_named_and_the_counter_opens_without(show: Show) -> None:
    def refused() -> NetcheckProvider:
        raise GatewayError("gateway_address_unusable", why="not_encrypted")

    for open_netcheck, words in ((refused, "网关的地址有误"), (lambda: None, "联网核查未接入")):
        equipment = bare_counter(open_netcheck).open(lambda kind, state: None)
        assert equipment.netcheck is None
        notices = [one.zh for one in show(scene(equipment=equipment)).notices]
        assert sum(words in one for one in notices) == 1


def test_hints_and_marks_stand_only_while_a_face_is_looked_for(show: Show) -> None:
    watched = Watched("no_face", (), (), SILENT)
    assert show(scene(watched=watched)).capture.hint is not None
    assert pad_code(show(scene(watched=watched))) == "not_available"
    before_consent = replace(CUSTOMER, consent=None)
    view = show(scene(SessionState.CARD_KNOWN, before_consent, watched=watched))
    assert (view.capture.hint, view.capture.pad, view.capture.permitted) == (None, None, False)


@pytest.mark.parametrize("state", PadState)
def test_every_pad_state_has_a_chip(show: Show, state: PadState) -> None:
    for why in PadWhy:
        view = show(scene(SessionState.DECIDING, replace(CUSTOMER, pad=PadReading(state, (why,)))))
        assert pad_code(view) in codes("pad_chip")


def test_an_edge_that_was_not_compared_is_no_disagreement(installation: Installation) -> None:
    edges = {name: Edge(None, "no_photo") for name in EdgeName}
    judgement = conclude_customer(replace(CUSTOMER, attempts=1), edges, installation.policy)
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert not any("differ" in reason for reason in judgement.reasons)


def test_the_scan_step_is_skipped_where_nothing_reads_scans(show: Show) -> None:
    assert show(scene()).steps[Step.SCAN] is StepState.SKIPPED


def test_blanking_hides_faces_and_leaves_the_words_between_them(show: Show) -> None:
    edges = {name: Edge(None, "no_face") for name in EdgeName}
    told = scene(SessionState.WITHOUT_READING, replace(CUSTOMER, edges=edges, chip_shown=PORTRAIT.pixels))
    before = show(told)
    told.desk.let_time_pass(1e5)
    told.desk.sign_on("柜员一", 0.0)
    told.desk.let_time_pass(StationSettings().blank_after_idle_s)
    blanked = show(told)
    assert before.portraits.chip.pixels is not None
    assert blanked.portraits.chip.pixels is None
    assert blanked.portraits.pairs == before.portraits.pairs
