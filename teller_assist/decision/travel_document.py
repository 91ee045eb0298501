"""What a passport's or travel permit's chip says about itself, and what that leaves unsaid."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from teller_assist.evidence.travel_document import CheckState, PassiveAuthentication


class TravelDocumentReason(StrEnum):
    """What the document contributes to the reasons, the weightiest first; codes of the wording group ``reason``."""

    DATA_FAILED = "travel_document_data_failed"  # the content has other hashes than its security object names
    SIGNATURE_FAILED = "travel_document_signature_failed"
    ISSUER_FAILED = "travel_document_issuer_failed"  # the signer's certificate does not come from the issuing state
    EXPIRED = "travel_document_expired"
    CONTENT_NOT_CHECKED = "travel_document_content_not_checked"
    ISSUER_NOT_CHECKED = "travel_document_issuer_not_checked"  # the bank keeps no certificate of that state
    NOBODY_TO_LOOK_UP = "travel_document_nobody_to_look_up"  # no citizen's number: neither the authority nor a register knows it
    NOT_CALIBRATED = "travel_document_not_calibrated"  # its portrait was compared by a calibration of another kind of photograph


# Their codes are those of ``alert_headline`` and ``alert_text`` as well.
FAILED = frozenset({TravelDocumentReason.DATA_FAILED, TravelDocumentReason.SIGNATURE_FAILED, TravelDocumentReason.ISSUER_FAILED})


@dataclass(frozen=True)
class TravelDocumentFinding:
    """One document as far as a judgement needs it.

    Attributes
    ----------
    calibrated
        Its portrait was compared by a calibration of the bank's own, or not at all.
    """

    authentication: PassiveAuthentication
    expired: bool
    calibrated: bool = True

    @property
    def reasons(self) -> tuple[TravelDocumentReason, ...]:
        """What is to be told, the weightiest first; that nobody can be looked up always is."""
        checks = self.authentication
        states = {
            TravelDocumentReason.DATA_FAILED: checks.data_groups is CheckState.FAILED,
            TravelDocumentReason.SIGNATURE_FAILED: checks.signature is CheckState.FAILED,
            TravelDocumentReason.ISSUER_FAILED: checks.issuer is CheckState.FAILED,
            TravelDocumentReason.EXPIRED: self.expired,
            TravelDocumentReason.CONTENT_NOT_CHECKED: CheckState.NOT_CHECKED in (checks.data_groups, checks.signature),
            TravelDocumentReason.ISSUER_NOT_CHECKED: checks.issuer is CheckState.NOT_CHECKED,
            TravelDocumentReason.NOBODY_TO_LOOK_UP: True,
            TravelDocumentReason.NOT_CALIBRATED: not self.calibrated,
        }
        return tuple(reason for reason, holds in states.items() if holds)

    @property
    def problems(self) -> tuple[TravelDocumentReason, ...]:
        """Those that are a matter of the document itself."""
        return tuple(reason for reason in self.reasons if reason in FAILED or reason is TravelDocumentReason.EXPIRED)
