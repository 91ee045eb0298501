"""What a document's fields are held against: the number's own rules, each other, the law on the card's validity, and today.

Every check is made from values alone. One that cannot be made, because a value is missing or no date, is not listed.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import StrEnum

from teller_assist.documents import divisions
from teller_assist.evidence.id_number import IdNumber, Sex, whole_years
from teller_assist.evidence.printed import LONG_TERM, DocumentKind, FieldCheck, FieldName

_DAYS_OF_A_YEAR = 365.25
_SEXES = {"男": Sex.MALE, "女": Sex.FEMALE}
_YEARS = (5, 10, 20)  # spans of validity, 居民身份证法 article 5
# Three months (临时居民身份证管理办法 article 7), to the same day of the month or to the day before it, are 88 to 92 days: 88
# from 1 February to 30 April of a common year. Counted as 90 days they lie between.
_TEMPORARY_DAYS = range(88, 93)
# A holder of that age in whole years at the day of issue, and older, gets a card for so many years; None: without an end.
_SPAN_FROM_AGE: tuple[tuple[int, int | None], ...] = ((46, None), (26, 20), (16, 10), (0, 5))
_APPLIED_BEFORE_DAYS = 90  # between application and issue: 60 days, 90 where traffic is poor (居民身份证法 article 12)


class DocumentCheck(StrEnum):
    """Codes of the wording group ``document_check``."""

    GB11643 = "gb11643"  # form, date and check digit of the number
    DIVISION_KNOWN = "division_known"  # its first six digits were a division in some year
    BIRTH_MATCHES_NUMBER = "birth_matches_number"
    SEX_MATCHES_NUMBER = "sex_matches_number"
    ADDRESS_DIVISION = "address_division"  # the address begins with the division of the number: people move
    VALIDITY_PLAUSIBLE = "validity_plausible"  # both days of a span that cards have
    IN_FORCE = "in_force"  # today
    SPAN_FITS_AGE = "span_fits_age"


# They say something about the world and nothing about the reading: nobody needs to look at the field for them.
WARNINGS = frozenset({DocumentCheck.DIVISION_KNOWN, DocumentCheck.ADDRESS_DIVISION})


def failed(checks: tuple[FieldCheck, ...]) -> tuple[FieldCheck, ...]:
    """Return the checks that did not hold and are no warnings."""
    return tuple(check for check in checks if not check.passed and check.check not in WARNINGS)


def checks_of(
    kind: DocumentKind,
    values: Mapping[FieldName, str],
    *,
    address_codes: frozenset[str] = frozenset(),
    today: datetime.date | None = None,
) -> dict[FieldName, tuple[FieldCheck, ...]]:
    """Return the checks of every field of a document, in the order of ``DocumentCheck``.

    Parameters
    ----------
    values
        As ``PrintedField.value``. The values of both sides may be handed over together: then spans are held against ages.
    address_codes
        Codes of the division that the address begins with; none where it is not known.
    today
        None: whether the card is in force is not checked.
    """
    number = IdNumber.or_none(values.get(FieldName.ID_NUMBER, ""))
    found: dict[FieldName, tuple[FieldCheck, ...]] = {}
    if FieldName.ID_NUMBER in values:
        found[FieldName.ID_NUMBER] = _of_number(number)
    if number is not None:
        found |= _against_number(values, number, address_codes)
    if FieldName.VALID_TO in values and FieldName.VALID_FROM in values:
        found[FieldName.VALID_TO] = _of_validity(kind, values, number, today)
        found[FieldName.VALID_FROM] = found[FieldName.VALID_TO][:1]  # a span that is none may be either day's fault
    return found


def span_is_plausible(first: datetime.date, last: datetime.date | None, *, temporary: bool) -> bool:
    """Say whether a card is ever given for these two days.

    Parameters
    ----------
    last
        None: without an end.
    """
    if temporary:
        return last is not None and (last - first).days in _TEMPORARY_DAYS
    return last is None or any(last in _ends(first, years) for years in _YEARS)


def span_fits_age(born: datetime.date, first: datetime.date, last: datetime.date | None) -> bool:
    """Say whether a card of these two days is given to somebody of that age (居民身份证法 article 5).

    Who turns 16, 26 or 46 soon after may have been told either: the day of application counts, which the card does not print.
    Nobody has a card from before the birth.
    """
    if first < born:
        return False
    years = None if last is None else round((last - first).days / _DAYS_OF_A_YEAR)
    applied = first - datetime.timedelta(days=min(_APPLIED_BEFORE_DAYS, first.toordinal() - 1))
    return years in {_span_at(whole_years(born, day)) for day in (first, applied)}


def _span_at(age: int) -> int | None:
    return next((years for from_age, years in _SPAN_FROM_AGE if age >= from_age), _YEARS[0])


def _of_number(number: IdNumber | None) -> tuple[FieldCheck, ...]:
    holds = FieldCheck(DocumentCheck.GB11643, number is not None)
    return (holds,) if number is None else (holds, FieldCheck(DocumentCheck.DIVISION_KNOWN, divisions.is_known(number.area)))


def _against_number(
    values: Mapping[FieldName, str], number: IdNumber, address_codes: frozenset[str]
) -> dict[FieldName, tuple[FieldCheck, ...]]:
    found: dict[FieldName, tuple[FieldCheck, ...]] = {}
    if FieldName.BIRTH in values:
        same = values[FieldName.BIRTH] == number.birth_date.isoformat()
        found[FieldName.BIRTH] = (FieldCheck(DocumentCheck.BIRTH_MATCHES_NUMBER, same),)
    if FieldName.SEX in values:
        same = _SEXES.get(values[FieldName.SEX]) is number.sex
        found[FieldName.SEX] = (FieldCheck(DocumentCheck.SEX_MATCHES_NUMBER, same),)
    if FieldName.ADDRESS in values and address_codes:
        same = any(_within(number.area, code) for code in address_codes)
        found[FieldName.ADDRESS] = (FieldCheck(DocumentCheck.ADDRESS_DIVISION, same),)
    return found


def _within(area: str, code: str) -> bool:
    """Say whether a number's division is another one, or part of it."""
    return area.startswith(code.removesuffix("00").removesuffix("00"))


def _of_validity(
    kind: DocumentKind, values: Mapping[FieldName, str], number: IdNumber | None, today: datetime.date | None
) -> tuple[FieldCheck, ...]:
    first, last = _day(values[FieldName.VALID_FROM]), _day(values[FieldName.VALID_TO])
    endless = values[FieldName.VALID_TO] == LONG_TERM
    if first is None or (last is None and not endless):
        return (FieldCheck(DocumentCheck.VALIDITY_PLAUSIBLE, False),)
    temporary = kind is DocumentKind.TEMPORARY
    found = [FieldCheck(DocumentCheck.VALIDITY_PLAUSIBLE, span_is_plausible(first, last, temporary=temporary))]
    if today is not None:
        found.append(FieldCheck(DocumentCheck.IN_FORCE, first <= today and (last is None or today <= last)))
    if number is not None and not temporary:
        found.append(FieldCheck(DocumentCheck.SPAN_FITS_AGE, span_fits_age(number.birth_date, first, last)))
    return tuple(found)


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _ends(first: datetime.date, years: int) -> frozenset[datetime.date]:
    """Return the last days that a span of years may be printed with: the same day, or those beside a missing 29 February."""
    year = first.year + years
    if year > datetime.MAXYEAR:
        return frozenset()
    try:
        return frozenset({first.replace(year=year)})
    except ValueError:
        return frozenset({datetime.date(year, 2, 28), datetime.date(year, 3, 1)})
