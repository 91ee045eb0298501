from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from device_plugins.simulated_counter.customer import Holder, card_record
from teller_assist.demonstration.card_picture import particulars
from teller_assist.demonstration.customer_making import holders_path
from teller_assist.evidence.id_number import IdNumber, check_character
from teller_assist.settings.home import installation_root


def holder_of(born: datetime.date, sequence: int) -> Holder:
    first = f"190001{born:%Y%m%d}{sequence:03d}"
    return Holder.of("林晓样", first + check_character(first))


@given(st.dates(datetime.date(1920, 1, 1), datetime.date(2026, 11, 1)), st.integers(0, 999))
def test_every_number_makes_a_card_that_is_whole_and_always_the_same(born: datetime.date, sequence: int) -> None:
    holder = holder_of(born, sequence)
    record = card_record(holder, b"")
    assert record == card_record(holder, b"")
    since = datetime.date.fromisoformat(record["valid_from"])
    assert since >= born
    if record["valid_until"] != "long_term":
        years = datetime.date.fromisoformat(record["valid_until"]).year - since.year
        assert years in (5, 10, 20)
    assert (record["valid_until"] == "long_term") == ((since - born).days >= 46 * 365.25 - 1 and _age(born, since) >= 46)


def _age(born: datetime.date, on: datetime.date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@given(st.dates(datetime.date(1940, 1, 1), datetime.date(2005, 1, 1)), st.integers(0, 999))
def test_the_chip_says_the_same_as_the_drawn_card(born: datetime.date, sequence: int) -> None:
    holder = holder_of(born, sequence)
    record = card_record(holder, b"")
    ethnicity, address = particulars(IdNumber(holder.number), holders_path(installation_root()))
    assert (record["ethnicity"], record["address"]) == (ethnicity, address)
