"""What the product concludes from one customer's evidence: the record that the decision makes and everyone else reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.presentation import PadState


class EdgeName(StrEnum):
    """The three comparisons of the photo triangle, and the one with the printed portrait, made where the card was scanned."""

    LIVE_CHIP = "live_chip"
    LIVE_NETCHECK = "live_netcheck"
    CHIP_NETCHECK = "chip_netcheck"
    LIVE_PRINTED = "live_printed"


TRIANGLE = (EdgeName.LIVE_CHIP, EdgeName.LIVE_NETCHECK, EdgeName.CHIP_NETCHECK)


class FaceFinding(StrEnum):
    """What face comparison contributes to the next-step matrix."""

    MATCH = "match"
    CANNOT_TELL = "cannot_tell"
    NON_MATCH = "non_match"
    NOT_DONE = "not_done"


class Kinship(StrEnum):
    """Whether the ID number has a close relative's in the register. It comes from numbers, never from a score."""

    YES = "yes"
    NO = "no"  # no entry in the register: this never means "no twin"
    UNKNOWN = "unknown"  # the register could not be asked


class NextStep(StrEnum):
    """What the product advises the teller to do next."""

    PROCEED = "proceed"
    RETAKE = "retake"
    CHALLENGE_QUESTIONS = "challenge_questions"
    AUXILIARY_DOCUMENT = "auxiliary_document"
    DUAL_SIGNATURE = "dual_signature"
    MANAGER_REVIEW = "manager_review"
    REFUSE_CARD = "refuse_card"
    VERIFY_BY_HAND = "verify_by_hand"


class AlertKind(StrEnum):
    """Closed list of alerts; those that no part of the product raises yet stand in it all the same."""

    IMPOSTOR = "impostor"
    KINSHIP = "kinship"
    LOOK_ALIKE = "look_alike"
    SECOND_IDENTITY = "second_identity"
    PRESENTATION_ATTACK = "presentation_attack"
    DOCUMENT_MISMATCH = "document_mismatch"
    NETCHECK_RESULT = "netcheck_result"
    QUALITY = "quality"
    ATTEMPTS_EXCEEDED = "attempts_exceeded"
    JUDGEMENT_DISAGREEMENT = "judgement_disagreement"
    DEVICE = "device"
    NON_FACE_PATH = "non_face_path"
    SEQUENCE_GAP = "sequence_gap"


class Severity(StrEnum):
    """How an alert is shown and who must see it."""

    INFO = "info"
    REVIEW = "review"
    STOP = "stop"


@dataclass(frozen=True)
class Alert:
    """One alert of a transaction.

    Attributes
    ----------
    why
        Code of the wording groups ``alert_headline`` and ``alert_text``, worded without accusation.
    """

    kind: AlertKind
    severity: Severity
    why: str


@dataclass(frozen=True)
class Judgement:
    """Everything concluded from one customer's evidence.

    Attributes
    ----------
    outcome
        Follows the live-chip comparison; an edge that disagrees makes it INCONCLUSIVE.
    face
        The same as the next-step matrix takes it: NOT_DONE where no face was compared.
    reasons
        Codes of the wording group ``reason``, the weightiest first.
    alerts
        The most severe first; at most one of a kind.
    rule
        Name of the policy's rule that the next step came from.
    """

    outcome: Outcome
    face: FaceFinding
    netcheck: NetcheckCode
    kinship: Kinship
    pad: PadState
    next_step: NextStep
    reasons: tuple[str, ...]
    alerts: tuple[Alert, ...]
    rule: str
