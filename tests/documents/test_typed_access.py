"""What a teller types from a passport: whatever it is, an answer or a reason."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teller_assist.documents.typed_access import is_zone, typed_access
from teller_assist.errors import ZoneUnreadableError

TODAY = datetime.date(2026, 12, 1)
NUMBER = "XA0000012"


@pytest.mark.parametrize("born", ["19880314", "1988-03-14", "1988.3.14", "1988/3/14", "880314", " 880314 "])
@pytest.mark.parametrize("until", ["20330501", "2033-05-01", "330501"])
def test_a_date_may_be_written_in_every_usual_way(born: str, until: str) -> None:
    access = typed_access(NUMBER, born, until, TODAY)
    assert access.birth_date.reveal() == datetime.date(1988, 3, 14)
    assert access.valid_until.reveal() == datetime.date(2033, 5, 1)


@pytest.mark.parametrize(
    ("number", "born", "until", "why"),
    [
        ("XA_0000012", "19880314", "20330501", "number"),
        ("护照", "19880314", "20330501", "number"),
        (NUMBER, "19880230", "20330501", "birth_date"),
        (NUMBER, "20261202", "20330501", "birth_date"),
        (NUMBER, "1988", "20330501", "birth_date"),
        (NUMBER, "19880314", "20331301", "valid_until"),
        (NUMBER, "19880314", "19880314", "valid_until"),
        ("P<UTO" + "<" * 83, "", "", "number"),
        ("P<UTO" + "<" * 60, "", "", "form"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field_that_is_wrong(number: str, born: str, until: str, why: str) -> None:
    with pytest.raises(ZoneUnreadableError) as refused:
        typed_access(number, born, until, TODAY)
    assert refused.value.facts["why"] == why


def test_no_reason_quotes_what_was_typed() -> None:
    with pytest.raises(ZoneUnreadableError) as refused:
        typed_access(NUMBER, "19880230", "20330501", TODAY)
    assert NUMBER not in str(refused.value)
    assert "1988" not in str(refused.value)


@settings(max_examples=200, deadline=None)
@given(number=st.text(max_size=100), born=st.text(max_size=12), until=st.text("0123456789-/. ", max_size=12))
def test_anything_at_all_is_an_answer_or_a_reason(number: str, born: str, until: str) -> None:
    told = ""
    try:
        access = typed_access(number, born, until, TODAY)
    except ZoneUnreadableError as error:
        told = str(error.facts["why"])
    if told:
        assert told in {"form", "number", "birth_date", "valid_until", "composite"}
        return
    assert access.birth_date.reveal() < access.valid_until.reveal()
    assert is_zone(number) or access.birth_date.reveal() <= TODAY
