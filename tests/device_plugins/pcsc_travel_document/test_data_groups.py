"""EF.COM, data group 1 and secured answers, with any bytes behind a right checksum."""

from __future__ import annotations

import datetime
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.pcsc_travel_document.chip import whole_length
from device_plugins.pcsc_travel_document.ciphers import AesSuite, CipherSuite, TripleDesSuite, pad
from device_plugins.pcsc_travel_document.data_groups import listed_tags, zone_of
from device_plugins.pcsc_travel_document.secure_messaging import SecureMessaging
from teller_assist.demonstration.stand_ins.passport_content import Holder, contents_group, zone_group

SEED, FUZZED_BUFFERS = 20261201, 200_000
TODAY = datetime.date(2026, 12, 1)
COM = contents_group(b"\x61\x75\x63\x6e")
DG1 = zone_group(Holder().passport_zone())


def test_the_table_of_contents_lists_data_groups_that_are_not_known_here_too() -> None:
    assert listed_tags(COM) == b"\x61\x75\x63\x6e"


def test_the_zone_is_in_data_group_1() -> None:
    assert zone_of(DG1, TODAY).number == "L0000000X"


@pytest.mark.parametrize(
    ("content", "hint"),
    [(b"\x60\x00", "COM: tag 5C is missing"), (b"\x61\x00", "COM: tag 5C is missing"), (b"\x60\x05\x5c", "COM: value cut off")],
)
def test_a_table_of_contents_that_is_none_is_named(content: bytes, hint: str) -> None:
    with pytest.raises(DeviceProblem, match="card_unreadable") as caught:
        listed_tags(content)
    assert caught.value.hint == hint


def test_a_group_without_a_zone_is_named() -> None:
    with pytest.raises(DeviceProblem) as caught:
        zone_of(b"\x61\x00", TODAY)
    assert caught.value.hint == "DG1: tag 5F1F is missing"


@given(st.binary(max_size=60))
def test_no_bytes_break_them(content: bytes) -> None:
    read_or_refuse(content)


@pytest.mark.full
@pytest.mark.parametrize("whole", [COM, DG1], ids=["com", "dg1"])
def test_no_fuzzed_file_breaks_them(whole: bytes) -> None:
    rng = random.Random(SEED)  # noqa: S311 (no secret)
    for _ in range(FUZZED_BUFFERS):
        content = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        whole_length(bytes(content[:8]))
        read_or_refuse(bytes(content))


@pytest.mark.full
@pytest.mark.parametrize("suite", [TripleDesSuite(), AesSuite(16)], ids=["3des", "aes"])
def test_no_fuzzed_answer_with_a_right_checksum_breaks_the_session(suite: CipherSuite) -> None:
    rng = random.Random(SEED)  # noqa: S311 (no secret)
    key, counter = bytes(range(16)), bytes(suite.block_bytes)
    whole = bytes.fromhex("8711") + b"\x01" + bytes(16) + bytes.fromhex("99029000")
    next_counter = (1).to_bytes(suite.block_bytes, "big")
    for _ in range(FUZZED_BUFFERS):
        told = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            told[rng.randrange(len(told))] = rng.randrange(256)
        told = told[: rng.randrange(len(told) + 1)] if rng.randrange(3) == 0 else told
        checksum = suite.mac(key, pad(next_counter + bytes(told), suite.block_bytes))
        try:
            data, _ = SecureMessaging(suite, key, key, counter).open(bytes(told) + b"\x8e\x08" + checksum, 0x9000)
        except DeviceProblem:
            continue
        assert len(data) <= len(told)


def read_or_refuse(content: bytes) -> None:
    for read in (listed_tags, lambda told: zone_of(told, TODAY)):
        try:
            assert read(content) is not None
        except DeviceProblem:
            continue
