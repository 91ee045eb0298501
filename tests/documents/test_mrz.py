from __future__ import annotations

import datetime
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.documents.mrz import check_digit, chip_access, read_chip_access
from teller_assist.errors import ZoneUnreadableError

TODAY = datetime.date(2026, 12, 1)
# The specimens of ICAO Doc 9303-4, -5 and -6; the last one is the long number of 9303-11, appendix D.2.
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
TD1_LONG = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<"
FUZZED_BUFFERS = 200_000


@pytest.mark.parametrize(
    ("zone", "number", "birth_date", "valid_until"),
    [
        (TD3, "L898902C3", (1974, 8, 12), (2012, 4, 15)),
        (TD1, "D23145890", (1974, 8, 12), (2012, 4, 15)),
        (TD2, "D23145890", (1974, 8, 12), (2012, 4, 15)),
        (TD1_LONG, "D23145890734", (1934, 7, 12), (1995, 7, 12)),
    ],
)
def test_the_published_specimens(
    zone: str, number: str, birth_date: tuple[int, int, int], valid_until: tuple[int, int, int]
) -> None:
    access = read_chip_access(zone, TODAY)
    assert access.number.reveal() == number
    assert access.birth_date.reveal() == datetime.date(*birth_date)
    assert access.valid_until.reveal() == datetime.date(*valid_until)
    assert number not in repr(access)


def test_small_letters_spaces_and_line_ends_are_put_right() -> None:
    typed = TD3.lower().replace("\n", " \r\n ")
    assert read_chip_access(typed, TODAY) == read_chip_access(TD3, TODAY)


@pytest.mark.parametrize(
    ("place", "character", "why"),
    [
        (45 + 2, "7", "number"),
        (45 + 14, "3", "birth_date"),
        (45 + 22, "3", "valid_until"),
        (45 + 29, "X", "composite"),
        (3, "*", "form"),
        (3, "", "form"),
    ],
)
def test_one_wrong_character_is_named_by_its_item(place: int, character: str, why: str) -> None:
    with pytest.raises(ZoneUnreadableError) as caught:
        read_chip_access(TD3[:place] + character + TD3[place + 1 :], TODAY)
    assert caught.value.facts == {"why": why}


def test_a_date_with_the_right_digit_that_is_none_is_refused() -> None:
    with pytest.raises(ZoneUnreadableError) as caught:
        read_chip_access(with_birth_date("740231"), TODAY)
    assert caught.value.facts == {"why": "birth_date"}
    with pytest.raises(ZoneUnreadableError):
        read_chip_access(with_birth_date("74<<<<"), TODAY)


@pytest.mark.parametrize(("text", "year"), [("261201", 2026), ("261202", 1926), ("000229", 2000), ("740812", 1974)])
def test_two_digits_of_a_birth_year_mean_the_latest_that_is_past(text: str, year: int) -> None:
    assert read_chip_access(with_birth_date(text, valid_until="310415"), TODAY).birth_date.reveal().year == year


def test_three_items_are_enough() -> None:
    access = chip_access(" d2314 5890734 ", datetime.date(1934, 7, 12), datetime.date(1995, 7, 12))
    assert access == read_chip_access(TD1_LONG, TODAY)


@pytest.mark.parametrize("number", ["", "<<", "E1234-567", "护照1", "A" * 23])
def test_a_number_that_no_zone_has_is_refused(number: str) -> None:
    with pytest.raises(ZoneUnreadableError) as caught:
        chip_access(number, datetime.date(1990, 1, 1), datetime.date(2030, 1, 1))
    assert caught.value.facts == {"why": "number"}


def test_a_document_that_ends_before_its_holder_is_born_is_refused() -> None:
    with pytest.raises(ZoneUnreadableError) as caught:
        chip_access("E1", datetime.date(1990, 1, 1), datetime.date(1990, 1, 1))
    assert caught.value.facts == {"why": "valid_until"}


@given(st.text() | st.text("ABC012<", min_size=88, max_size=90))
def test_no_text_breaks_it(text: str) -> None:
    read_or_refuse(text)


@pytest.mark.full
def test_no_fuzzed_zone_breaks_it() -> None:
    rng = random.Random(20261201)  # noqa: S311 (no secret)
    for _ in range(FUZZED_BUFFERS):
        zone = list(rng.choice((TD1, TD2, TD3, TD1_LONG)))
        for _ in range(rng.randrange(5)):
            zone[rng.randrange(len(zone))] = rng.choice("ABZ0189<< é\0")
        read_or_refuse("".join(zone))


def read_or_refuse(text: str) -> None:
    try:
        access = read_chip_access(text, TODAY)
    except ZoneUnreadableError:
        return
    assert access.birth_date.reveal() < access.valid_until.reveal()


def with_birth_date(text: str, valid_until: str = "120415") -> str:
    """Return the specimen passport's zone with other dates and right check digits."""
    first, second = TD3.split("\n")
    second = f"{second[:13]}{text}{check_digit(text)}F{valid_until}{check_digit(valid_until)}{second[28:43]}"
    return f"{first}\n{second}{check_digit(second[0:10] + second[13:20] + second[21:43])}"
