"""From the session to what the window shows: no state of its own, so that every screen can be tested without Qt or a device."""

from __future__ import annotations

import datetime
from dataclasses import replace

from teller_assist.alerts.states import BranchState
from teller_assist.decision.judgement import EdgeName
from teller_assist.decision.persons import PersonsPolicy
from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.evidence.id_number import mask_name
from teller_assist.evidence.identity import IdentityCard
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.person_name import NameAgreement
from teller_assist.evidence.transaction import ConsentBasis, PersonRole
from teller_assist.settings.schema import Settings
from teller_assist.wording import Sentences, error_sentences, sentence
from teller_assist.workflow.capture_view import capture_view
from teller_assist.workflow.cards_view import bank_card_view, travel_document_view
from teller_assist.workflow.challenge_view import challenge_rows
from teller_assist.workflow.counter_session import DECIDABLE, TABLE, SessionEvent, SessionState
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.deciding import decision_view
from teller_assist.workflow.equipment import devices_of
from teller_assist.workflow.gauge import gauge_view
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.matter import basis_for
from teller_assist.workflow.portraits_view import no_portraits, portraits_view
from teller_assist.workflow.scan_view import scan_step, scan_view, scans_here
from teller_assist.workflow.scene import Scene
from teller_assist.workflow.second_identity_view import seen_before
from teller_assist.workflow.travel_document_identity import identity_of
from teller_assist.workflow.view import (
    Chip,
    ConsentView,
    DeviceChip,
    GaugeView,
    IdentityView,
    Mark,
    Screen,
    StationView,
    Step,
    StepState,
)
from teller_assist.workflow.view_cards import TravelDocumentView
from teller_assist.workflow.view_portraits import PortraitsView

BRANCH_SERVER = "branch_server"
# Number and name agree, and then: how the authority's own comparison of faces came out.
_COMPARES_PHOTOS = frozenset({NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_PHOTO_DIFFERENT, NetcheckCode.MATCH_NO_PHOTO})


def station_view(scene: Scene, instruments: Instruments, settings: Settings) -> StationView:
    """Return what the window shows."""
    customer, presence = scene.customer, scene.desk.presence
    shown = customer if customer is not None and not presence.locked else None
    judgement = None if shown is None or scene.veiled else shown.judgement
    alerts = () if judgement is None else judgement.alerts
    scans = scans_here(scene, reads=instruments.document_reader is not None)
    return StationView(
        screen=_screen(scene),
        teller=scene.desk.teller,
        counter=settings.station.counter,
        devices=_devices(scene),
        business_kind=scene.matter.kind if customer is None else customer.business_kind,
        steps=_steps(scene, scans=scans),
        consent=_consent(scene, instruments.policy.persons),
        alert=alerts[0] if alerts else None,
        more_alerts=max(0, len(alerts) - 1),
        identity=None if shown is None else _identity(scene, shown),
        capture=capture_view(scene.state, shown, scene.watched, stalled=scene.stalled, blanked=presence.blanked),
        portraits=_portraits(scene, shown),
        gauge=None if scene.veiled else _gauge(shown),
        decision=decision_view(scene),
        today=scene.desk.today(scene.branch, scene.kept, scene.marked),
        reviews=scene.reviews if _screen(scene) in (Screen.READY, Screen.CUSTOMER) else replace(scene.reviews, rows=()),
        reference="" if customer is None else customer.reference,
        role=scene.matter.role if customer is None else customer.role,
        may_go_on=customer is None and scene.matter.may_go_on,
        may_state_identity=shown is not None and shown.number is None and (scene.state, SessionEvent.CARD_READ) in TABLE,
        judgement_asked=shown is not None and scene.state is SessionState.JUDGING,
        teller_judgement=None if shown is None else shown.teller_judgement,
        challenge=() if shown is None else challenge_rows(scene.state, shown),
        notices=_notices(scene, instruments),
        problem=_problem(scene, shown),
        simulated=None if scene.equipment is None else scene.equipment.simulated,
        training=scene.training if _screen(scene) is Screen.READY else None,
        reasons=() if judgement is None else judgement.reasons,
        sign_on=scene.sign_on,
        scan=scan_view(scene, shown) if shown is not None and scans else None,
        travel_document=TravelDocumentView() if shown is None else travel_document_view(scene, shown),
        bank_card=None if shown is None else bank_card_view(scene, shown, instruments.issuing_banks),
        device_care=scene.device_care,
        seen_before=None if shown is None or judgement is None else seen_before(shown.second_identity),
    )


