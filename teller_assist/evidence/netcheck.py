"""What the networked verification (联网核查) answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from teller_assist.evidence.person_name import NameAgreement
from teller_assist.evidence.pictures import Picture


class NetcheckCode(StrEnum):
    """Result classes of the official form, those added in 2018, and what can go wrong on the way."""

    MATCH_PHOTO_SAME = "MATCH_PHOTO_SAME"
    MATCH_PHOTO_DIFFERENT = "MATCH_PHOTO_DIFFERENT"
    MATCH_NO_PHOTO = "MATCH_NO_PHOTO"
    NAME_MISMATCH = "NAME_MISMATCH"
    NOT_FOUND = "NOT_FOUND"
    CARD_LOST = "CARD_LOST"
    CARD_INVALID = "CARD_INVALID"
    FORMAT_ERROR = "FORMAT_ERROR"
    SERVICE_DOWN = "SERVICE_DOWN"
    NOT_ASKED = "NOT_ASKED"  # ours: the authority was not asked (yet)


@dataclass(frozen=True, eq=False)
class NetcheckResult:
    """One answer of the authority.

    Attributes
    ----------
    photo
        The photograph it returned, with its mesh watermark; None where it returned none.
    name_agreement
        On NAME_MISMATCH, where the authority told the name it has: ENCODING where only their writing differs, else DIFFERENT.
    """

    code: NetcheckCode
    photo: Picture | None
    name_agreement: NameAgreement | None = None
