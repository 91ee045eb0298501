"""What the window shows of a passport or travel permit, masked, and what its chip proves."""

from __future__ import annotations

import datetime

from teller_assist.evidence.id_number import mask_name
from teller_assist.evidence.travel_document import CheckState, PassiveAuthentication, TravelDocument, mask_document_number
from teller_assist.wording import sentence
from teller_assist.workflow.view import Chip, IdentityView, Mark


def identity_of(document: TravelDocument, more: tuple[Chip, ...]) -> IdentityView:
    """Return the identity card's text.

    Parameters
    ----------
    more
        Chips of the person's role.
    """
    today = datetime.datetime.now().astimezone().date()
    valid = Chip("card_valid", Mark.GOOD) if document.is_valid_on(today) else Chip("card_expired", Mark.BAD)
    kind = "passport" if document.document_type.startswith("P") else "permit"
    return IdentityView(
        masked_name=mask_name(document.name.reveal()),
        masked_number=mask_document_number(document.number.reveal()),
        sex=document.sex,
        age_years=document.age_years(today),
        ethnicity="",
        valid_until=document.valid_until,
        checks=(valid, _genuineness(document.authentication), *more, Chip("netcheck_nobody", Mark.UNKNOWN)),
        document=sentence("travel_document", kind, state=document.issuing_state),
    )


def _genuineness(checks: PassiveAuthentication) -> Chip:
    """Return whether the chip's content is its issuer's, as far as that was checked."""
    if checks.failed:
        return Chip("chip_check_failed", Mark.BAD, sentence("travel_document", "check_failed"))
    if CheckState.NOT_CHECKED in (checks.data_groups, checks.signature):
        return Chip("chip_not_checked", Mark.ATTENTION, sentence("travel_document", "not_checked"))
    if checks.issuer is CheckState.NOT_CHECKED:
        return Chip("chip_issuer_not_checked", Mark.ATTENTION, sentence("travel_document", "issuer_not_checked"))
    return Chip("chip_checked", Mark.GOOD, sentence("travel_document", "checked"))
