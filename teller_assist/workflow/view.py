"""What the window shows, as finished values: the one record that crosses from the session to Qt.

The session makes a new one after every change and the window paints it. Codes are words' codes (``wording``); no field is a raw
score or a percentage, and a name or number is masked before it gets here.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import StrEnum

from teller_assist.decision.challenge import ChallengeQuestion
from teller_assist.decision.judgement import Alert, NextStep
from teller_assist.devices.kinds import DeviceState
from teller_assist.evidence.id_number import Sex
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision, TellerJudgement
from teller_assist.wording import Sentences
from teller_assist.workflow.view_cards import BankCardView, TravelDocumentView
from teller_assist.workflow.view_devices import DevicesView
from teller_assist.workflow.view_portraits import PortraitsView
from teller_assist.workflow.view_reviews import ReviewsView
from teller_assist.workflow.view_scan import ScanView
from teller_assist.workflow.view_sign_on import NO_PASSWORD, SignOnView
from teller_assist.workflow.view_today import TodayView
from teller_assist.workflow.view_training import TrainingView


class Screen(StrEnum):
    """What the panel as a whole shows."""

    OPENING = "opening"  # models and devices are being opened: a skeleton
    SIGN_ON = "sign_on"
    LOCKED = "locked"  # idle lock: faces and identity blanked until the teller signs on again
    READY = "ready"  # signed on, no customer
    CUSTOMER = "customer"  # a transaction runs


class Step(StrEnum):
    """The stepper's five steps, in their order."""

    READ_CARD = "read_card"
    SCAN = "scan"
    CAPTURE = "capture"
    COMPARE = "compare"
    DECIDE = "decide"


class StepState(StrEnum):
    """How one step stands."""

    TO_COME = "to_come"
    NOW = "now"
    DONE = "done"
    SKIPPED = "skipped"  # this customer does without it
    ATTENTION = "attention"  # it failed or waits for somebody


class Mark(StrEnum):
    """How a small fact with a mark reads: word and icon always stand beside its colour."""

    GOOD = "good"
    ATTENTION = "attention"
    BAD = "bad"
    WAITING = "waiting"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Chip:
    """A labelled mark.

    Attributes
    ----------
    code
        Of the group that its place implies (``device_chip``, ``quality_chip``, ``identity_check``, ``pad_chip``).
    detail
        What a tooltip and the accessible description say; empty where the label says it all.
    """

    code: str
    mark: Mark
    detail: Sentences | None = None


@dataclass(frozen=True)
class DeviceChip:
    """One device's chip.

    Attributes
    ----------
    device
        Code of the wording group ``device``: "camera", "id_card_reader", "document_scanner", "branch_server".
    why
        Why it is not ready; None when it is, or where its state says all that is known.
    waiting
        Of the branch server alone: cases that wait for it.
    """

    device: str
    state: DeviceState
    why: Sentences | None = None
    waiting: int = 0


@dataclass(frozen=True)
class IdentityView:
    """The identity card's text, masked.

    Attributes
    ----------
    valid_until
        None: valid for life (长期).
    sex, age_years
        None where a travel document leaves it open.
    typed
        The teller typed it: neither ethnicity nor validity is known.
    document
        What a travel document calls itself: its kind, and the issuing state's letters; None for an ID card.
    may_read_again
        The card can be put aside and another one read.
    """

    masked_name: str
    masked_number: str
    sex: Sex | None
    age_years: int | None
    ethnicity: str
    valid_until: datetime.date | None
    checks: tuple[Chip, ...]
    typed: bool = False
    may_read_again: bool = False
    may_ask_authority_again: bool = False
    document: Sentences | None = None


@dataclass(frozen=True)
class GaugeView:
    """The gauge with its two readings. All positions are natural logarithms of the likelihood ratio.

    Attributes
    ----------
    stranger, stranger_ci95
        Reading against a stranger; positive speaks for the same person. None: not stated.
    clamped
        The reading stands at the edge of what the counts carry.
    non_match_until, match_from
        Where the zones end and begin on the axis; None where the calibration states no threshold.
    axis_low, axis_high
        Ends of the axis.
    relative_band
        Reading against a close relative, on a pass only.
    headline
        The counted number in words ("约每 9,900 个陌生人中有 1 人…"), never a percentage or a raw score.
    told
        Plain sentences below it.
    calibration
        Which calibration, and that it is the factory's where it is.
    """

    outcome: Outcome
    stranger: float | None
    stranger_ci95: tuple[float, float] | None
    clamped: bool
    non_match_until: float | None
    match_from: float | None
    axis_low: float
    axis_high: float
    relative_band: tuple[float, float] | None
    headline: Sentences
    told: tuple[Sentences, ...]
    calibration: Sentences


class PassNeeds(StrEnum):
    """What 通过 still asks for when it is enabled."""

    NOTHING = "nothing"
    DOCUMENTS = "documents"  # the non-face path: its documents are ticked first
    DUAL_SIGNATURE = "dual_signature"  # a clear non-match: two tellers sign


