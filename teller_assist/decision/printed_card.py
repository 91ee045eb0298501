"""Where the printed card contradicts its chip, or its portrait another one of the holder: what that says about the document."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from teller_assist.evidence.document_agreement import Agreement, FieldComparison
from teller_assist.evidence.printed import FieldName


class PrintedReason(StrEnum):
    """What a field that differs contributes to the reasons, the weightiest first; codes of the wording group ``reason``."""

    NUMBER_DIFFERS = "printed_number_differs"
    NAME_DIFFERS = "printed_name_differs"
    BIRTH_DIFFERS = "printed_birth_differs"
    SEX_DIFFERS = "printed_sex_differs"
    PORTRAIT_DIFFERS = "printed_portrait_differs"  # see ``edges.portrait_contradicts``
    VALIDITY_DIFFERS = "printed_validity_differs"
    ETHNICITY_DIFFERS = "printed_ethnicity_differs"
    ADDRESS_DIFFERS = "printed_address_differs"
    AUTHORITY_DIFFERS = "printed_authority_differs"


# Whom the card says its holder to be; print and chip are made of one record. Their codes are those of ``alert_headline`` as well.
CONTRADICTIONS = frozenset(
    {
        PrintedReason.NUMBER_DIFFERS,
        PrintedReason.NAME_DIFFERS,
        PrintedReason.BIRTH_DIFFERS,
        PrintedReason.SEX_DIFFERS,
        PrintedReason.PORTRAIT_DIFFERS,
    }
)
_REASONS = {
    FieldName.ID_NUMBER: PrintedReason.NUMBER_DIFFERS,
    FieldName.NAME: PrintedReason.NAME_DIFFERS,
    FieldName.BIRTH: PrintedReason.BIRTH_DIFFERS,
    FieldName.SEX: PrintedReason.SEX_DIFFERS,
    FieldName.VALID_FROM: PrintedReason.VALIDITY_DIFFERS,
    FieldName.VALID_TO: PrintedReason.VALIDITY_DIFFERS,
    FieldName.ETHNICITY: PrintedReason.ETHNICITY_DIFFERS,
    FieldName.ADDRESS: PrintedReason.ADDRESS_DIFFERS,
    FieldName.AUTHORITY: PrintedReason.AUTHORITY_DIFFERS,
}


def printed_reasons(compared: Iterable[FieldComparison], *, portrait_differs: bool) -> tuple[PrintedReason, ...]:
    """Return what differs, the weightiest first; nothing where all agree or nothing was compared."""
    found = {_REASONS[one.field] for one in compared if one.agreement is Agreement.DIFFERENT}
    found |= {PrintedReason.PORTRAIT_DIFFERS} if portrait_differs else set()
    return tuple(reason for reason in PrintedReason if reason in found)
