"""How sure a field is: which characters a person must look at, and whether nobody needs to."""

from __future__ import annotations

from collections.abc import Mapping

from teller_assist.documents.checks import DocumentCheck, failed
from teller_assist.documents.fields.found import Found
from teller_assist.documents.fields.name_characters import sure_from
from teller_assist.evidence.person_name import rare_positions
from teller_assist.evidence.printed import FieldCheck, FieldName

# Below it a character may be another one. Of 9,875 characters of addresses, authorities and names of 480 made-up cards 11 were
# read as others, the surest at 0.86; 45 that were read rightly lie below it. Of 4,281 of addresses and authorities of 220 cards
# read with the detector of today one was, at 0.84.
SURE = 0.90
# A second witness (the check digit, the number's birth date, sex or division) leaves little room for another character.
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
    # The first day is the last one's witness and has none itself: of two days read unsurely neither makes the other sure.
    confirmed = field is not FieldName.VALID_FROM and is_confirmed(checks)
    pairs = zip(found.places, found.text.glyphs, strict=True)
    if field is FieldName.NAME:
        return doubtful_in_name(found.value, {place: glyph.confidence for place, glyph in pairs})
    return tuple(
        sorted(
            place
            for place, glyph in pairs
            if not glyph.certain or glyph.confidence < (SURE_WHERE_CONFIRMED if confirmed or glyph.confirmed else SURE)
        )
    )


def doubtful_in_name(name: str, confidences: Mapping[int, float]) -> tuple[int, ...]:
    """Return the places in a name of the characters that a person must look at, ascending.

    Parameters
    ----------
    confidences
        By place; a place without one is in doubt.
    """
    in_doubt = {*rare_positions(name)}
    needed = enumerate(sure_from(name))
    return tuple(place for place, sure in needed if place in in_doubt or confidences.get(place, 0.0) < sure)


def is_confirmed(checks: tuple[FieldCheck, ...]) -> bool:
    """Say whether something else on the card speaks for what was read."""
    return any(check.check in _CONFIRMING and check.passed for check in checks)


def is_accepted(doubtful: tuple[int, ...], checks: tuple[FieldCheck, ...]) -> bool:
    """Say whether nobody needs to look at a field."""
    return not doubtful and not failed(checks)
