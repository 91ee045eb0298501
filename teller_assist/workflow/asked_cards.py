"""How the reading of cards stands that the teller asks for: a travel document's chip, and the bank card. Nothing here is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from teller_assist.evidence.bank_card import BankCard
from teller_assist.wording import Sentences


class AskedChip(StrEnum):
    """How the reading of a travel document's chip stands."""

    NOT_ASKED = "not_asked"
    READING = "reading"  # or waiting for the document to be laid down
    REFUSED = "refused"  # it does not open with what was typed
    FAILED = "failed"  # it is tried again


@dataclass(frozen=True, eq=False)
class AskedBankCard:
    """How the reading of the bank card stands.

    Attributes
    ----------
    reading
        It is being read, or waited for.
    card
        The newest one that was read.
    problem
        Why the last try failed; it is tried again while ``reading``.
    """

    reading: bool = False
    card: BankCard | None = None
    problem: Sentences | None = None


NOTHING_ASKED = AskedBankCard()
