from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.errors import CardUnreadableError
from teller_assist.evidence.bank_card import CardNumber, last_day_of_month, luhn_digit


@pytest.mark.parametrize(("digits", "last"), [("7992739871", "3"), ("0", "0"), ("411111111111111", "1")])
def test_the_check_digit_is_that_of_the_standard(digits: str, last: str) -> None:
    assert luhn_digit(digits) == last


@given(st.text("0123456789", min_size=11, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_a_number_with_one_wrong_digit_is_refused(digits: str, where: int, more: int) -> None:
    number = digits + luhn_digit(digits)
    CardNumber(number)
    where %= len(digits)
    wrong = number[:where] + str((int(number[where]) + more) % 10) + number[where + 1 :]
    with pytest.raises(CardUnreadableError) as caught:
        CardNumber(wrong)
    assert caught.value.facts == {"why": "card_number"}


@pytest.mark.parametrize("text", ["", "12345678903", "99000000000000000000", "4111 1111 1111 1111", "４111111111111111"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(CardUnreadableError):
        CardNumber(text)


@given(st.text("0123456789", min_size=11, max_size=18))
def test_no_more_than_the_first_six_and_the_last_four_digits_are_shown(digits: str) -> None:
    number = CardNumber(digits + luhn_digit(digits))
    assert number.shown == number.text[:6] + "*" * (len(number.text) - 10) + number.text[-4:]
    assert digits not in repr(number)


@pytest.mark.parametrize(("year", "month", "day"), [(2028, 2, 29), (2027, 2, 28), (2035, 12, 31)])
def test_a_card_is_valid_until_the_last_day_of_its_month(year: int, month: int, day: int) -> None:
    assert last_day_of_month(year, month) == datetime.date(year, month, day)
