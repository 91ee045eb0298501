"""What a bank card's chip says, in the form in which a printed card's fields are told (card/1). Never the whole number."""

from __future__ import annotations

from typing import Any

from teller_assist.documents.chip_fields import chip_field
from teller_assist.evidence.bank_card import BankCard
from teller_assist.evidence.issuing_banks import CardType, Issuer
from teller_assist.wording import sentence

# A number whose last digit does not fit is not read at all: see ``evidence.bank_card``.
_CHECKS = {"card_number": ("luhn",)}


def bank_card_body(card: BankCard, issuer: Issuer | None) -> dict[str, Any]:
    """Return the body of a card/1 document, without the times; a field that the card does not have is left out.

    Parameters
    ----------
    issuer
        Who issued it; None: not known.
    """
    fields = {name: chip_field(value, _CHECKS.get(name, ())) for name, value in _values(card, issuer).items()}
    return {"kind": "bank_card", "fields": fields}


def bank_card_lines(card: BankCard, issuer: Issuer | None) -> list[str]:
    """Return the same, field by field, for people."""
    values = _values(card, issuer)
    values["interface"] = sentence("card_interface", card.interface).zh
    if issuer is not None and "card_type" in values:
        values["card_type"] = sentence("card_type", issuer.card_type).zh
    return [f"{sentence('chip_field', name).zh}  {value}" for name, value in values.items()]


def _values(card: BankCard, issuer: Issuer | None) -> dict[str, str]:
    is_typed = issuer is not None and issuer.card_type is not CardType.PREFIX_ONLY
    values = {
        "card_number": card.number.reveal().shown,
        "issuing_bank": "" if issuer is None else issuer.bank,
        "card_type": issuer.card_type.value if issuer is not None and is_typed else "",
        "holder_name": "" if card.holder_name is None else card.holder_name.reveal(),
        "valid_to": "" if card.valid_until is None else card.valid_until.isoformat(),
        "sequence_number": card.sequence_number,
        "application": card.application,
        "interface": card.interface.value,
    }
    return {name: value for name, value in values.items() if value}
