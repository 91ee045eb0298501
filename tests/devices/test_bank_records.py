from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.devices.bank_records import read_bank_card
from teller_assist.errors import CardUnreadableError
from teller_assist.evidence.bank_card import CardInterface

GOOD = {
    "number": "9900000000000000010",
    "valid_until": "2035-12",
    "holder_name": "LIN/XIAOYANG",
    "sequence_number": "01",
    "application": "A000000333010101",
    "interface": "contact",
}


def test_a_record_becomes_evidence_whose_repr_shows_nothing() -> None:
    card = read_bank_card(GOOD)
    assert card.number.reveal().text == GOOD["number"]
    assert card.holder_name is not None
    assert card.holder_name.reveal() == "LIN/XIAOYANG"
    assert (card.valid_until, card.interface) == (datetime.date(2035, 12, 31), CardInterface.CONTACT)
    assert GOOD["number"] not in repr(card)
    assert "LIN" not in repr(card)


def test_what_the_card_does_not_say_is_not_there() -> None:
    card = read_bank_card({**GOOD, "valid_until": "", "holder_name": "", "sequence_number": ""})
    assert (card.valid_until, card.holder_name, card.sequence_number) == (None, None, "")


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("number", "9900000000000000011", "card_number"),
        ("number", 9900000000000000010, "card_number"),
        ("number", "", "card_number"),
        ("valid_until", "2035-13", "validity"),
        ("valid_until", "1935-12", "validity"),
        ("valid_until", None, "validity"),
        ("holder_name", " LIN", "name"),
        ("holder_name", "L" * 46, "name"),
        ("holder_name", "LIN\n", "name"),
        ("sequence_number", "1", "record"),
        ("sequence_number", 1, "record"),
        ("application", "a000000333010101", "application"),
        ("application", "A0000003", "application"),
        ("application", "A0" * 17, "application"),
        ("interface", "wireless", "interface"),
        ("track_2", "x", "record"),
    ],
)
def test_a_record_that_is_not_exactly_so_is_a_card_that_was_not_read(name: str, value: Any, why: str) -> None:
    with pytest.raises(CardUnreadableError) as caught:
        read_bank_card({**GOOD, name: value})
    assert caught.value.facts["why"] == why


@pytest.mark.parametrize("record", [None, [], "card", {}, {"number": GOOD["number"]}])
def test_what_is_no_record_is_refused(record: Any) -> None:
    with pytest.raises(CardUnreadableError):
        read_bank_card(record)


@given(
    st.dictionaries(st.sampled_from(sorted(GOOD)), st.one_of(st.none(), st.text(max_size=20), st.integers(), st.lists(st.none())))
)
def test_any_values_are_evidence_or_an_unreadable_card(changed: dict[str, Any]) -> None:
    try:
        card = read_bank_card({**GOOD, **changed})
    except CardUnreadableError as error:
        why = error.facts["why"]
    else:
        why = card.number.reveal().text
    assert why
