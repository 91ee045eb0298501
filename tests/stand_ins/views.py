"""Made-up views of the counter: one for every state that the window can be in. The persons are invented, the faces drawn."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from teller_assist.alerts.states import SignOnWay
from teller_assist.decision.challenge import ChallengeQuestion
from teller_assist.decision.judgement import Alert, AlertKind, EdgeName, NextStep, Severity
from teller_assist.decision.second_identity import FaceSearch, SecondIdentityFinding, SeenBefore
from teller_assist.demonstration.drawn_faces import drawn_face
from teller_assist.devices.kinds import DeviceState
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision, TellerJudgement
from teller_assist.wording import codes, reason_sentences, sentence
from teller_assist.workflow.preview_frame import PreviewFrame
from teller_assist.workflow.second_identity_view import seen_before
from teller_assist.workflow.view import (
    ChallengeRow,
    Chip,
    ConsentView,
    DeviceChip,
    IdentityView,
    Mark,
    PassNeeds,
    Screen,
    SimulatedView,
    StationView,
    Step,
    StepState,
)
from teller_assist.workflow.view_cards import BankCardView, TravelDocumentView
from teller_assist.workflow.view_devices import DevicesView
from teller_assist.workflow.view_portraits import PairWord
from teller_assist.workflow.view_reviews import ReviewRow
from teller_assist.workflow.view_scan import ScanView
from teller_assist.workflow.view_sign_on import SignOnView
from teller_assist.workflow.view_training import TrainingView
from tests.stand_ins.device_views import DEVICE_VIEWS
from tests.stand_ins.review_views import REVIEWS, reviews, today_with
from tests.stand_ins.scan_views import SCANS
from tests.stand_ins.training_views import TRAINING
from tests.stand_ins.view_parts import (
    ALL,
    ASKED,
    CAPTURED,
    CONSENTED,
    GOOD_PICTURE,
    LEFT,
    LIVE_PERSON,
    NO_PASS,
    POOR_PICTURE,
    REFUSED,
    capture,
    decision,
    devices,
    gauge,
    identity,
    of_passport,
    pairs,
    passport_identity,
    portraits,
    steps,
    today,
    with_printed_portrait,
)

__all__ = ["STATES", "compared", "decision", "impostor", "preview_frame", "view"]


def view(screen: Screen = Screen.CUSTOMER, **changed: Any) -> StationView:
    """A view with nothing in it yet but the teller; what differs is named."""
    usual = StationView(
        screen=screen,
        teller="10427",
        counter="3号柜台",
        devices=devices(),
        business_kind=BusinessKind.LOSS_REPORT,
        steps=steps(0),
        consent=CONSENTED,
        alert=None,
        more_alerts=0,
        identity=None,
        capture=capture(),
        portraits=portraits(""),
        gauge=None,
        decision=decision(),
        today=today(),
    )
    return replace(usual, **changed)


def compared(outcome: Outcome, **changed: Any) -> StationView:
    """A customer whose pictures were compared."""
    word, step, strong, needs = {
        Outcome.MATCH: (PairWord.AGREE, NextStep.PROCEED, TellerDecision.PASS, PassNeeds.NOTHING),
        Outcome.INCONCLUSIVE: (PairWord.CANNOT_TELL, NextStep.RETAKE, None, PassNeeds.NOTHING),
        Outcome.NON_MATCH: (PairWord.DIFFER, NextStep.AUXILIARY_DOCUMENT, None, PassNeeds.DUAL_SIGNATURE),
    }[outcome]
    reason = {
        Outcome.MATCH: "live_chip_agrees",
        Outcome.INCONCLUSIVE: "live_chip_cannot_tell",
        Outcome.NON_MATCH: "live_chip_differs",
    }[outcome]
    usual = view(
        steps=steps(4),
        identity=identity(),
        capture=capture(**CAPTURED),
        portraits=portraits(words=pairs(word, word, PairWord.AGREE), glasses=outcome is Outcome.NON_MATCH),
        gauge=gauge(outcome),
        decision=decision(ALL, strong, step, pass_needs=needs),
        reasons=(reason,),
    )
    return replace(usual, **changed)


def _typed_identity() -> IdentityView:
    """Of a customer whose chip cannot be read."""
    checks = (Chip("no_chip", Mark.ATTENTION), Chip("netcheck_agrees", Mark.GOOD))
    return identity(ethnicity="", valid_until=None, typed=True, checks=checks)


PASSPORT_REASONS = (
    "travel_document_issuer_not_checked",
    "travel_document_nobody_to_look_up",
    "travel_document_not_calibrated",
    "pad_bona_fide",
)
WAITING_FOR_LIVE = pairs(PairWord.NOT_COMPARED, PairWord.WAITING, PairWord.NOT_COMPARED)


def impostor(why: str = "live_chip_differs") -> Alert:
    return Alert(AlertKind.IMPOSTOR, Severity.REVIEW, why)


def _with_reviews(rows: tuple[ReviewRow, ...], *, customer: bool) -> StationView:
    shown = compared(Outcome.MATCH) if customer else view(Screen.READY, today=today_with(*rows))
    return replace(shown, reviews=reviews(*rows))


def _with_scan(make: Callable[[], ScanView], *, read: bool) -> StationView:
    """Before the comparison, when the scan is looked at; or beside a reading."""
    scan = make()
    step = StepState.NOW if scan.state_runs else StepState.ATTENTION if scan.told or scan.to_look_at else StepState.DONE
    shown = compared(Outcome.MATCH) if read else STATES["waiting_for_consent"]()
    return replace(shown, scan=scan, steps=shown.steps | {Step.SCAN: step})


def _with_training(make: Callable[[], TrainingView]) -> StationView:
    return view(Screen.READY, training=make())


def _with_devices(make: Callable[[], tuple[tuple[DeviceChip, ...], DevicesView]]) -> StationView:
    chips, seen = make()
    return view(Screen.READY, devices=chips, device_care=seen)


STATES: dict[str, Callable[[], StationView]] = {
    "opening": lambda: view(Screen.OPENING, teller="", counter="3号柜台"),
    "sign_on": lambda: view(Screen.SIGN_ON, teller=""),
    "sign_on_problem": lambda: view(Screen.SIGN_ON, teller="", devices=devices(camera=DeviceState.NOT_AVAILABLE)),
    "sign_on_simulated": lambda: view(
        Screen.SIGN_ON, teller="", simulated=SimulatedView(1, 6, sentence("simulated_material", "recordings"))
    ),
    "sign_on_password": lambda: view(Screen.SIGN_ON, teller="", sign_on=SignOnView(by_password=True)),
    "sign_on_refused": lambda: view(
        Screen.SIGN_ON, teller="", sign_on=SignOnView(by_password=True, refused=reason_sentences("offline_sign_on_missing"))
    ),
    "sign_on_checking": lambda: view(Screen.SIGN_ON, teller="", sign_on=SignOnView(by_password=True, checking=True)),
    "locked_password": lambda: view(Screen.LOCKED, identity=identity(), sign_on=SignOnView(by_password=True, login="li.na")),
    "ready_offline": lambda: view(Screen.READY, sign_on=SignOnView(by_password=True, way=SignOnWay.OFFLINE)),
    "locked": lambda: view(Screen.LOCKED, identity=identity(), portraits=portraits()),
    "ready": lambda: view(Screen.READY),
    "ready_first": lambda: view(Screen.READY, today=today(0, waiting=0)),
    "ready_to_go_on": lambda: view(Screen.READY, may_go_on=True),
    "holder_of_an_agent": lambda: view(
        consent=replace(ASKED, may_be_absent=True), capture=capture(permitted=False), may_state_identity=True
    ),
    "holder_absent": lambda: view(
        consent=ConsentView(asked=False, given="", refused=False, absent=True),
        steps=steps(4) | {Step.CAPTURE: StepState.SKIPPED, Step.COMPARE: StepState.SKIPPED},
        identity=identity(),
        capture=capture(permitted=False),
        portraits=portraits("chip netcheck", dict.fromkeys(EdgeName, PairWord.NOT_COMPARED), absent="absent"),
        decision=decision(ALL, None, NextStep.VERIFY_BY_HAND, pass_needs=PassNeeds.DOCUMENTS, documents=codes("document")),
        alert=Alert(AlertKind.NON_FACE_PATH, Severity.INFO, "holder_absent"),
        reasons=("holder_absent",),
    ),
    "guardian_asked": lambda: view(
        consent=replace(ASKED, by_guardian=True),
        capture=capture(permitted=False),
        steps=steps(1),
        identity=identity(age_years=9),
        portraits=portraits("chip"),
    ),
    "agent": lambda: compared(
        Outcome.MATCH,
        role=PersonRole.AGENT,
        identity=identity(
            checks=(Chip("card_valid", Mark.GOOD), Chip("role_agent", Mark.ATTENTION), Chip("netcheck_agrees", Mark.GOOD))
        ),
        reasons=("agent_acts", "live_chip_agrees"),
    ),
    "no_chip": lambda: compared(
        Outcome.INCONCLUSIVE,
        identity=_typed_identity(),
        portraits=portraits(
            "live netcheck", pairs(PairWord.AGREE, PairWord.NOT_COMPARED, PairWord.NOT_COMPARED), absent="no_chip"
        ),
        gauge=replace(gauge(Outcome.MATCH), outcome=Outcome.INCONCLUSIVE),
        decision=decision(ALL, None, NextStep.AUXILIARY_DOCUMENT),
        reasons=("no_chip_lost", "live_netcheck_agrees", "netcheck_photo_alone"),
    ),
    "no_chip_printed_portrait": lambda: compared(
        Outcome.INCONCLUSIVE,
        identity=_typed_identity(),
        portraits=with_printed_portrait(
            "live netcheck chip", pairs(PairWord.AGREE, PairWord.NOT_COMPARED, PairWord.NOT_COMPARED, PairWord.AGREE)
        ),
        gauge=replace(gauge(Outcome.MATCH), outcome=Outcome.INCONCLUSIVE),
        decision=decision(ALL, None, NextStep.AUXILIARY_DOCUMENT),
        reasons=("no_chip_temporary_card", "live_netcheck_agrees", "live_printed_agrees", "printed_and_netcheck_alone"),
    ),
    "passport_to_read": lambda: view(
        consent=ASKED,
        capture=capture(permitted=False),
        may_state_identity=True,
        travel_document=TravelDocumentView(may_read=True),
        bank_card=BankCardView(may_read=True),
    ),
    "passport_read": lambda: view(
        consent=ASKED,
        capture=capture(permitted=False),
        steps=steps(1),
        identity=passport_identity(),
        portraits=of_passport("chip", WAITING_FOR_LIVE),
        bank_card=BankCardView(may_read=True, reading=True, told=sentence("bank_card", "reading")),
    ),
    "passport_agrees": lambda: compared(
        Outcome.MATCH,
        identity=passport_identity(),
        portraits=of_passport("live chip", pairs(PairWord.NOT_COMPARED, PairWord.AGREE, PairWord.NOT_COMPARED)),
        gauge=replace(gauge(Outcome.MATCH), calibration=sentence("reading", "travel_document_calibration")),
        decision=decision(ALL, None, NextStep.VERIFY_BY_HAND),
        reasons=("live_travel_document_agrees", *PASSPORT_REASONS),
        bank_card=BankCardView(
            may_read=True, masked_number="990000******0010", bank="示例银行", valid_until=datetime.date(2030, 11, 30)
        ),
    ),
    "passport_check_failed": lambda: compared(
        Outcome.MATCH,
        identity=passport_identity("chip_check_failed", Mark.BAD),
        portraits=of_passport("live chip", pairs(PairWord.NOT_COMPARED, PairWord.AGREE, PairWord.NOT_COMPARED)),
        gauge=replace(gauge(Outcome.MATCH), calibration=sentence("reading", "travel_document_calibration")),
        alert=Alert(AlertKind.DOCUMENT_MISMATCH, Severity.REVIEW, "travel_document_data_failed"),
        decision=decision(ALL, TellerDecision.REFER, NextStep.MANAGER_REVIEW),
        reasons=("travel_document_data_failed", "live_travel_document_agrees", *PASSPORT_REASONS),
        bank_card=BankCardView(
            may_read=True,
            masked_number="990000******0010",
            valid_until=datetime.date(2020, 11, 30),
            expired=True,
            told=sentence("bank_card", "expired"),
        ),
    ),
    "bank_card_unreadable": lambda: compared(
        Outcome.MATCH,
        bank_card=BankCardView(may_read=True, reading=True, failed=True, told=sentence("bank_card", "unreadable")),
    ),
    "printed_portrait_differs": lambda: compared(
        Outcome.MATCH,
        portraits=portraits(words=pairs(PairWord.AGREE, PairWord.AGREE, PairWord.AGREE, PairWord.DIFFER)),
        alert=Alert(AlertKind.DOCUMENT_MISMATCH, Severity.REVIEW, "printed_portrait_differs"),
        decision=decision(ALL, None, NextStep.MANAGER_REVIEW),
        reasons=("printed_portrait_differs", "live_chip_agrees"),
    ),
    "waiting_for_card": lambda: view(consent=ASKED, capture=capture(permitted=False), steps=steps(0), decision=decision(NO_PASS)),
    "waiting_for_consent": lambda: view(
        consent=ASKED,
        capture=capture(permitted=False),
        steps=steps(1),
        identity=identity(checks=(Chip("card_valid", Mark.GOOD), Chip("netcheck_waiting", Mark.WAITING)), may_read_again=True),
        portraits=portraits("chip"),
        decision=decision(),
    ),
    "card_failed": lambda: view(
        steps=steps(0, StepState.ATTENTION), problem=reason_sentences("card_unreadable"), decision=decision(NO_PASS)
    ),
    "searching": lambda: view(
        steps=steps(2),
        identity=identity(),
        portraits=portraits("chip netcheck", pairs(PairWord.WAITING, PairWord.WAITING, PairWord.AGREE)),
        capture=capture(
            quality=POOR_PICTURE, hint=sentence("advice", "head_raised_or_lowered"), pad=Chip("uncertain", Mark.ATTENTION)
        ),
        decision=decision(NO_PASS),
    ),
    "captured_waiting_for_card": lambda: view(
        steps=steps(0) | {Step.CAPTURE: StepState.DONE},
        portraits=portraits("live"),
        capture=capture(captured=True, quality=GOOD_PICTURE, pad=LIVE_PERSON, hint=sentence("hint", "waiting_for_card")),
        decision=decision(NO_PASS),
    ),
    "judging": lambda: view(
        steps=steps(3),
        identity=identity(checks=(Chip("card_valid", Mark.GOOD), Chip("netcheck_unseen", Mark.WAITING))),
        capture=capture(**CAPTURED),
        portraits=portraits(words=pairs(PairWord.UNSEEN, PairWord.UNSEEN, PairWord.UNSEEN)),
        decision=decision(NO_PASS),
        judgement_asked=True,
    ),
    "disagreement": lambda: compared(
        Outcome.MATCH,
        alert=Alert(AlertKind.JUDGEMENT_DISAGREEMENT, Severity.REVIEW, "teller_different_reading_same"),
        decision=decision(ALL, None, NextStep.AUXILIARY_DOCUMENT),
        reasons=("live_chip_agrees", "teller_different_reading_same"),
        teller_judgement=TellerJudgement.PROBABLY_DIFFERENT,
    ),
    "questions": lambda: compared(
        Outcome.MATCH,
        alert=Alert(AlertKind.KINSHIP, Severity.REVIEW, "relative_in_register"),
        decision=decision(ALL, None, NextStep.CHALLENGE_QUESTIONS),
        reasons=("live_chip_agrees", "relative_in_register"),
        challenge=(
            ChallengeRow(ChallengeQuestion.OWN_NUMBER, "", True),
            ChallengeRow(ChallengeQuestion.ISSUING_AUTHORITY, "示例市公安局海湾区分局", None),
            ChallengeRow(ChallengeQuestion.VALID_FROM, "2011-05-20", None),
        ),
    ),
    "comparing": lambda: view(
        steps=steps(3),
        identity=identity(checks=(Chip("card_valid", Mark.GOOD), Chip("netcheck_waiting", Mark.WAITING))),
        portraits=portraits("live chip"),
        capture=capture(**CAPTURED),
        decision=decision(NO_PASS),
    ),
    "match": lambda: compared(Outcome.MATCH),
    "match_at_the_edge": lambda: compared(Outcome.MATCH, gauge=gauge(Outcome.MATCH, stranger=10.5, clamped=True)),
    "inconclusive": lambda: compared(Outcome.INCONCLUSIVE),
    "non_match": lambda: compared(Outcome.NON_MATCH, alert=impostor()),
    "kinship": lambda: compared(
        Outcome.MATCH,
        alert=Alert(AlertKind.KINSHIP, Severity.REVIEW, "possible_twin"),
        decision=decision(ALL, None, NextStep.CHALLENGE_QUESTIONS),
        reasons=("possible_twin", "live_chip_agrees"),
    ),
    "second_identity": lambda: compared(
        Outcome.MATCH,
        alert=Alert(AlertKind.SECOND_IDENTITY, Severity.REVIEW, "second_identity_recent"),
        decision=decision(ALL, None, NextStep.CHALLENGE_QUESTIONS),
        reasons=("live_chip_agrees", "second_identity_recent"),
        seen_before=seen_before(
            SecondIdentityFinding(
                FaceSearch(7, 400, 0.706, "1e-4", 9.9e-5, 0.039, "m/live-archive/2026-11-30", "m"),
                (SeenBefore("0" * 32, datetime.date(2026, 11, 27), "loss_report"),),
            )
        ),
    ),
    "document_problem": lambda: compared(
        Outcome.INCONCLUSIVE,
        alert=Alert(AlertKind.DOCUMENT_MISMATCH, Severity.REVIEW, "chip_netcheck_differs"),
        more_alerts=1,
        portraits=portraits(words=pairs(PairWord.CANNOT_TELL, PairWord.AGREE, PairWord.DIFFER)),
        decision=decision(ALL, TellerDecision.REFER, NextStep.MANAGER_REVIEW),
        reasons=("chip_netcheck_differs",),
    ),
    "attack": lambda: compared(
        Outcome.MATCH,
        alert=Alert(AlertKind.PRESENTATION_ATTACK, Severity.STOP, "passive_attack"),
        more_alerts=2,
        capture=capture(captured=True, pad=Chip("attack", Mark.BAD)),
        decision=decision(ALL, TellerDecision.REFER, NextStep.MANAGER_REVIEW),
    ),
    "pad_missing": lambda: compared(
        Outcome.MATCH,
        notices=(sentence("notice", "passive_pad_missing"), sentence("notice", "no_document_reading")),
        capture=capture(captured=True, pad=Chip("not_available", Mark.UNKNOWN)),
    ),
    "imported": lambda: compared(
        Outcome.MATCH,
        capture=capture(captured=True, pad=Chip("not_available", Mark.UNKNOWN), imported=True),
        portraits=replace(
            portraits("live chip netcheck", pairs(*[PairWord.AGREE] * 3)),
            live=replace(portraits("live chip").live, imported=True),
        ),
        decision=decision(ALL, None, NextStep.DUAL_SIGNATURE, pass_needs=PassNeeds.DUAL_SIGNATURE),
        reasons=("picture_imported", "live_chip_agrees", "live_netcheck_agrees"),
    ),
    "netcheck_down": lambda: compared(
        Outcome.MATCH,
        identity=identity(
            checks=(
                Chip("card_valid", Mark.GOOD),
                Chip("netcheck_attention", Mark.ATTENTION, sentence("netcheck", "SERVICE_DOWN")),
            ),
            may_ask_authority_again=True,
        ),
        portraits=portraits(
            "live chip",
            pairs(PairWord.NOT_COMPARED, PairWord.AGREE, PairWord.NOT_COMPARED),
            absent="not_available",
        ),
        alert=Alert(AlertKind.NETCHECK_RESULT, Severity.INFO, "netcheck_service_down"),
    ),
    "camera_stalled": lambda: view(
        devices=devices(camera=DeviceState.RESTARTING),
        steps=steps(2, StepState.ATTENTION),
        identity=identity(),
        portraits=portraits("chip"),
        capture=capture(stalled=True),
        decision=decision(NO_PASS),
    ),
    "camera_out_of_order": lambda: view(
        devices=devices(camera=DeviceState.OUT_OF_ORDER),
        steps=steps(2, StepState.ATTENTION),
        identity=identity(),
        portraits=portraits("chip"),
        capture=capture(stalled=True),
        problem=reason_sentences("plugin_failed"),
        decision=decision(NO_PASS),
    ),
    "plugin_refused": lambda: view(
        Screen.READY,
        devices=devices(document_scanner=DeviceState.NOT_AVAILABLE),
        problem=reason_sentences("plugin_not_authorised"),
    ),
    "not_enrolled": lambda: compared(
        Outcome.MATCH, devices=devices(branch_server=DeviceState.NOT_AVAILABLE), today=today(waiting=None)
    ),
    "by_hand": lambda: view(
        steps=steps(4) | {Step.COMPARE: StepState.ATTENTION},
        identity=identity(),
        portraits=portraits(words=dict.fromkeys(EdgeName, PairWord.NOT_COMPARED)),
        capture=capture(captured=True),
        notices=(sentence("switched_off", "face_comparison"),),
        decision=decision(ALL, None, NextStep.VERIFY_BY_HAND, pass_needs=PassNeeds.DUAL_SIGNATURE),
        reasons=("models_missing",),
    ),
    "without_face": lambda: view(
        consent=REFUSED,
        steps=steps(4) | {Step.CAPTURE: StepState.SKIPPED, Step.COMPARE: StepState.SKIPPED},
        identity=identity(),
        capture=capture(permitted=False),
        portraits=portraits("chip netcheck", dict.fromkeys(EdgeName, PairWord.NOT_COMPARED), absent="refused"),
        decision=decision(ALL, None, NextStep.VERIFY_BY_HAND, pass_needs=PassNeeds.DOCUMENTS),
        alert=Alert(AlertKind.NON_FACE_PATH, Severity.INFO, "consent_refused"),
    ),
    "face_path_left": lambda: view(
        consent=LEFT,
        devices=devices(camera=DeviceState.OUT_OF_ORDER),
        steps=steps(4) | {Step.CAPTURE: StepState.SKIPPED, Step.COMPARE: StepState.SKIPPED},
        identity=identity(),
        portraits=portraits("chip netcheck", dict.fromkeys(EdgeName, PairWord.NOT_COMPARED), absent="refused"),
        decision=decision(ALL, None, NextStep.VERIFY_BY_HAND, pass_needs=PassNeeds.DOCUMENTS),
    ),
    "taken": lambda: compared(
        Outcome.MATCH,
        decision=decision(taken=TellerDecision.PASS, undo_until_s=time.monotonic() + 5.0, next_step=NextStep.PROCEED),
    ),
    "simulated": lambda: compared(
        Outcome.MATCH,
        simulated=SimulatedView(2, 6, sentence("simulated_material", "recording_and_photographs")),
    ),
    "blanked": lambda: compared(
        Outcome.MATCH, capture=capture(captured=True, blanked=True), portraits=portraits("", absent="blanked")
    ),
    "everything_at_once": lambda: compared(
        Outcome.NON_MATCH,
        identity=identity(
            masked_name="阿************江",
            checks=(Chip("card_expired", Mark.BAD), Chip("netcheck_attention", Mark.ATTENTION)),
        ),
        alert=impostor(),
        more_alerts=3,
        notices=(sentence("notice", "passive_pad_missing"), sentence("notice", "no_register")),
        problem=reason_sentences("device_timeout"),
        simulated=SimulatedView(5, 6, sentence("simulated_material", "animated_photographs")),
        devices=devices(document_scanner=DeviceState.NOT_AVAILABLE, branch_server=DeviceState.RESTARTING),
        capture=capture(captured=True, quality=POOR_PICTURE, pad=Chip("uncertain", Mark.ATTENTION)),
        reasons=("live_chip_differs", "live_netcheck_differs", "possible_twin"),
    ),
    **{f"devices_{name}": partial(_with_devices, make) for name, make in DEVICE_VIEWS.items()},
    **{name: partial(_with_training, make) for name, make in TRAINING.items()},
    **{f"scan_{name}": partial(_with_scan, make, read=False) for name, make in SCANS.items()},
    **{f"scan_{name}_read": partial(_with_scan, SCANS[name], read=True) for name in ("agrees", "differs", "nothing_found")},
    **{f"reviews_{name}": partial(_with_reviews, rows, customer=False) for name, rows in REVIEWS.items()},
    **{f"reviews_{name}_beside": partial(_with_reviews, rows, customer=True) for name, rows in REVIEWS.items()},
}


def preview_frame(*, box: tuple[float, float, float, float] | None = (0.39, 0.10, 0.22, 0.66)) -> PreviewFrame:
    """A drawn frame of 16:9 as the camera's thread makes it small."""
    return PreviewFrame(
        pixels=drawn_face(640, 360), received_s=time.monotonic(), box=box, width_px=1280, height_px=720, frames_per_s=29.8
    )
