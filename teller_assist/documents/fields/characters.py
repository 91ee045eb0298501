"""Which characters a field can consist of."""

from __future__ import annotations

import unicodedata

from teller_assist.evidence.person_name import MIDDLE_DOTS

_ADDRESS_SIGNS = "-—–~()#/、·&"  # no dot and no comma: recognition sees them in specks


def is_han(character: str) -> bool:
    """Say whether a character is a Han character of any plane, 〇 and private ones of older fonts included."""
    named = unicodedata.name(character, "").startswith("CJK UNIFIED")
    return named or character == "〇" or unicodedata.category(character) == "Co"


def in_name(character: str) -> bool:
    """Say whether a character can stand in a name."""
    return is_han(character) or character in MIDDLE_DOTS


def in_address(character: str) -> bool:
    """Say whether a character can stand in an address."""
    return is_han(character) or (character.isascii() and character.isalnum()) or character in _ADDRESS_SIGNS
