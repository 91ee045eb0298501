"""What a bank card says, and how little of its number a screen needs to show (ISO/IEC 7812-1)."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from enum import StrEnum

from teller_assist.errors import CardUnreadableError
from teller_assist.settings.personal import Personal

_FORM = re.compile(r"[0-9]{12,19}")
_SHOWN_FIRST, _SHOWN_LAST = 6, 4


def luhn_digit(digits: str) -> str:
    """Return the digit that belongs behind the others (ISO/IEC 7812-1, annex B).

    Parameters
    ----------
    digits
        Decimal digits, at least one.
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


@dataclass(frozen=True)
class CardNumber:
    """One bank card's number (PAN): 12 to 19 digits whose last one fits.

    Hold it in ``Personal``; its own repr shows nothing.

    Raises
    ------
    CardUnreadableError
        "card_number".
    """

    text: str

    def __post_init__(self) -> None:
        if not _FORM.fullmatch(self.text) or luhn_digit(self.text[:-1]) != self.text[-1]:
            raise CardUnreadableError(why="card_number")

    def __repr__(self) -> str:
        return "CardNumber(***)"

    @property
    def shown(self) -> str:
        """The first six and the last four digits, all that may be shown and kept (PCI DSS 3.4)."""
        hidden = len(self.text) - _SHOWN_FIRST - _SHOWN_LAST
        return f"{self.text[:_SHOWN_FIRST]}{'*' * hidden}{self.text[-_SHOWN_LAST:]}"


class CardInterface(StrEnum):
    """How a chip was read."""

    CONTACT = "contact"
    CONTACTLESS = "contactless"


@dataclass(frozen=True, eq=False)
class BankCard:
    """The content of one bank card's chip.

    Attributes
    ----------
    valid_until
        The last day; None where the card says nothing.
    holder_name
        None where the card says nothing.
    sequence_number
        Two digits, "" where the card says nothing.
    application
        Its AID, hexadecimal.
    """

    number: Personal[CardNumber]
    valid_until: datetime.date | None
    holder_name: Personal[str] | None
    sequence_number: str
    application: str
    interface: CardInterface


def last_day_of_month(year: int, month: int) -> datetime.date:
    """Return the day until which a card with "month/year" on it is valid."""
    return datetime.date(year, month, calendar.monthrange(year, month)[1])