def _problem(scene: Scene, customer: Customer | None) -> Sentences | None:
    """Return the customer's own problem, else the station's, else that a case could not be written to the disk."""
    if customer is not None and customer.problem is not None:
        return customer.problem
    if scene.problem is not None or scene.branch is None or not scene.branch.unsaved or scene.branch.problem is None:
        return scene.problem
    return error_sentences(scene.branch.problem)


def _screen(scene: Scene) -> Screen:
    if scene.desk.presence.locked:
        return Screen.LOCKED
    if not scene.desk.teller:
        return Screen.SIGN_ON
    return Screen.READY if scene.customer is None else Screen.CUSTOMER


def _devices(scene: Scene) -> tuple[DeviceChip, ...]:
    chips = []
    for kind in devices_of(scene.equipment):
        why = None if scene.equipment is None else scene.equipment.absent.get(kind)
        state = DeviceState.NOT_AVAILABLE if why is not None else scene.device_states.get(kind, DeviceState.STARTING)
        if why is None and state is not DeviceState.READY:
            device = None if scene.equipment is None else scene.equipment.devices().get(kind)
            problem = None if device is None else device.problem
            why = None if problem is None else error_sentences(problem)
        chips.append(DeviceChip(kind.value, state, why))
    return (*chips, _branch_server(scene.branch))


def _branch_server(branch: BranchState | None) -> DeviceChip:
    if branch is None:
        return DeviceChip(BRANCH_SERVER, DeviceState.NOT_AVAILABLE, sentence("notice", "not_enrolled"))
    if branch.problem is not None:
        state = DeviceState.OUT_OF_ORDER if branch.reachable else DeviceState.UNREACHABLE
        return DeviceChip(BRANCH_SERVER, state, error_sentences(branch.problem), branch.waiting)
    return DeviceChip(BRANCH_SERVER, DeviceState.READY if branch.reachable else DeviceState.STARTING, None, branch.waiting)


def _steps(scene: Scene, *, scans: bool) -> dict[Step, StepState]:
    customer, state = scene.customer, scene.state
    if customer is None:
        return dict.fromkeys(Step, StepState.TO_COME)
    has_card, has_capture = customer.identified, customer.capture is not None
    compared = bool(customer.edges) and not scene.veiled
    comparing = state in (SessionState.COMPARING, SessionState.JUDGING)
    steps = {
        Step.READ_CARD: StepState.DONE if has_card else StepState.NOW,
        Step.SCAN: scan_step(customer) if scans else StepState.SKIPPED,
        Step.CAPTURE: StepState.DONE if has_capture else StepState.NOW if customer.consent else StepState.TO_COME,
        Step.COMPARE: StepState.DONE if compared else StepState.NOW if comparing else StepState.TO_COME,
        Step.DECIDE: StepState.NOW if state in DECIDABLE else StepState.TO_COME,
    }
    if customer.decision is not None:
        steps[Step.DECIDE] = StepState.DONE
    if state in (SessionState.BY_HAND, SessionState.BY_HAND_WITH_CARD):
        steps |= {Step.CAPTURE: StepState.SKIPPED, Step.COMPARE: StepState.SKIPPED}
    if state is SessionState.WITHOUT_READING:
        steps[Step.COMPARE] = StepState.ATTENTION
    if not has_card and customer.problem is not None:
        steps[Step.READ_CARD] = StepState.ATTENTION
    return steps


def _consent(scene: Scene, persons: PersonsPolicy) -> ConsentView:
    customer = scene.customer
    if customer is None:
        return ConsentView(asked=False, given="", refused=False)
    asked = scene.state in (SessionState.OPENED, SessionState.CARD_KNOWN)
    return ConsentView(
        asked=asked,
        given=customer.consent or "",
        refused=customer.face_refused,
        left=customer.face_path_left,
        may_leave=not asked and (scene.state, SessionEvent.BY_HAND_CHOSEN) in TABLE,
        may_return=scene.state in (SessionState.BY_HAND, SessionState.BY_HAND_WITH_CARD) and not _is_foreign(customer),
        by_guardian=asked and basis_for(customer, persons) is ConsentBasis.GUARDIAN_CONSENT,
        absent=customer.holder_absent,
        may_be_absent=customer.capture is None
        and (scene.state, SessionEvent.BY_HAND_CHOSEN) in TABLE
        and scene.matter.somebody_acts(customer),
    )


