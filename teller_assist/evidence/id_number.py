"""The citizen's ID number (GB 11643): its parts, its check character, and how little of it a screen needs to show."""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from teller_assist.errors import CardUnreadableError

_FORM = re.compile(r"[1-9][0-9]{5}[0-9]{8}[0-9]{3}[0-9X]")
# ISO 7064 MOD 11-2, as GB 11643 tabulates it.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_LENGTH = 18


class Sex(StrEnum):
    """As coded in the number and on the chip."""

    MALE = "male"
    FEMALE = "female"


def check_character(first_17: str) -> str:
    """Return the 18th character that belongs to the first 17 digits (ISO 7064 MOD 11-2).

    Parameters
    ----------
    first_17
        17 digits.
    """
    return _CHECK_CHARACTERS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True)) % 11]


def whole_years(born: datetime.date, on: datetime.date) -> int:
    """Return somebody's age in whole years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@dataclass(frozen=True)
class IdNumber:
    """One valid number: form, birth date and check character agree.

    Hold it in ``Personal``; its own repr shows nothing.

    Raises
    ------
    CardUnreadableError
        The text is no valid number; the fact ``why`` says whether form, birth date or check character failed.
    """

    text: str

    def __post_init__(self) -> None:
        if not _FORM.fullmatch(self.text):
            raise CardUnreadableError(why="number_form")
        try:
            datetime.date(int(self.text[6:10]), int(self.text[10:12]), int(self.text[12:14]))
        except ValueError as error:
            raise CardUnreadableError(why="number_birth_date") from error
        if check_character(self.text[:17]) != self.text[17]:
            raise CardUnreadableError(why="number_check_character")

    def __repr__(self) -> str:
        return "IdNumber(***)"

    @classmethod
    def typed(cls, text: str) -> IdNumber:
        """Return a number as a person typed it: blanks, wide digits and a small x do not count.

        Raises
        ------
        CardUnreadableError
            As for the class.
        """
        return cls("".join(unicodedata.normalize("NFKC", text).split()).upper())

    @classmethod
    def or_none(cls, text: str) -> IdNumber | None:
        """Return the number that a text is, None where it is none."""
        try:
            return cls(text)
        except CardUnreadableError:
            return None

    @property
    def area(self) -> str:
        """The six digits of the area where it was issued (GB/T 2260)."""
        return self.text[:6]

    @property
    def family(self) -> str:
        """What relatives born together share: area and birth date."""
        return self.text[:14]

    @property
    def birth_date(self) -> datetime.date:
        """The birth date in the number."""
        return datetime.date(int(self.text[6:10]), int(self.text[10:12]), int(self.text[12:14]))

    def age_years(self, on: datetime.date) -> int:
        """Return the age in whole years on a day."""
        return whole_years(self.birth_date, on)

    @property
    def sequence(self) -> int:
        """0 to 999, given out in order within one area and birth date; odd for men."""
        return int(self.text[14:17])

    @property
    def sex(self) -> Sex:
        """As the sequence says."""
        return Sex.MALE if self.sequence % 2 else Sex.FEMALE

    @property
    def masked(self) -> str:
        """What a screen shows; see ``mask_number``."""
        return mask_number(self.text)


def mask_number(text: str) -> str:
    """Return a number as a screen shows it: area, century and the last four characters.

    Also one whose check character fails; of a text of another length nothing shows but its length.
    """
    return f"{text[:6]} {text[6:8]}** **** {text[14:]}" if len(text) == _LENGTH else "*" * len(text)


def mask_name(name: str) -> str:
    """Return a name as a list shows it: the first character, and the last one of a longer name.

    A name of one character becomes a single star.
    """
    if len(name) < 2:
        return "*"
    return name[0] + "*" * (len(name) - 1) if len(name) == 2 else name[0] + "*" * (len(name) - 2) + name[-1]


def is_number(typed: str) -> bool:
    """Return whether a text is a valid number, as a person may type it."""
    try:
        IdNumber.typed(typed)
    except CardUnreadableError:
        return False
    return True
