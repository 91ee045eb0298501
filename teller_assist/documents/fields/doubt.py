"""How sure a field is: which characters a person must look at, and whether nobody needs to."""

from __future__ import annotations

from teller_assist.documents.checks import DocumentCheck, failed
from teller_assist.documents.fields.found import Found
from teller_assist.evidence.person_name import rare_positions
from teller_assist.evidence.printed import FieldCheck, FieldName

# Below it a character may be another one. Of 9,875 characters of addresses, authorities and names of 480 made-up cards 11 were
# read as others, the surest at 0.86; 45 that were read rightly lie below it.
SURE = 0.90
# A name's lie apart further (2 of 1,015 were read as others, at 0.62 and below; 5 that were read rightly lie below 0.85), and
# most people's names must pass. Rare characters, on few of which recognition was trained, are taken for common ones like them.
SURE_IN_A_NAME = 0.85
SURE_IN_A_NAME_WHERE_RARE = 0.90
_FIRST_RARE_LEAD_BYTE = 0xD8  # GB 2312: the 3,755 characters of level 1 are common, those from here on (level 2) are not
# A second witness (the check digit, the number's birth date or sex) leaves little room for another character.
SURE_WHERE_CONFIRMED = 0.50
_CONFIRMING = frozenset(
    {
        DocumentCheck.GB11643,
        DocumentCheck.BIRTH_MATCHES_NUMBER,
        DocumentCheck.SEX_MATCHES_NUMBER,
        DocumentCheck.VALIDITY_PLAUSIBLE,
    }
)


def doubtful_places(field: FieldName, found: Found, checks: tuple[FieldCheck, ...]) -> tuple[int, ...]:
    """Return the places in the value of the characters that a person must look at, ascending.

    Where characters seem to be missing, that is all of them.
    """
    if not found.whole:
        return tuple(range(len(found.value)))
    confirmed = any(check.check in _CONFIRMING and check.passed for check in checks)
    pairs = zip(found.places, found.text.glyphs, strict=True)
    places = {
        place
        for place, glyph in pairs
        if not glyph.certain or glyph.confidence < _needed(field, glyph.character, confirmed=confirmed)
    }
    if field is FieldName.NAME:
        places.update(place for place in rare_positions(found.value) if place < len(found.value))
    return tuple(sorted(places))


def is_accepted(doubtful: tuple[int, ...], checks: tuple[FieldCheck, ...]) -> bool:
    """Say whether nobody needs to look at a field."""
    return not doubtful and not failed(checks)


def _needed(field: FieldName, character: str, *, confirmed: bool) -> float:
    if confirmed:
        return SURE_WHERE_CONFIRMED
    if field is not FieldName.NAME:
        return SURE
    return SURE_IN_A_NAME if _is_common(character) else SURE_IN_A_NAME_WHERE_RARE


def sure_enough(character: str, confidence: float) -> bool:
    """Say whether a character of a name was read so surely that nobody needs to look at it."""
    return confidence >= _needed(FieldName.NAME, character, confirmed=False)


def _is_common(character: str) -> bool:
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return code[0] < _FIRST_RARE_LEAD_BYTE
