from __future__ import annotations

import datetime

import numpy as np
import pytest

from teller_assist.evidence.id_number import IdNumber, check_character
from teller_assist.evidence.pictures import Picture
from teller_assist.netcheck.provider import CardValidity, NetcheckRequest, VerificationMode
from teller_assist.settings.personal import Personal

NUMBER = IdNumber("99000119900101001" + check_character("99000119900101001"))
VALIDITY = CardValidity(datetime.date(2020, 1, 1), None)
LIVE = Picture(np.zeros((8, 8, 3), np.uint8), "frame", "probe")


@pytest.mark.parametrize(
    ("validity", "live", "mode"),
    [
        (None, None, VerificationMode.NUMBER_NAME),
        (None, LIVE, VerificationMode.NUMBER_NAME_LIVE),
        (VALIDITY, None, VerificationMode.NUMBER_NAME_VALIDITY),
        (VALIDITY, LIVE, VerificationMode.NUMBER_NAME_VALIDITY_LIVE),
    ],
)
def test_what_is_given_decides_the_mode(validity: CardValidity | None, live: Picture | None, mode: VerificationMode) -> None:
    assert NetcheckRequest(Personal(NUMBER), Personal("林晓样"), validity, live).mode is mode


def test_a_request_that_is_printed_shows_neither_name_nor_number() -> None:
    shown = repr(NetcheckRequest(Personal(NUMBER), Personal("林晓样")))
    assert "林" not in shown
    assert NUMBER.text not in shown
