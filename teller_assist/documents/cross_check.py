"""Printed, chip and authority compared field by field, each field with the equality that is right for it."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping

from teller_assist.documents import divisions
from teller_assist.documents.fields.vocabulary import simplified
from teller_assist.evidence.document_agreement import Agreement, FieldComparison
from teller_assist.evidence.id_number import Sex
from teller_assist.evidence.identity import IdentityCard, StatedIdentity
from teller_assist.evidence.netcheck import NetcheckCode, NetcheckResult
from teller_assist.evidence.person_name import NameAgreement, compare_names, normalised_name
from teller_assist.evidence.printed import LONG_TERM, FieldName
from teller_assist.settings.personal import Personal

# What the authority confirms by its answer; it tells no value that it was not asked about.
_NUMBER_CONFIRMED = frozenset(
    {NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_PHOTO_DIFFERENT, NetcheckCode.MATCH_NO_PHOTO, NetcheckCode.NAME_MISMATCH}
)
_NAME_CONFIRMED = _NUMBER_CONFIRMED - {NetcheckCode.NAME_MISMATCH}
_SEX_PRINTED = {Sex.MALE: "男", Sex.FEMALE: "女"}
_DATE = re.compile(r"([0-9]{4})[-.年/]?([0-9]{1,2})[-.月/]?([0-9]{1,2})日?")
_WEIGHT = (Agreement.MISSING, Agreement.EQUAL, Agreement.EQUIVALENT, Agreement.DIFFERENT)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")

FULL_WIDTH, LINE_JOIN, TRADITIONAL_FORM, PROVINCE_PREFIX = "full_width", "line_join", "traditional_form", "province_prefix"
RARE_CHARACTER, MIDDLE_DOT, DATE_FORM, GROUP_SUFFIX = "rare_character", "middle_dot", "date_form", "ethnicity_suffix"
Compared = tuple[Agreement, str]
_EQUAL: Compared = (Agreement.EQUAL, "")
_DIFFERENT: Compared = (Agreement.DIFFERENT, "")


def cross_check(
    printed: Mapping[FieldName, Personal[str]],
    card: IdentityCard | None,
    netcheck: NetcheckResult | None,
    *,
    stated: StatedIdentity | None = None,
) -> tuple[FieldComparison, ...]:
    """Return how every printed field agrees with the chip, and with what the authority confirmed.

    Parameters
    ----------
    card
        As the chip says; None where none was read.
    netcheck
        The authority's answer. It says that a number exists, or that number and name are one person's, and no more: a field that
        it does not confirm is missing on its side.
    stated
        Whom the authority was asked about where no chip was read.
    """
    confirmed = _confirmed(card, netcheck, stated)
    return tuple(_comparison(name, printed[name], card, confirmed.get(name)) for name in FieldName if name in printed)


def chip_text(card: IdentityCard, name: FieldName) -> str:
    """Return what the chip says of a field, in the form of ``PrintedField.value``."""
    until = LONG_TERM if card.valid_until is None else card.valid_until.isoformat()
    return {
        FieldName.NAME: card.name.reveal(),
        FieldName.SEX: _SEX_PRINTED[card.sex],
        FieldName.ETHNICITY: card.ethnicity,
        FieldName.BIRTH: card.birth_date.reveal().isoformat(),
        FieldName.ADDRESS: card.address.reveal(),
        FieldName.ID_NUMBER: card.number.reveal().text,
        FieldName.AUTHORITY: card.issuer,
        FieldName.VALID_FROM: card.valid_from.isoformat(),
        FieldName.VALID_TO: until,
    }[name]


def compare_values(name: FieldName, one: str, other: str) -> Compared:
    """Return how two writings of one field agree, and why: a code of the wording group ``agreement_why``, "" for none."""
    return _EQUAL if one == other else _RULES[name](one, other)


def _confirmed(card: IdentityCard | None, netcheck: NetcheckResult | None, stated: StatedIdentity | None) -> dict[FieldName, str]:
    asked_number = card.number if card is not None else stated.number if stated is not None else None
    asked_name = card.name if card is not None else stated.name if stated is not None else None
    found: dict[FieldName, str] = {}
    if netcheck is not None and netcheck.code in _NUMBER_CONFIRMED and asked_number is not None:
        found[FieldName.ID_NUMBER] = asked_number.reveal().text
    if netcheck is not None and netcheck.code in _NAME_CONFIRMED and asked_name is not None:
        found[FieldName.NAME] = asked_name.reveal()
    return found


def _comparison(name: FieldName, printed: Personal[str], card: IdentityCard | None, confirmed: str | None) -> FieldComparison:
    chip = None if card is None else chip_text(card, name)
    found = [compare_values(name, printed.reveal(), value) for value in (chip, confirmed) if value is not None]
    agreement, why = max(found, key=lambda one: _WEIGHT.index(one[0]), default=(Agreement.MISSING, ""))
    return FieldComparison(name, printed, _personal(chip), _personal(confirmed), agreement, why)


def _personal(value: str | None) -> Personal[str] | None:
    return None if value is None else Personal(value)


def _names(one: str, other: str) -> Compared:
    agreement = compare_names(one, other)
    if agreement is NameAgreement.DIFFERENT:
        return _DIFFERENT
    if agreement is NameAgreement.ENCODING:
        return Agreement.EQUIVALENT, RARE_CHARACTER
    first, second = _plain(one), _plain(other)
    if first == second:
        return Agreement.EQUIVALENT, _why_plain(one, other)
    undotted = ("".join(letter for letter in text if normalised_name(letter) != "·") for text in (first, second))
    return Agreement.EQUIVALENT, MIDDLE_DOT if len(set(undotted)) == 1 else RARE_CHARACTER


def _dates(one: str, other: str) -> Compared:
    first, second = day_told(one), day_told(other)
    return (Agreement.EQUIVALENT, DATE_FORM) if first is not None and first == second else _plainly(one, other)


def _groups(one: str, other: str) -> Compared:
    found = _plainly(one, other)
    if found != _DIFFERENT:
        return found
    found = _places(*(_plain(text).removesuffix("族") for text in (one, other)))
    return found if found[0] is Agreement.DIFFERENT else (Agreement.EQUIVALENT, found[1] or GROUP_SUFFIX)


def _places(one: str, other: str) -> Compared:
    """Compare an address or an authority: the closed vocabulary of divisions has one character for each traditional one."""
    found = _plainly(one, other)
    if found != _DIFFERENT:
        return found
    first, second = simplified(_plain(one)), simplified(_plain(other))
    if first == second:
        return Agreement.EQUIVALENT, TRADITIONAL_FORM
    shorter, longer = sorted((first, second), key=len)
    prefix = longer.removesuffix(shorter)
    is_prefix = bool(shorter) and prefix != longer and _names_divisions(prefix)
    return (Agreement.EQUIVALENT, PROVINCE_PREFIX) if is_prefix else _DIFFERENT


def _plainly(one: str, other: str) -> Compared:
    """Return how two texts agree where width, blanks and the kind of dash do not count."""
    if one == other:
        return _EQUAL
    return (Agreement.EQUIVALENT, _why_plain(one, other)) if _plain(one) == _plain(other) else _DIFFERENT


def _why_plain(one: str, other: str) -> str:
    return LINE_JOIN if "".join(one.split()) == "".join(other.split()) else FULL_WIDTH


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).upper().split())


def _names_divisions(prefix: str) -> bool:
    """Say whether a text is the name of a province, of one of its cities, or of both."""
    provinces = divisions.places_under("")
    if any(prefix in divisions.places_under(code[:2]) for codes in provinces.values() for code in codes):
        return True
    if prefix in provinces:
        return True
    return any(
        prefix.startswith(name) and prefix.removeprefix(name) in divisions.places_under(code[:2])
        for name, codes in provinces.items()
        for code in codes
    )


def day_told(text: str) -> datetime.date | None:
    """Return the day that a text tells in one of the forms in which cards and systems write it; None where it tells none."""
    found = _DATE.fullmatch(_plain(text))
    try:
        return None if found is None else datetime.date(*map(int, found.groups()))
    except ValueError:
        return None


_RULES: Mapping[FieldName, Callable[[str, str], Compared]] = {
    FieldName.NAME: _names,
    FieldName.SEX: _plainly,
    FieldName.ETHNICITY: _groups,
    FieldName.BIRTH: _dates,
    FieldName.ADDRESS: _places,
    FieldName.ID_NUMBER: _plainly,
    FieldName.AUTHORITY: _places,
    FieldName.VALID_FROM: _dates,
    FieldName.VALID_TO: _dates,
}