@dataclass(frozen=True)
class DecisionView:
    """The decision buttons.

    Attributes
    ----------
    enabled
        Buttons that may be pressed now.
    emphasised
        The recommended one; never REJECT. None: none of them.
    next_step
        What the product advises; None before there is a judgement, and while a match waits for the authority's answer.
    reason_codes
        For REFER and REJECT: codes of the wording groups ``refer_reason`` and ``reject_reason`` to choose from.
    documents
        Codes of the wording group ``document`` to tick on the non-face path.
    taken
        The decision that waits out its undo period; None: none.
    undo_until_s
        Monotonic clock in seconds until which it can be undone.
    """

    enabled: frozenset[TellerDecision]
    emphasised: TellerDecision | None
    pass_needs: PassNeeds
    next_step: NextStep | None
    reason_codes: dict[TellerDecision, tuple[str, ...]]
    documents: tuple[str, ...]
    taken: TellerDecision | None = None
    undo_until_s: float = 0.0


@dataclass(frozen=True)
class ConsentView:
    """The consent step.

    Attributes
    ----------
    asked
        The window asks for it now.
    given
        Code of the wording group ``consent_basis``; "" while it is not on record.
    refused
        The customer does not want face recognition: the non-face path.
    left
        The teller goes on without face recognition although the customer agreed: the non-face path, too.
    may_leave
        The face path can be left now.
    may_return
        The face path can be taken (again) now, once the customer agrees.
    by_guardian
        The customer is too young: the guardian is asked.
    absent
        The holder is not here, somebody acts for them: the non-face path.
    may_be_absent
        That can be noted now.
    """

    asked: bool
    given: str
    refused: bool
    left: bool = False
    may_leave: bool = False
    may_return: bool = False
    by_guardian: bool = False
    absent: bool = False
    may_be_absent: bool = False

    @property
    def without_face(self) -> bool:
        """Whether the person is checked without face recognition."""
        return self.refused or self.left or self.absent


@dataclass(frozen=True)
class CaptureView:
    """What is written over the preview.

    Attributes
    ----------
    permitted
        Consent or the legal basis is on record: a box may be shown.
    hint
        The one coaching sentence; None: none.
    captured
        The best frame is chosen.
    stalled
        No frame for two seconds.
    quality
        Codes of the wording group ``quality_chip``.
    pad
        Code of the wording group ``pad_chip``.
    blanked
        Nobody was at work for a while: the preview shows no picture until somebody is.
    may_point
        A face is being looked for: the teller may point at the one that is meant, or import a picture instead.
    imported
        What is captured came from a file.
    """

    permitted: bool
    hint: Sentences | None
    captured: bool
    stalled: bool
    quality: tuple[Chip, ...]
    pad: Chip | None
    blanked: bool = False
    may_point: bool = False
    imported: bool = False


@dataclass(frozen=True)
class ChallengeRow:
    """One question.

    Attributes
    ----------
    expected
        What the card says; "" for the number, which is not shown in full: it is compared with the card itself.
    right
        None: not asked yet.
    """

    question: ChallengeQuestion
    expected: str
    right: bool | None


@dataclass(frozen=True)
class SimulatedView:
    """The simulated profile's own line, never to be mistaken for the real counter.

    Attributes
    ----------
    customer, customers
        Which of how many, from 1.
    material
        What the pictures are made of.
    """

    customer: int
    customers: int
    material: Sentences


@dataclass(frozen=True, eq=False)
class StationView:
    """Everything the panel shows.

    Attributes
    ----------
    reference
        The core banking system's, where it began the present business; else "".
    role
        As who the present or the next person is checked.
    may_go_on
        A further person of the same business can be checked next.
    may_state_identity
        No chip was read (yet): name and number can be typed.
    judgement_asked
        The teller judges now; afterwards ``teller_judgement`` says how.
    notices
        What is switched off or limited, and why ("被动活体检测不可用").
    problem
        The last error for the teller: what happened, what to do now.
    training
        Between two customers only; None during a customer's check and where the bank has no training.
    seen_before
        When the face was seen lately under another number, and what that is worth; None says nothing.
    reviews
        Referred customers.
    scan
        During a customer's check; None where nothing can be scanned and read here.
    travel_document
        How the chip of a passport or travel permit can be read.
    bank_card
        During a customer's check; None where this counter has no reader of bank cards.
    device_care
        What the devices dialog says beyond the chips.
    """

    screen: Screen
    teller: str
    counter: str
    devices: tuple[DeviceChip, ...]
    business_kind: BusinessKind
    steps: dict[Step, StepState]
    consent: ConsentView
    alert: Alert | None
    more_alerts: int
    identity: IdentityView | None
    capture: CaptureView
    portraits: PortraitsView
    gauge: GaugeView | None
    decision: DecisionView
    today: TodayView
    reference: str = ""
    sign_on: SignOnView = NO_PASSWORD
    role: PersonRole = PersonRole.HOLDER
    may_go_on: bool = False
    may_state_identity: bool = False
    judgement_asked: bool = False
    teller_judgement: TellerJudgement | None = None
    challenge: tuple[ChallengeRow, ...] = ()
    notices: tuple[Sentences, ...] = ()
    problem: Sentences | None = None
    simulated: SimulatedView | None = None
    training: TrainingView | None = None
    reasons: tuple[str, ...] = field(default=())
    seen_before: Sentences | None = None
    reviews: ReviewsView = field(default_factory=ReviewsView)
    scan: ScanView | None = None
    travel_document: TravelDocumentView = field(default_factory=TravelDocumentView)
    bank_card: BankCardView | None = None
    device_care: DevicesView = field(default_factory=DevicesView)
