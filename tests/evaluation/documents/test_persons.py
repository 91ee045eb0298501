"""Made-up persons agree with themselves."""

from __future__ import annotations

import datetime
import unicodedata

import pytest

from teller_assist.evaluation.documents.chance import chance_for
from teller_assist.evaluation.documents.divisions import former_places, minority_places, places
from teller_assist.evaluation.documents.persons import (
    REFERENCE_DAY,
    TEMPORARY_DAYS,
    MadeUpPerson,
    make_up_person,
    valid_years,
)
from teller_assist.evaluation.documents.word_lists import word_lists
from teller_assist.evidence.id_number import IdNumber, Sex, whole_years
from teller_assist.evidence.printed import LONG_TERM

PERSONS = [make_up_person(chance_for(1, number)) for number in range(600)]


def test_the_same_seed_makes_the_same_person_and_another_seed_another() -> None:
    assert make_up_person(chance_for(1, 0)) == PERSONS[0]
    assert make_up_person(chance_for(2, 0)) != PERSONS[0]


def test_number_birth_sex_and_address_agree() -> None:
    for person in PERSONS:
        number = IdNumber(person.id_number)  # its form and check character
        assert number.birth_date == person.birth
        assert (number.sex is Sex.MALE) == (person.sex == "男")
        assert number.area == person.place.code
        assert person.address.startswith(person.place.prefix)
        assert len(person.address) <= 33


def test_validity_follows_the_age_at_issue() -> None:
    for person in PERSONS:
        assert person.birth <= person.valid_from <= REFERENCE_DAY
        years = valid_years(whole_years(person.birth, person.valid_from))
        expected = None if years is None else person.valid_from.replace(year=person.valid_from.year + years)
        assert person.valid_to == expected
    ends = {person.back_fields["valid_to"] == LONG_TERM for person in PERSONS}
    assert ends == {True, False}


@pytest.mark.parametrize(("age", "years"), [(0, 5), (15, 5), (16, 10), (25, 10), (26, 20), (45, 20), (46, None), (100, None)])
def test_years_of_validity_by_age(age: int, years: int | None) -> None:
    assert valid_years(age) == years


def test_a_temporary_card_lasts_three_months() -> None:
    for number in range(50):
        person = make_up_person(chance_for(3, number), temporary=True)
        assert person.valid_to is not None
        assert person.valid_to - person.valid_from == datetime.timedelta(days=TEMPORARY_DAYS)
        assert person.birth <= person.valid_from


@pytest.mark.full
def test_all_peoples_all_ages_and_every_form_of_name_come_up() -> None:
    many = PERSONS + [make_up_person(chance_for(4, number)) for number in range(2400)]
    assert {person.ethnicity for person in many} == set(word_lists()["ethnicities"])
    assert len(word_lists()["ethnicities"]) == 56
    ages = [whole_years(person.birth, REFERENCE_DAY) for person in many]
    assert min(ages) <= 1
    assert max(ages) >= 98
    assert any("·" in person.name for person in many)
    rare = set("".join(word_lists()["rare_given"]))
    assert any(rare & set(person.name) for person in many)
    assert {len(person.name) for person in many} >= {2, 3, 4}


def truth_of(person: MadeUpPerson) -> list[str]:
    return [*person.front_fields.values(), *person.back_fields.values()]


def test_the_truth_stands_in_the_form_in_which_values_are_compared() -> None:
    for person in PERSONS:
        for value in truth_of(person):
            assert value == unicodedata.normalize("NFKC", value)
            assert value == value.strip()


def test_places_have_a_code_of_six_digits_and_a_whole_name() -> None:
    assert len({place.code for place in places()}) > 2700
    for place in (*places(), *former_places()):
        assert len(place.code) == 6
        assert place.code.isdigit()
        assert place.province
        assert place.county
    assert set(minority_places()) < set(places())
    assert not set(former_places()) & set(places())
    assert not any(place.code.endswith("00") for place in former_places())


def test_a_city_below_another_is_printed_with_and_without_it_and_one_without_districts_alone() -> None:
    prefixes = {place.prefix for place in places()}
    assert {"浙江省温州市乐清市", "浙江省乐清市", "广东省东莞市", "上海市黄浦区"} <= prefixes


@pytest.mark.parametrize(
    ("prefix", "authority"),
    [
        ("四川省内江市东兴区", "内江市公安局东兴分局"),
        ("北京市东城区", "北京市公安局东城分局"),
        ("江苏省南通市如东县", "如东县公安局"),
        ("新疆维吾尔自治区喀什市", "喀什市公安局"),
    ],
)
def test_who_issues_a_card(prefix: str, authority: str) -> None:
    assert next(place.authority for place in places() if place.prefix == prefix) == authority
