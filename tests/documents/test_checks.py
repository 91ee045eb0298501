from __future__ import annotations

import calendar
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.documents.checks import WARNINGS, DocumentCheck, checks_of, failed, span_fits_age, span_is_plausible
from teller_assist.evidence.printed import DocumentKind, FieldCheck, FieldName
from teller_assist.wording import codes
from tests.stand_ins.card_lines import Person, number_of

FRONT = {FieldName(name): value for name, value in Person().values.items()}
BACK = {FieldName.AUTHORITY: "如东县公安局", FieldName.VALID_FROM: "2019-01-01", FieldName.VALID_TO: "2039-01-01"}
TODAY = datetime.date(2026, 11, 20)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def results(kind: DocumentKind, values: dict[FieldName, str], **more: object) -> dict[str, bool]:
    made = checks_of(kind, values, **more)  # type: ignore[arg-type]
    return {check.check: check.passed for checks in made.values() for check in checks}


def test_a_front_in_order_passes_every_check() -> None:
    assert results(DocumentKind.FRONT, FRONT, address_codes=frozenset({"320623"})) == {
        "gb11643": True, "division_known": True, "address_division": True,
        "birth_matches_number": True, "sex_matches_number": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({FieldName.ID_NUMBER: FRONT[FieldName.ID_NUMBER][:-1] + "?"}, "gb11643"),
        ({FieldName.BIRTH: "1990-03-08"}, "birth_matches_number"),
        ({FieldName.SEX: "女"}, "sex_matches_number"),
    ],
)
def test_what_contradicts_the_number_fails_its_check(changed: dict[FieldName, str], check: str) -> None:
    assert results(DocumentKind.FRONT, FRONT | changed)[check] is False


def test_nothing_is_held_against_a_number_that_does_not_hold() -> None:
    assert results(DocumentKind.FRONT, FRONT | {FieldName.ID_NUMBER: "1"}) == {"gb11643": False}


def test_a_division_of_any_year_is_known_and_an_unknown_one_is_a_warning_only() -> None:
    suzhou_of_1982, nowhere = number_of("320521", "1960-01-01", 1), number_of("999999", "1960-01-01", 1)
    assert results(DocumentKind.FRONT, {FieldName.ID_NUMBER: suzhou_of_1982})["division_known"]
    checks = checks_of(DocumentKind.FRONT, {FieldName.ID_NUMBER: nowhere})[FieldName.ID_NUMBER]
    assert checks == (FieldCheck("gb11643", True), FieldCheck("division_known", False))
    assert failed(checks) == ()


@pytest.mark.parametrize(("code", "same"), [("320623", True), ("320600", True), ("320000", True), ("110101", False)])
def test_the_addresss_division_is_held_against_the_numbers_as_far_as_it_is_told(code: str, same: bool) -> None:
    assert results(DocumentKind.FRONT, FRONT, address_codes=frozenset({code}))["address_division"] is same


def test_somebody_who_moved_needs_no_look() -> None:
    assert DocumentCheck.ADDRESS_DIVISION in WARNINGS


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2019-01-01", "2024-01-01"), ("2019-01-01", "2029-01-01"), ("2019-01-01", "2039-01-01"), ("2019-01-01", None),
        ("2004-02-29", "2024-02-29"), ("2012-02-29", "2022-02-28"), ("2012-02-29", "2022-03-01"),
    ],
)  # fmt: skip
def test_a_card_is_given_for_five_ten_or_twenty_years_or_without_an_end(first: str, last: str | None) -> None:
    assert span_is_plausible(day(first), day(last) if last else None, temporary=False)


@pytest.mark.parametrize(
    ("first", "last"),
    [("2019-01-01", "2039-01-02"), ("2019-01-01", "2034-01-01"), ("2019-01-01", "2019-04-01"), ("2012-02-28", "2022-03-01")],
)  # fmt: skip
def test_another_span_is_not_plausible(first: str, last: str) -> None:
    assert not span_is_plausible(day(first), day(last), temporary=False)


@pytest.mark.parametrize(
    ("first", "last", "plausible"),
    [
        ("2026-10-01", "2027-01-01", True), ("2026-11-30", "2027-02-28", True), ("2026-11-30", "2027-03-01", True),
        ("2026-09-12", "2026-12-11", True),
        ("2026-10-01", "2027-02-01", False), ("2026-10-01", "2036-10-01", False), ("2026-10-01", None, False),
    ],
)  # fmt: skip
def test_a_temporary_card_is_given_for_three_months(first: str, last: str | None, plausible: bool) -> None:
    assert span_is_plausible(day(first), day(last) if last else None, temporary=True) is plausible


