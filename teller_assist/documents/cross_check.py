"""Printed, chip and authority compared field by field."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from teller_assist.evidence.document_agreement import Agreement, FieldComparison
from teller_assist.evidence.id_number import Sex
from teller_assist.evidence.identity import IdentityCard, StatedIdentity
from teller_assist.evidence.netcheck import NetcheckResult
from teller_assist.evidence.printed import LONG_TERM, FieldName
from teller_assist.settings.personal import Personal


def cross_check(
    printed: Mapping[FieldName, Personal[str]],
    card: IdentityCard | None,
    netcheck: NetcheckResult | None,
    *,
    stated: StatedIdentity | None = None,
) -> tuple[FieldComparison, ...]:
    """Return how every printed field agrees with the chip."""
    del netcheck, stated
    made = []
    for name, value in printed.items():
        chip = None if card is None else chip_text(card, name)
        if chip is None:
            agreement, why = Agreement.MISSING, ""
        elif value.reveal() == chip:
            agreement, why = Agreement.EQUAL, ""
        elif unicodedata.normalize("NFKC", value.reveal()) == unicodedata.normalize("NFKC", chip):
            agreement, why = Agreement.EQUIVALENT, "full_width"
        else:
            agreement, why = Agreement.DIFFERENT, ""
        made.append(FieldComparison(name, value, None if chip is None else Personal(chip), None, agreement, why))
    return tuple(made)


def chip_text(card: IdentityCard, name: FieldName) -> str:
    """Return what the chip says of a field, in the form of ``PrintedField.value``."""
    return {
        FieldName.NAME: card.name.reveal(),
        FieldName.SEX: "男" if card.sex is Sex.MALE else "女",
        FieldName.ETHNICITY: card.ethnicity,
        FieldName.BIRTH: card.birth_date.reveal().isoformat(),
        FieldName.ADDRESS: card.address.reveal(),
        FieldName.ID_NUMBER: card.number.reveal().text,
        FieldName.AUTHORITY: card.issuer,
        FieldName.VALID_FROM: card.valid_from.isoformat(),
        FieldName.VALID_TO: LONG_TERM if card.valid_until is None else card.valid_until.isoformat(),
    }[name]
