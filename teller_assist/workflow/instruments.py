"""What measures and judges at one station, as far as it could be had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from teller_assist.decision.policy import Policy
from teller_assist.documents.steadiness import CaptureRule
from teller_assist.evidence.issuing_banks import IssuingBanks
from teller_assist.face.measurement import FaceMeasurer
from teller_assist.pad.assessment import PassiveAbsent
from teller_assist.pad.limits import PadLimits
from teller_assist.pad.passive import PassiveDetector
from teller_assist.wording import Sentences
from teller_assist.workflow.scan_work import DocumentReader
from teller_assist.workflow.triangle import Triangle


@dataclass(frozen=True, eq=False)
class Instruments:
    """The instruments; one that could not be had is None, and a notice says why.

    Attributes
    ----------
    measurer, triangle
        None where the face models are missing or altered: pictures side by side only.
    passive
        None where the passive detector cannot be had; ``passive_absent`` then says why.
    document_reader
        Reads what stands on a scan; None where document reading is not installed.
    warm_documents
        Gets the reader ready ahead of the first scan, on the station's worker; what fails there is met again by a scan, and told.
    new_capture_rule
        Makes what says when a scan is taken without a click; one for each customer.
    issuing_banks
        Who issued a bank card, by its number; None: it is not told.
    notices
        What is switched off, for the window.
    """

    policy: Policy
    measurer: FaceMeasurer | None
    triangle: Triangle | None
    pad_limits: PadLimits
    passive: PassiveDetector | None
    passive_absent: PassiveAbsent | None
    notices: tuple[Sentences, ...]
    document_reader: DocumentReader | None = None
    warm_documents: Callable[[], object] | None = None
    new_capture_rule: Callable[[], CaptureRule] = CaptureRule
    issuing_banks: IssuingBanks | None = None
