"""The four layouts of the text block, and everything that is none of them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.sam_serial_id_reader.text_block import DocumentKind, TextBlock, read_text_block
from teller_assist.demonstration.stand_ins.sam_card import text_block
from tests.stand_ins.sam_cards import FOREIGNER_2017, FOREIGNER_2023, NUMBER, PERMIT, PERMIT_NUMBER, RESIDENT, whole_number

FUZZED_BUFFERS = 200_000
KNOWN_FLAGS = "\0 JIY"


def test_a_residents_card() -> None:
    for flag in " \0":
        read = read_text_block(text_block(flag, RESIDENT))
        assert read.kind is DocumentKind.RESIDENT
        assert read.values == {
            "name": "林晓样", "sex_code": "1", "ethnicity_code": "11", "birth_date": "19900315",
            "address": "样本省示例市虚构区演示路1号", "number": NUMBER, "issuer": "示例市公安局", "valid_from": "20150101",
            "valid_until": "长期",
        }  # fmt: skip


def test_a_residence_permit_has_a_pass_number_and_no_ethnicity() -> None:
    read = read_text_block(text_block("J", PERMIT))
    assert read.kind is DocumentKind.HMT_RESIDENCE_PERMIT
    assert read.values["number"] == PERMIT_NUMBER
    assert (read.values["pass_number"], read.values["issue_count"]) == ("H12345678", "01")
    assert "ethnicity_code" not in read.values


def test_a_foreigners_card_of_2017() -> None:
    read = read_text_block(text_block("I", FOREIGNER_2017))
    assert read.kind is DocumentKind.FOREIGNER_2017
    assert read.values == {
        "english_name": "SAMPLE, JOHN", "sex_code": "1", "number": "CAN190080010101", "country_code": "CAN",
        "chinese_name": "样约翰", "valid_from": "20180101", "valid_until": "20280101",
        "birth_date": "19800101", "version": "01", "issuer_code": "1500",
    }  # fmt: skip


def test_a_foreigners_card_of_2023_has_its_name_in_two_places() -> None:
    read = read_text_block(text_block("Y", FOREIGNER_2023))
    assert read.kind is DocumentKind.FOREIGNER_2023
    assert read.values["english_name"] == "SAMPLE, JOHN ALEXANDER MAXIMILIAN BARTHOLOMEW"
    assert read.values["number"] == whole_number("91112419800101001")
    assert (read.values["country_code"], read.values["earlier_number_link"]) == ("CAN", "001")


@given(flag=st.integers(0, 0xFFFF).filter(lambda code: chr(code) not in KNOWN_FLAGS))
def test_an_unknown_flag_is_no_residents_card(flag: int) -> None:
    block = bytearray(text_block(" ", RESIDENT))
    block[248:250] = flag.to_bytes(2, "little")
    with pytest.raises(DeviceProblem) as caught:
        read_text_block(bytes(block))
    assert caught.value.code == "card_unreadable"
    assert f"{flag:04X}" in caught.value.hint


def test_half_a_pair_of_surrogates_is_no_text_and_its_neighbours_are_not_told() -> None:
    block = bytearray(text_block(" ", RESIDENT))
    block[0:2] = b"\x00\xd8"
    with pytest.raises(DeviceProblem) as caught:
        read_text_block(bytes(block))
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "晓" not in caught.value.hint


def test_a_rare_character_of_two_units_and_a_private_one_are_kept() -> None:
    read = read_text_block(text_block(" ", {**RESIDENT, 0: "王\U00020c96\ue863"}))
    assert read.values["name"] == "王\U00020c96\ue863"


def test_the_repr_shows_nobody() -> None:
    assert "林" not in repr(read_text_block(text_block(" ", RESIDENT)))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_block_or_an_unreadable_card(block: bytes) -> None:
    assert_read_or_refused(block)


@given(st.sampled_from(KNOWN_FLAGS), st.lists(st.integers(0, 0xFFFF), min_size=128, max_size=128))
def test_any_characters_in_a_known_layout_are_read_or_refused(flag: str, units: list[int]) -> None:
    block = bytearray(b"".join(unit.to_bytes(2, "little") for unit in units))
    block[248:250] = flag.encode("utf-16-le")
    assert_read_or_refused(bytes(block))


@pytest.mark.full
def test_200000_fuzzed_text_blocks_are_read_or_refused() -> None:
    chance = random.Random(3)  # noqa: S311 (no secret)
    layouts = {" ": RESIDENT, "J": PERMIT, "I": FOREIGNER_2017, "Y": FOREIGNER_2023}
    seeds = [text_block(flag, fields) for flag, fields in layouts.items()]
    for _ in range(FUZZED_BUFFERS):
        block = bytearray(chance.choice(seeds))
        for _ in range(chance.randrange(8)):
            block[chance.randrange(256)] = chance.randrange(256)
        assert_read_or_refused(bytes(block) if chance.random() < 0.95 else chance.randbytes(chance.randrange(300)))


def assert_read_or_refused(block: bytes) -> None:
    try:
        read: TextBlock | DeviceProblem = read_text_block(block)
    except DeviceProblem as problem:
        read = problem
    if isinstance(read, TextBlock):
        assert len(block) == 256
        assert all(value == value.strip(" \0") for value in read.values.values())
    else:
        assert read.code == "card_unreadable"