def test_three_months_are_three_months_on_whichever_day_they_begin() -> None:
    days = [datetime.date(2023, 1, 1) + datetime.timedelta(days=place) for place in range(6 * 366)]
    spans = {(first, _three_months_after(first) - datetime.timedelta(days=less)) for first in days for less in (0, 1)}
    assert {(last - first).days for first, last in spans} == {88, 89, 90, 91, 92}
    assert all(span_is_plausible(first, last, temporary=True) for first, last in spans)
    assert not span_is_plausible(day("2027-02-01"), day("2027-04-29"), temporary=True)
    assert not span_is_plausible(day("2026-07-01"), day("2026-10-02"), temporary=True)


def _three_months_after(first: datetime.date) -> datetime.date:
    """Return the same day of the third month after, its last day where it is shorter."""
    year, month = divmod(first.year * 12 + first.month + 2, 12)
    return first.replace(year=year, month=month + 1, day=min(first.day, calendar.monthrange(year, month + 1)[1]))


@pytest.mark.parametrize(
    ("age", "years"), [(0, 5), (15, 5), (16, 10), (25, 10), (26, 20), (45, 20), (46, None), (80, None)]
)  # fmt: skip
def test_the_span_follows_the_age_at_issue(age: int, years: int | None) -> None:
    born, first = datetime.date(1930, 1, 1), datetime.date(1930 + age, 7, 1)
    spans = {span: None if span is None else first.replace(year=first.year + span) for span in (5, 10, 20, None)}
    assert [span for span, last in spans.items() if span_fits_age(born, first, last)] == [years]


def test_no_span_from_before_the_birth_fits() -> None:
    born = datetime.date(2020, 6, 1)
    for first in (datetime.date(2020, 5, 31), datetime.date(2010, 6, 1), datetime.date.min):
        assert not span_fits_age(born, first, first.replace(year=first.year + 5))
    assert span_fits_age(born, born, datetime.date(2025, 6, 1))


def test_who_turned_sixteen_between_application_and_issue_has_a_card_of_either_span() -> None:
    born, first = datetime.date(2003, 6, 1), datetime.date(2019, 7, 1)
    assert span_fits_age(born, first, datetime.date(2024, 7, 1))
    assert span_fits_age(born, first, datetime.date(2029, 7, 1))


def test_both_sides_together_are_held_against_each_other() -> None:
    made = results(DocumentKind.BACK, FRONT | BACK, today=TODAY)
    assert made["span_fits_age"]
    assert made["in_force"]
    assert not results(DocumentKind.BACK, FRONT | BACK | {FieldName.VALID_TO: "2024-01-01"}, today=TODAY)["span_fits_age"]


@pytest.mark.parametrize(
    ("today", "in_force"), [("2018-12-31", False), ("2019-01-01", True), ("2039-01-01", True), ("2039-01-02", False)]
)  # fmt: skip
def test_a_card_is_in_force_on_its_first_and_on_its_last_day(today: str, in_force: bool) -> None:
    assert results(DocumentKind.BACK, BACK, today=day(today))["in_force"] is in_force


@pytest.mark.parametrize(("last", "plausible"), [("2039-01-01", True), ("2038-01-01", False)])
def test_both_days_are_held_against_the_span(last: str, plausible: bool) -> None:
    checks = checks_of(DocumentKind.BACK, BACK | {FieldName.VALID_TO: last}, today=TODAY)
    assert checks[FieldName.VALID_FROM] == (FieldCheck("validity_plausible", plausible),)
    assert checks[FieldName.VALID_TO][0] == checks[FieldName.VALID_FROM][0]


def test_without_a_day_it_is_not_said_whether_a_card_is_in_force() -> None:
    assert "in_force" not in results(DocumentKind.BACK, BACK)


@pytest.mark.full
@given(st.dictionaries(st.sampled_from(FieldName), st.text(max_size=20)), st.sampled_from(DocumentKind), st.dates() | st.none())
def test_no_values_make_a_check_raise(values: dict[FieldName, str], kind: DocumentKind, today: datetime.date | None) -> None:
    assert all(check.check in set(DocumentCheck) for check in failed(sum(checks_of(kind, values, today=today).values(), ())))


@given(st.dates(), st.dates() | st.none(), st.dates(), st.booleans())
def test_no_days_make_a_span_raise(
    first: datetime.date, last: datetime.date | None, born: datetime.date, temporary: bool
) -> None:
    span_is_plausible(first, last, temporary=temporary)
    span_fits_age(born, first, last)


def test_every_check_has_words() -> None:
    assert set(codes("document_check")) == {check.value for check in DocumentCheck}
