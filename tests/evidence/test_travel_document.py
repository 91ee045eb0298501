from __future__ import annotations

import datetime
import itertools

import numpy as np
import pytest

from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.travel_document import (
    AccessProtocol,
    CheckState,
    ChipAccess,
    PassiveAuthentication,
    TravelDocument,
)
from teller_assist.settings.personal import Personal


def document(secondary_identifier: str = "ALEX MARIA") -> TravelDocument:
    return TravelDocument(
        document_type="P",
        issuing_state="UTO",
        nationality="UTO",
        number=Personal("L0000000X"),
        primary_identifier=Personal("SAMPLE"),
        secondary_identifier=Personal(secondary_identifier),
        sex=None,
        birth_date=None,
        valid_until=datetime.date(2035, 12, 31),
        optional_data=Personal(""),
        portrait=Picture(np.zeros((4, 3, 3), np.uint8), "JPEG", "reference"),
        authentication=PassiveAuthentication(CheckState.PASSED, CheckState.PASSED, CheckState.NOT_CHECKED),
        access_by=AccessProtocol.PACE,
    )


@pytest.mark.parametrize(("given_names", "name"), [("ALEX MARIA", "SAMPLE ALEX MARIA"), ("", "SAMPLE")])
def test_a_name_is_surname_and_given_names(given_names: str, name: str) -> None:
    assert document(given_names).name.reveal() == name


def test_a_document_is_valid_until_the_end_of_its_last_day() -> None:
    last = document().valid_until
    assert document().is_valid_on(last)
    assert not document().is_valid_on(last + datetime.timedelta(days=1))


@pytest.mark.parametrize("states", list(itertools.product(CheckState, repeat=3)))
def test_one_failed_check_is_enough_and_one_not_made_is_none(states: tuple[CheckState, CheckState, CheckState]) -> None:
    assert PassiveAuthentication(*states).failed is (CheckState.FAILED in states)


def test_what_opens_a_chip_never_prints() -> None:
    access = ChipAccess(Personal("L0000000X"), Personal(datetime.date(1990, 3, 7)), Personal(datetime.date(2035, 12, 31)))
    assert not any(word in f"{access!r} {document()!r}" for word in ("L0000000X", "1990", "SAMPLE", "ALEX"))
