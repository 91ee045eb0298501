"""What a chip says, in the form in which a printed card's fields are told (card/1)."""

from __future__ import annotations

from typing import Any

from teller_assist.documents.checks import DocumentCheck
from teller_assist.documents.chip_fields import chip_field, portrait_parts
from teller_assist.documents.cross_check import chip_text
from teller_assist.evidence.identity import IdentityCard
from teller_assist.evidence.printed import FieldName
from teller_assist.wording import sentence

# A card whose number does not pass them is not read at all: see ``devices.records``.
_CHECKS = {
    FieldName.ID_NUMBER: (DocumentCheck.GB11643, DocumentCheck.BIRTH_MATCHES_NUMBER, DocumentCheck.SEX_MATCHES_NUMBER),
}


def card_body(card: IdentityCard, *, with_portrait: bool) -> dict[str, Any]:
    """Return the body of a card/1 document, without the times.

    A chip's fields are certain (confidence 1, nothing doubtful) and stand nowhere (box null). A field that the card does not
    have, as a permit has no ethnicity, is left out.

    Parameters
    ----------
    with_portrait
        Whether the portrait itself goes with it, as a PNG file in Base64.
    """
    values = {name: chip_text(card, name) for name in FieldName}
    return {
        "kind": "id_card",
        "fields": {name.value: chip_field(value, _CHECKS.get(name, ())) for name, value in values.items() if value},
        **portrait_parts(card.portrait, orientation_known=card.portrait_orientation_known, with_portrait=with_portrait),
    }


def card_lines(card: IdentityCard) -> list[str]:
    """Return what the chip says, field by field, for people."""
    values = ((name, chip_text(card, name)) for name in FieldName)
    return [f"{sentence('printed_field', name.value).zh}  {value}" for name, value in values if value]
