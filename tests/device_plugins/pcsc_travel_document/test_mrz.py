"""Zones of data group 1: the published specimens, every check digit, any bytes at all."""

from __future__ import annotations

import datetime
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.pcsc_travel_document.mrz import Zone, check_digit, read_zone
from teller_assist.demonstration.stand_ins.passport_content import Holder

TODAY = datetime.date(2026, 12, 1)
# ICAO Doc 9303-4, -5, -6, their specimens; 9303-11, appendix D.2: a number of twelve characters.
TD3 = b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD1 = b"I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = b"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6"
TD1_LONG = b"I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<"
FUZZED_BUFFERS = 200_000
SEED = 20261201


def test_the_published_passport() -> None:
    assert read_zone(TD3, TODAY) == Zone(
        document_type="P",
        issuing_state="UTO",
        nationality="UTO",
        number="L898902C3",
        primary_identifier="ERIKSSON",
        secondary_identifier="ANNA MARIA",
        sex="female",
        birth_date=datetime.date(1974, 8, 12),
        valid_until=datetime.date(2012, 4, 15),
        optional_data="ZE184226B",
    )


@pytest.mark.parametrize("zone", [TD1, TD2])
def test_the_published_cards_say_the_same_person(zone: bytes) -> None:
    read = read_zone(zone, TODAY)
    assert (read.document_type, read.number, read.optional_data) == ("I", "D23145890", "")
    assert (read.primary_identifier, read.secondary_identifier) == ("ERIKSSON", "ANNA MARIA")
    assert (read.birth_date, read.valid_until) == (datetime.date(1974, 8, 12), datetime.date(2012, 4, 15))


def test_a_number_of_more_than_nine_characters_goes_on_in_the_optional_data() -> None:
    read = read_zone(TD1_LONG, TODAY)
    assert (read.number, read.optional_data) == ("D23145890734", "")
    assert (read.sex, read.birth_date) == ("male", datetime.date(1934, 7, 12))


@pytest.mark.parametrize("as_card", [False, True])
def test_a_long_number_leaves_the_rest_of_the_optional_data(as_card: bool) -> None:
    holder = Holder(number="AB1234567890", optional_data="77")
    zone = "".join(holder.card_zone() if as_card else holder.passport_zone())
    read = read_zone(zone.encode(), TODAY)
    assert (read.number, read.optional_data) == ("AB1234567890", "77")


def test_short_names_and_states_open_dates_and_sexes() -> None:
    holder = Holder(surname="MONO", given_names="", state="D<<", birth_date="90<<<<", sex="<", number="C01X<Y")
    read = read_zone("".join(holder.passport_zone()).encode(), TODAY)
    assert (read.primary_identifier, read.secondary_identifier) == ("MONO", "")
    assert (read.issuing_state, read.nationality) == ("D", "D")
    assert (read.birth_date, read.sex, read.number) == (None, "unspecified", "C01X<Y")


@pytest.mark.parametrize("zone", [TD1, TD2, TD3, TD1_LONG])
def test_every_digit_that_is_covered_counts(zone: bytes) -> None:
    names = {90: range(60, 90), 72: range(5, 36), 88: range(5, 44)}[len(zone)]
    for place in range(5, len(zone)):
        if place in names or not chr(zone[place]).isdigit():
            continue
        changed = bytearray(zone)
        changed[place] = ord("0") + (changed[place] - ord("0") + 1) % 10
        with pytest.raises(DeviceProblem) as caught:
            read_zone(bytes(changed), TODAY)
        assert caught.value.code == "card_unreadable"


@pytest.mark.parametrize(
    ("birth_date", "year"), [("261201", 2026), ("261202", 1926), ("000229", 2000), ("270101", 1927), ("990101", 1999)]
)
def test_a_birth_date_is_the_latest_that_is_not_in_the_future(birth_date: str, year: int) -> None:
    read = read_zone("".join(Holder(birth_date=birth_date).passport_zone()).encode(), TODAY)
    assert read.birth_date is not None
    assert read.birth_date.year == year


@pytest.mark.parametrize(("expiry_date", "year"), [("360101", 2036), ("760101", 2076), ("780101", 1978), ("991231", 1999)])
def test_a_last_day_is_the_nearest(expiry_date: str, year: int) -> None:
    assert read_zone("".join(Holder(expiry_date=expiry_date).passport_zone()).encode(), TODAY).valid_until.year == year


@pytest.mark.parametrize(
    ("changed", "hint"),
    [({"birth_date": "900231"}, "birth_date"), ({"expiry_date": "<<<<<<"}, "valid_until"), ({"sex": "Q"}, "sex")],
)
def test_what_is_no_date_or_sex_is_named_without_its_content(changed: dict[str, str], hint: str) -> None:
    with pytest.raises(DeviceProblem) as caught:
        read_zone("".join(Holder(**changed).passport_zone()).encode(), TODAY)
    assert caught.value.hint == f"machine-readable zone: {hint}"


def test_check_digits_are_those_of_the_standard() -> None:
    # ICAO Doc 9303-3, 4.9, its examples
    assert check_digit("520727") == "3"
    assert check_digit("AB2134<<<") == "5"


def test_a_zone_never_prints() -> None:
    assert "ERIKSSON" not in repr(read_zone(TD3, TODAY))


@given(st.binary(max_size=100) | st.binary(min_size=88, max_size=90) | st.text("AB01<", min_size=88, max_size=88).map(str.encode))
def test_no_bytes_break_it(content: bytes) -> None:
    read_or_refuse(content)


@pytest.mark.full
def test_no_fuzzed_zone_breaks_it() -> None:
    rng = random.Random(SEED)  # noqa: S311 (no secret)
    for _ in range(FUZZED_BUFFERS):
        zone = bytearray(rng.choice((TD1, TD2, TD3, TD1_LONG)))
        for _ in range(rng.randrange(5)):
            zone[rng.randrange(len(zone))] = rng.choice(b"ABZ0189<< \xe9\0")
        read_or_refuse(bytes(zone))


def read_or_refuse(content: bytes) -> None:
    try:
        zone = read_zone(content, TODAY)
    except DeviceProblem:
        return
    assert zone.valid_until