def _portraits(scene: Scene, customer: Customer | None) -> PortraitsView:
    if customer is None:
        return no_portraits("blanked")
    whole = portraits_view(customer, authority_answers=scene.authority_answers, veiled=scene.veiled)
    # The words between the portraits show no face: they stay when the faces are blanked.
    return replace(no_portraits("blanked"), pairs=whole.pairs) if scene.desk.presence.blanked else whole


def _is_foreign(customer: Customer) -> bool:
    """Return whether there is no portrait that the live face could be compared with, and none to come."""
    return customer.stated is not None and customer.stated.number is None and not customer.has_chip


def _identity(scene: Scene, customer: Customer) -> IdentityView | None:
    netcheck = _netcheck_chip(scene, customer)
    again = customer.may_read_again and (scene.state, SessionEvent.CARD_PUT_ASIDE) in TABLE
    ask = customer.may_ask_authority_again and (scene.state, SessionEvent.NETCHECK_ASKED_AGAIN) in TABLE
    if customer.card is not None:
        of_card = _of_card(customer.card, (*_role(customer), netcheck))
        return replace(of_card, may_read_again=again, may_ask_authority_again=ask)
    if customer.travel_document is not None:
        return replace(identity_of(customer.travel_document, _role(customer)), may_read_again=again)
    number, name = customer.number, customer.name
    if number is None or name is None:
        return None
    known = number.reveal()
    return IdentityView(
        masked_name=mask_name(name.reveal()),
        masked_number=known.masked,
        sex=known.sex,
        age_years=known.age_years(datetime.datetime.now().astimezone().date()),
        ethnicity="",
        valid_until=None,
        checks=(Chip("no_chip", Mark.ATTENTION), *_role(customer), netcheck),
        typed=True,
        may_read_again=again,
        may_ask_authority_again=ask,
    )


def _role(customer: Customer) -> tuple[Chip, ...]:
    code = {PersonRole.AGENT: "role_agent", PersonRole.GUARDIAN: "role_guardian"}.get(customer.role)
    return () if code is None else (Chip(code, Mark.ATTENTION),)


def _of_card(card: IdentityCard, more: tuple[Chip, ...]) -> IdentityView:
    today = datetime.datetime.now().astimezone().date()
    return IdentityView(
        masked_name=mask_name(card.name.reveal()),
        masked_number=card.number.reveal().masked,
        sex=card.sex,
        age_years=card.age_years(today),
        ethnicity=card.ethnicity,
        valid_until=card.valid_until,
        checks=(
            Chip("card_valid", Mark.GOOD) if card.is_valid_on(today) else Chip("card_expired", Mark.BAD),
            *more,
        ),
    )


def _netcheck_chip(scene: Scene, customer: Customer) -> Chip:
    if customer.netcheck is None:
        return Chip("netcheck_waiting", Mark.WAITING) if scene.authority_answers else Chip("netcheck_not_asked", Mark.UNKNOWN)
    code = customer.netcheck.code
    if scene.veiled and code in _COMPARES_PHOTOS:
        return Chip("netcheck_unseen", Mark.WAITING, sentence("judgement", "netcheck_unseen"))
    detail = sentence("netcheck", code.value)
    if customer.netcheck.name_agreement is NameAgreement.ENCODING:
        detail = sentence("netcheck_name", "encoding")
    if code in (NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_NO_PHOTO):
        return Chip("netcheck_agrees", Mark.GOOD, detail)
    return Chip("netcheck_attention", Mark.ATTENTION, detail)


def _gauge(customer: Customer | None) -> GaugeView | None:
    if customer is None or customer.judgement is None:
        return None
    # Without a chip the authority's photograph or the printed portrait is all there is.
    names = (EdgeName.LIVE_CHIP,) if customer.has_chip else (EdgeName.LIVE_NETCHECK, EdgeName.LIVE_PRINTED)
    edges = (customer.edges.get(name) for name in names)
    answer = next((edge.answer for edge in edges if edge is not None and edge.answer is not None), None)
    if answer is None:
        return None
    camera = next((one.plugin_id for one in customer.devices if one.kind == DeviceKind.CAMERA), "")
    return gauge_view(answer, customer.judgement.outcome, camera=camera)


def _notices(scene: Scene, instruments: Instruments) -> tuple[Sentences, ...]:
    notices = list(instruments.notices)
    if scene.equipment is not None:
        if scene.equipment.netcheck is None:
            notices.append(scene.equipment.netcheck_problem or sentence("notice", "no_netcheck"))
        if scene.equipment.register is None and scene.branch is None:
            notices.append(sentence("notice", "no_register"))
    return tuple(notices)
