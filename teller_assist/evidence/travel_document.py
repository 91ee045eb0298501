"""What the chip of a passport or travel permit says about a person (ICAO Doc 9303)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from teller_assist.evidence.id_number import Sex, whole_years
from teller_assist.evidence.pictures import Picture
from teller_assist.settings.personal import Personal

_SHORTEST_SHOWN = 6


@dataclass(frozen=True)
class ChipAccess:
    """What opens a travel document's chip: three items of its machine-readable zone (ICAO Doc 9303-11, 4.3).

    Its repr shows nothing.
    """

    number: Personal[str]
    birth_date: Personal[datetime.date]
    valid_until: Personal[datetime.date]


class CheckState(StrEnum):
    """How one check of a document's authenticity ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True)
class PassiveAuthentication:
    """Whether the chip's content is what its issuer signed (ICAO Doc 9303-11, 5.1).

    Attributes
    ----------
    data_groups
        The content has the hashes that the document's security object names.
    signature
        The security object was signed with the key of the certificate that it carries.
    issuer
        That certificate comes from the issuing state; NOT_CHECKED where the bank keeps no certificate of that state.
    """

    data_groups: CheckState
    signature: CheckState
    issuer: CheckState

    @property
    def failed(self) -> bool:
        """Whether any of the three failed."""
        return CheckState.FAILED in (self.data_groups, self.signature, self.issuer)


class AccessProtocol(StrEnum):
    """How the chip was opened."""

    BAC = "bac"
    PACE = "pace"


@dataclass(frozen=True, eq=False)
class TravelDocument:
    """The content of one travel document's chip.

    Attributes
    ----------
    document_type
        As its zone begins, without the filler: "P", "PM", "C" ...
    issuing_state, nationality
        One to three capital letters of the zone ("CHN", "D").
    primary_identifier, secondary_identifier
        Surname and given names as the zone writes them, in Latin letters; the second may be "".
    sex
        None: the document leaves it open.
    birth_date
        None: the document leaves a part of it open.
    number
        Capital letters and digits; "<" between them stands for what the zone cannot write.
    optional_data
        What the issuing state put there (a personal number); "" where there is nothing.
    portrait
        The chip's photo of the face.
    portrait_orientation_known
        False: it may stand on its head.
    """

    document_type: str
    issuing_state: str
    nationality: str
    number: Personal[str]
    primary_identifier: Personal[str]
    secondary_identifier: Personal[str]
    sex: Sex | None
    birth_date: Personal[datetime.date] | None
    valid_until: datetime.date
    optional_data: Personal[str]
    portrait: Picture
    authentication: PassiveAuthentication
    access_by: AccessProtocol
    portrait_orientation_known: bool = True

    @property
    def name(self) -> Personal[str]:
        """The whole name as printed in the zone: surname first."""
        return Personal(f"{self.primary_identifier.reveal()} {self.secondary_identifier.reveal()}".strip())

    def is_valid_on(self, day: datetime.date) -> bool:
        """Return whether the document has not expired on a day."""
        return day <= self.valid_until

    def age_years(self, on: datetime.date) -> int | None:
        """Return the holder's age in whole years on a day; None where the document leaves the birth date open."""
        return None if self.birth_date is None else whole_years(self.birth_date.reveal(), on)


def mask_document_number(text: str) -> str:
    """Return a travel document's number as a screen shows it: the first and the last two characters."""
    return "*" * len(text) if len(text) < _SHORTEST_SHOWN else f"{text[:2]}{'*' * (len(text) - 4)}{text[-2:]}"
