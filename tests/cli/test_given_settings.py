from __future__ import annotations

import pytest

from teller_assist.cli.given_settings import given_settings
from teller_assist.errors import UsageError


def test_what_reads_as_a_number_or_a_switch_is_one_and_everything_else_is_text() -> None:
    pairs = [
        "port=/dev/ttyUSB0",
        "baud_rate=9600",
        "silence_s=0.5",
        "newest_address=true",
        "address=http://a/?b=c",
        "list=[1]",
        "none=",
    ]
    assert given_settings(pairs) == {
        "port": "/dev/ttyUSB0",
        "baud_rate": 9600,
        "silence_s": 0.5,
        "newest_address": True,
        "address": "http://a/?b=c",
        "list": "[1]",
        "none": "",
    }


def test_a_pair_without_an_equals_sign_is_refused() -> None:
    with pytest.raises(UsageError):
        given_settings(["port"])
