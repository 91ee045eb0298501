"""Which bank issued a card, by how its number begins (``config/issuing_banks.toml``). It is shown; nothing is decided by it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from teller_assist.errors import SettingOutOfRangeError
from teller_assist.evidence.bank_card import CardNumber
from teller_assist.settings.dated_file import read_dated_file

FILE = "issuing_banks.toml"
SCHEMA = "issuing_banks/1"
_PREFIX = re.compile(r"[0-9]{2,11}")
_LONGEST_NAME = 30


class CardType(StrEnum):
    """What a card is for; PREFIX_ONLY: the file does not say."""

    DEBIT = "debit"
    CREDIT = "credit"
    PREFIX_ONLY = "prefixes"


@dataclass(frozen=True)
class Issuer:
    """A card's issuer.

    Attributes
    ----------
    bank
        The bank's Chinese name.
    """

    bank: str
    card_type: CardType


@dataclass(frozen=True)
class IssuingBanks:
    """The whole file."""

    date: datetime.date
    author: str
    by_prefix: Mapping[str, Issuer]

    def issuer_of(self, number: CardNumber) -> Issuer | None:
        """Return who issued a card, by the longest beginning that fits; None: none fits."""
        for length in range(len(number.text), 0, -1):
            found = self.by_prefix.get(number.text[:length])
            if found is not None:
                return found
        return None


def read_issuing_banks(content: bytes, file: str = FILE) -> IssuingBanks:
    """Read such a file: ``[[banks]]`` with a name and lists of beginnings, ``debit``, ``credit``, ``prefixes``.

    Raises
    ------
    SettingsFileError
        It is not TOML, or of another schema.
    SettingOutOfRangeError
        ``key`` names what is wrong: an unknown entry, a name or a beginning that is none, or one that stands there twice.
    """
    head = read_dated_file(content, file=file, schema=SCHEMA)
    banks = head.content.pop("banks", None)
    _require(isinstance(banks, list) and not head.content, "banks", file)
    assert isinstance(banks, list)  # noqa: S101 (for the type checker)
    by_prefix: dict[str, Issuer] = {}
    for place, bank in enumerate(banks, 1):
        for prefix, issuer in _bank(bank, f"banks {place}", file).items():
            _require(prefix not in by_prefix, f"banks {place} {prefix}", file)
            by_prefix[prefix] = issuer
    return IssuingBanks(head.date, head.author, by_prefix)


def _bank(told: Any, key: str, file: str) -> dict[str, Issuer]:
    _require(isinstance(told, dict) and "name" in told and told.keys() <= {"name", *CardType}, key, file)
    name = told["name"]
    _require(isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME and name == name.strip() and name.isprintable(), key, file)
    found: dict[str, Issuer] = {}
    for card_type in CardType:
        prefixes = told.get(card_type, [])
        _require(isinstance(prefixes, list), f"{key} {card_type}", file)
        for prefix in prefixes:
            good = isinstance(prefix, str) and _PREFIX.fullmatch(prefix) is not None and prefix not in found
            _require(good, f"{key} {card_type}", file)
            found[prefix] = Issuer(name, card_type)
    return found


def _require(holds: bool, key: str, file: str) -> None:
    if not holds:
        raise SettingOutOfRangeError(key=key, file=file)
