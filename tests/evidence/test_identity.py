from __future__ import annotations

import copy
import datetime
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.evidence.id_number import IdNumber, Sex, check_character
from teller_assist.evidence.identity import IdentityCard
from teller_assist.evidence.pictures import Picture
from teller_assist.settings.personal import Personal

days = st.dates(datetime.date(1920, 1, 1), datetime.date(2060, 12, 31))
PORTRAIT = Picture(np.zeros((126, 102, 3), np.uint8), "PNG", "reference")


def card(
    born: datetime.date = datetime.date(1990, 5, 17),
    valid_from: datetime.date = datetime.date(2020, 1, 1),
    valid_until: datetime.date | None = datetime.date(2040, 1, 1),
) -> IdentityCard:
    first = f"990001{born:%Y%m%d}002"
    return IdentityCard(
        name=Personal("林晓样"),
        sex=Sex.FEMALE,
        ethnicity="汉",
        birth_date=Personal(born),
        address=Personal("样本省示例市虚构路1号"),
        number=Personal(IdNumber(first + check_character(first))),
        issuer="示例市公安局",
        valid_from=valid_from,
        valid_until=valid_until,
        portrait=PORTRAIT,
    )


@pytest.mark.parametrize(
    ("on", "age_years"),
    [
        (datetime.date(2026, 5, 16), 35),
        (datetime.date(2026, 5, 17), 36),
        (datetime.date(1990, 5, 17), 0),
    ],
)
def test_an_age_rises_on_the_birthday(on: datetime.date, age_years: int) -> None:
    assert card().age_years(on) == age_years


def test_who_was_born_on_a_leap_day_is_older_from_the_first_of_march() -> None:
    born = card(born=datetime.date(2000, 2, 29))
    assert (born.age_years(datetime.date(2026, 2, 28)), born.age_years(datetime.date(2026, 3, 1))) == (25, 26)


@given(days, days)
def test_an_age_never_falls_as_time_goes_on(born: datetime.date, on: datetime.date) -> None:
    assert 0 <= card(born=born).age_years(on + datetime.timedelta(days=1)) - card(born=born).age_years(on) <= 1


@given(days, days, days)
def test_a_card_is_valid_on_both_of_its_ends_and_between(on: datetime.date, one: datetime.date, other: datetime.date) -> None:
    first, last = sorted((one, other))
    limited = card(valid_from=first, valid_until=last)
    assert limited.is_valid_on(first)
    assert limited.is_valid_on(last)
    assert limited.is_valid_on(on) == (first <= on <= last)
    assert card(valid_from=first, valid_until=None).is_valid_on(on) == (first <= on)


def test_a_card_that_is_printed_copied_or_pickled_shows_nobody() -> None:
    held = card()
    for shown in (repr(held), f"{held}", repr(copy.copy(held)), str(pickle.dumps(held.name)), str(pickle.dumps(held.number))):
        assert "林" not in shown
        assert "晓样" not in shown
        assert "虚构" not in shown
        assert "19900517" not in shown
