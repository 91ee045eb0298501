"""The chip's text in its layouts, and any 256 bytes at all."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.vendor_dll_id_reader.chip_text import TEXT_BYTES, iso_date, read_chip_text
from tests.stand_ins.vendor_reader import ADDRESS, NAME, NUMBER, chip_text

SEED = 20261201


def test_a_residents_card() -> None:
    assert read_chip_text(chip_text()) == {
        "name": NAME,
        "sex": "female",
        "ethnicity": "汉",
        "birth_date": "1990-03-07",
        "address": ADDRESS,
        "number": NUMBER,
        "issuer": "示例市公安局",
        "valid_from": "2020-01-01",
        "valid_until": "long_term",
    }
    assert read_chip_text(chip_text("\0"))["name"] == NAME


def test_a_residence_permit_has_no_ethnicity() -> None:
    assert read_chip_text(chip_text("J", ethnicity="  "))["ethnicity"] == ""


@pytest.mark.parametrize(("code", "name"), [("01", "汉"), ("25", "水"), ("26", "东乡"), ("56", "基诺"), ("97", "其他")])
def test_ethnicities_are_those_of_the_standard(code: str, name: str) -> None:
    assert read_chip_text(chip_text(ethnicity=code))["ethnicity"] == name


@pytest.mark.parametrize(
    ("flag", "changed", "hint"),
    [
        ("I", {}, "a foreigner's permit, layout I"),
        ("Y", {}, "a foreigner's permit, layout Y"),
        ("Z", {}, "unknown layout"),
        ("j", {}, "unknown layout"),
        (" ", {"sex": "3"}, "sex"),
        (" ", {"ethnicity": "57"}, "ethnicity"),
        (" ", {"birth_date": "1990030"}, "birth_date"),
        (" ", {"valid_from": "长期"}, "valid_from"),
        (" ", {"valid_until": "２０４００１０１"}, "valid_until"),
    ],
)
def test_what_is_not_as_it_must_be_is_no_card_and_is_named_without_its_content(
    flag: str, changed: dict[str, str], hint: str
) -> None:
    with pytest.raises(DeviceProblem, match="card_unreadable") as caught:
        read_chip_text(chip_text(flag, **changed))
    assert caught.value.hint == hint


def test_a_block_of_another_length_is_no_text() -> None:
    with pytest.raises(DeviceProblem, match="card_unreadable"):
        read_chip_text(chip_text()[:-2])


@pytest.mark.parametrize("text", ["19900307", "1990-03-07", "1990.03.07", "1990年03月07日", "1990/03/07"])
def test_vendors_separators_are_passed_over(text: str) -> None:
    assert iso_date(text, "birth_date") == "1990-03-07"


@given(st.binary(min_size=TEXT_BYTES, max_size=TEXT_BYTES) | st.binary(max_size=300))
def test_no_bytes_break_it(block: bytes) -> None:
    read_or_refuse(block)


@given(st.integers(0, TEXT_BYTES - 1), st.binary(min_size=1, max_size=8))
def test_no_damaged_card_breaks_it(start: int, damage: bytes) -> None:
    read_or_refuse((chip_text()[:start] + damage + chip_text()[start + len(damage) :])[:TEXT_BYTES])


@pytest.mark.full
def test_no_fuzzed_card_breaks_it() -> None:
    rng = random.Random(SEED)  # noqa: S311 (made-up damage, no secret)
    whole = chip_text()
    for _ in range(200_000):
        block = bytearray(whole)
        for _ in range(rng.randrange(6)):
            block[rng.randrange(TEXT_BYTES)] = rng.randrange(256)
        read_or_refuse(bytes(block))


def read_or_refuse(block: bytes) -> None:
    try:
        record = read_chip_text(block)
    except DeviceProblem as problem:
        assert problem.code == "card_unreadable"  # noqa: PT017 (either is right)
    else:
        assert record["sex"] in ("male", "female")
        assert all(isinstance(value, str) for value in record.values())
