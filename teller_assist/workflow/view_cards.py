"""The cards that the teller has read, as finished values for the window."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from teller_assist.wording import Sentences
from teller_assist.workflow.asked_cards import AskedChip


@dataclass(frozen=True)
class TravelDocumentView:
    """Reading the chip of a passport or travel permit.

    Attributes
    ----------
    may_read
        It can be asked for now.
    why_not
        Why there is no reader to ask; None where there is one.
    told
        What to do while it is read, or why the last try failed.
    """

    may_read: bool = False
    why_not: Sentences | None = None
    state: AskedChip = AskedChip.NOT_ASKED
    told: Sentences | None = None


@dataclass(frozen=True)
class BankCardView:
    """The customer's bank card.

    Attributes
    ----------
    may_read
        It can be asked for now.
    reading
        It is waited for, or being read.
    masked_number
        First six and last four digits; "" before one was read.
    bank
        Who issued it, as far as its number tells; "" where it does not.
    valid_until
        The last day of the month on the card; None where it says nothing.
    failed
        The last try failed.
    expired
        That day is past.
    told
        What to do while it is read, why the last try failed, or that the card has expired.
    """

    may_read: bool = False
    reading: bool = False
    masked_number: str = ""
    bank: str = ""
    valid_until: datetime.date | None = None
    failed: bool = False
    expired: bool = False
    told: Sentences | None = None
