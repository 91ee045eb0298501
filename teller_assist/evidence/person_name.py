"""A person's name as two systems write it: rare characters (生僻字) must not make two names of one."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

# Private-use code points that systems before GB 18030-2005 gave the double-byte codes FE50 to FEA0, in the order of those codes.
_FIRST_PRIVATE = 0xE815
_TRAIL_BYTES = (*range(0x50, 0x7F), *range(0x80, 0xA1))
# Fourteen of them stayed private in GB 18030-2000 and got their characters later: 龴 to 龻, and six beyond the basic plane.
_LATER = {
    0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
    0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB,
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE,
}  # fmt: skip
_NAMED = {_FIRST_PRIVATE + place: bytes([0xFE, trail]).decode("gb18030") for place, trail in enumerate(_TRAIL_BYTES)}
_PUBLIC = str.maketrans(_NAMED | _LATER)
MIDDLE_DOTS = "·•‧∙⋅・･．."  # between the parts of a name the same dot is typed, and recognised, in several ways
_ONE_DOT = str.maketrans(dict.fromkeys(MIDDLE_DOTS, "·"))
_LONGEST_NAME = 200
_PLACEHOLDERS = frozenset("?*〓□■�")  # what systems write for a character they do not have


class NameAgreement(StrEnum):
    """How two writings of a name agree."""

    SAME = "same"
    ENCODING = "encoding"  # different only where a character could not be written: 名字编码差异
    DIFFERENT = "different"


def with_one_dot(name: str) -> str:
    """Return a name with "·" for every kind of dot between its parts."""
    return name.translate(_ONE_DOT)


def normalised_name(name: str) -> str:
    """Return a name in the one form in which two of them are compared.

    Blanks, invisible characters, variation selectors, compatibility forms (Unicode NFKC) and the kind of dot do not count;
    private code points of GBK and GB 18030-2000 become the characters that GB 18030-2005 has in their places.
    """
    plain = unicodedata.normalize("NFKC", with_one_dot(name.translate(_PUBLIC)))
    return "".join(one for one in plain if not (one.isspace() or unicodedata.category(one) == "Cf" or _selects_a_variant(one)))


def compare_names(one: str, other: str) -> NameAgreement:
    """Return how two writings agree; at least one character must be readable and the same on both sides for ENCODING.

    A text of more than 200 characters comes from outside and is nobody's name: it agrees with nothing but itself.
    """
    if max(len(one), len(other)) > _LONGEST_NAME:
        return NameAgreement.SAME if one == other else NameAgreement.DIFFERENT
    first, second = normalised_name(one), normalised_name(other)
    if first == second:
        return NameAgreement.SAME
    lengths_agree = _pattern(first).fullmatch(second) or _pattern(second).fullmatch(first) or _agree_by_place(first, second)
    shared = {character for character in first if not _is_unreadable(character)} & set(second)
    return NameAgreement.ENCODING if lengths_agree and shared else NameAgreement.DIFFERENT


def rare_positions(name: str) -> tuple[int, ...]:
    """Return the places in the normalised name of characters that another system may write differently, or not at all.

    Those that GBK does not have, private code points without a known character, and placeholders.
    """
    return tuple(
        place for place, one in enumerate(normalised_name(name)) if _is_unreadable(one) or (one != "·" and not _in_gbk(one))
    )


def _agree_by_place(first: str, second: str) -> bool:
    if len(first) != len(second):
        return False
    return all(x == y or _is_unreadable(x) or _is_unreadable(y) for x, y in zip(first, second, strict=True))


def _pattern(name: str) -> re.Pattern[str]:
    """Return what a name may stand for; a character that got lost byte by byte left up to four marks."""
    parts = re.split(r"(\?+)", name)
    return re.compile("".join(f".{{1,{len(part)}}}" if part.startswith("?") else re.escape(part) for part in parts), re.DOTALL)


def _is_unreadable(character: str) -> bool:
    return character in _PLACEHOLDERS or unicodedata.category(character) in ("Co", "Cn")


def _in_gbk(character: str) -> bool:
    try:
        character.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _selects_a_variant(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
