"""What an ID card says about a person."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from teller_assist.evidence.id_number import IdNumber, Sex, whole_years
from teller_assist.evidence.pictures import Picture
from teller_assist.settings.personal import Personal


@dataclass(frozen=True, eq=False)
class IdentityCard:
    """The content of one ID card's chip.

    Attributes
    ----------
    ethnicity
        As printed ("汉"); "" on a residence permit of Hong Kong, Macau or Taiwan residents, which names none.
    valid_until
        None: valid for life (长期).
    portrait
        The chip portrait, 102x126 pixels on a real card.
    portrait_orientation_known
        False: the reader cannot tell whether the portrait stands upright or on its head; the face on it will.
    """

    name: Personal[str]
    sex: Sex
    ethnicity: str
    birth_date: Personal[datetime.date]
    address: Personal[str]
    number: Personal[IdNumber]
    issuer: str
    valid_from: datetime.date
    valid_until: datetime.date | None
    portrait: Picture
    portrait_orientation_known: bool = True

    def age_years(self, on: datetime.date) -> int:
        """Return the holder's age in whole years on a day."""
        return whole_years(self.birth_date.reveal(), on)

    def is_valid_on(self, day: datetime.date) -> bool:
        """Return whether the day lies within the card's validity, both ends included."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class NoChip(StrEnum):
    """Why no chip was read."""

    LOST = "lost"
    DEMAGNETISED = "demagnetised"
    TEMPORARY_CARD = "temporary_card"  # 临时居民身份证: printed, without a chip
    FOREIGN_DOCUMENT = "foreign_document"  # no citizen's number: the networked verification has nobody to look up


@dataclass(frozen=True, eq=False)
class StatedIdentity:
    """Whom a customer without a readable chip says to be: typed by the teller from a document, or as told.

    Attributes
    ----------
    number, name
        None where there is no citizen's number to ask the authority about.
    """

    why: NoChip
    number: Personal[IdNumber] | None = None
    name: Personal[str] | None = None
