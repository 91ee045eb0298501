"""What opens a chip: three items of the machine-readable zone, and what is derived from them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from teller_assist_sdk import DeviceProblem

from .mrz import check_digit

_KEY_SEED_BYTES = 16
_SHORTEST_NUMBER = 9
_NUMBER, _DATE = re.compile("[A-Z0-9<]{1,22}"), re.compile("[0-9<]{6}")


@dataclass(frozen=True)
class AccessItems:
    """Document number without the fillers behind it, and dates as YYMMDD; its repr shows nothing."""

    document_number: str = field(repr=False)
    birth_date: str = field(repr=False)
    expiry_date: str = field(repr=False)

    @property
    def information(self) -> bytes:
        """The items with their check digits (ICAO Doc 9303-11, 4.3.2 and appendix D.2); a long number stands there whole."""
        number = self.document_number.ljust(_SHORTEST_NUMBER, "<")
        return "".join(item + check_digit(item) for item in (number, self.birth_date, self.expiry_date)).encode("ascii")

    @property
    def digest(self) -> bytes:
        """SHA-1 of that: what PACE derives its key from."""
        return hashlib.sha1(self.information, usedforsecurity=False).digest()

    @property
    def key_seed(self) -> bytes:
        """The part of it from which BAC derives its keys."""
        return self.digest[:_KEY_SEED_BYTES]


def access_items(told: dict[str, str]) -> AccessItems:
    """Return what the product was told; access_refused where no zone has such characters."""
    items = AccessItems(told["document_number"], told["birth_date"], told["expiry_date"])
    dates = items.birth_date, items.expiry_date
    if not _NUMBER.fullmatch(items.document_number) or not all(_DATE.fullmatch(date) for date in dates):
        raise DeviceProblem("access_refused", "characters that no zone has")
    return items


def refused(protocol: str, status: int) -> DeviceProblem:
    """Return the problem of a chip that does not open with the items."""
    return DeviceProblem("access_refused", f"{protocol}: status {status:04X}")
