"""BER-TLV: published examples, what is refused, and whatever noise can make of it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_tlv import (
    DEEPEST_TLV,
    MOST_TLV_BYTES,
    MOST_TLV_OBJECTS,
    Tlv,
    TlvProblem,
    every_tlv,
    find_tlv,
    read_tag,
    read_tlv,
    tlv,
)

FUZZED_BUFFERS = 200_000
TAGS = st.sampled_from([0x4F, 0x5A, 0x84, 0x5F20, 0x9F38, 0xBF0C, 0x7F60, 0x5F811F])
# EMV Book 1, 12.2: file control information of a payment system environment.
DIRECTORY = bytes.fromhex("6F1A840E315041592E5359532E4444463031A5088801015F2D027A68")


def test_the_parts_of_a_card_s_answer_are_found_by_their_path() -> None:
    objects = read_tlv(DIRECTORY)
    assert find_tlv(objects, 0x6F, 0x84) == b"1PAY.SYS.DDF01"
    assert find_tlv(objects, 0x6F, 0xA5, 0x5F2D) == b"zh"
    assert find_tlv(objects, 0x6F, 0xA5, 0x50) is None
    assert list(every_tlv(objects, 0x88)) == [b"\x01"]


@given(st.lists(st.tuples(TAGS, st.binary(max_size=300)), max_size=6), st.integers(0, 3))
def test_what_is_written_is_read_also_with_filler_between(pairs: list[tuple[int, bytes]], filler: int) -> None:
    written = bytes(filler).join([b"", *(tlv(tag, value) for tag, value in pairs), b""])
    assert read_tlv(written) == [Tlv(tag, value) for tag, value in pairs]


@pytest.mark.parametrize(
    ("length", "coded"), [(0x7F, "7f"), (0x80, "8180"), (0xFF, "81ff"), (0x100, "820100"), (70_000, "83011170")]
)
def test_lengths_are_written_in_the_shortest_form(length: int, coded: str) -> None:
    written = tlv(0x04, bytes(length))
    assert written.hex().startswith("04" + coded)
    assert read_tlv(written) == [Tlv(0x04, bytes(length))]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("5f", "tag cut off"),
        ("5fff", "tag cut off"),
        ("5fffffff7f00", "tag too long"),
        ("5a", "length cut off"),
        ("5a82 01", "length cut off"),
        ("5a80 0000", "indefinite length"),
        ("5a84 00000001 00", "length too long"),
        ("5a03 0102", "value cut off"),
        ("ff01", "length cut off"),
    ],
)
def test_what_is_not_exactly_so_is_refused(content: str, why: str) -> None:
    with pytest.raises(TlvProblem, match=f"^{why}$"):
        read_tlv(bytes.fromhex(content))


def test_a_record_filled_up_is_read() -> None:
    assert read_tlv(bytes.fromhex("5a0112ffffff")) == [Tlv(0x5A, b"\x12")]


def test_size_number_and_depth_have_limits() -> None:
    with pytest.raises(TlvProblem, match="too large"):
        read_tlv(bytes(MOST_TLV_BYTES + 1))
    with pytest.raises(TlvProblem, match="too many"):
        read_tlv(b"\x5a\x00" * (MOST_TLV_OBJECTS + 1))
    nested = b""
    for _ in range(DEEPEST_TLV + 1):
        nested = tlv(0x70, nested)
    with pytest.raises(TlvProblem, match="too deep"):
        list(every_tlv(read_tlv(nested), 0x5A))


def test_raw_data_under_a_constructed_tag_does_not_hinder_its_neighbours() -> None:
    objects = read_tlv(tlv(0x7F2E, b"FAC\0not objects") + tlv(0x5A, b"\x12"))
    assert find_tlv(objects, 0x5A) == b"\x12"
    with pytest.raises(TlvProblem):
        objects[0].objects()


def test_a_list_of_tags_and_lengths_is_walked_tag_by_tag() -> None:
    assert read_tag(bytes.fromhex("9F66049A03"), 0) == (0x9F66, 2)
    assert read_tag(bytes.fromhex("9F66049A03"), 3) == (0x9A, 4)
    with pytest.raises(TlvProblem):
        read_tag(b"", 0)


def read_whole(content: bytes) -> int:
    """Return how many objects there are in all, 0 where it is refused; nothing else may be raised."""
    try:
        objects = read_tlv(content)
        list(every_tlv(objects, 0x5A))
    except TlvProblem:
        return 0
    return len(objects)


@given(st.binary(max_size=120))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    read_whole(content)


@pytest.mark.full
def test_200000_fuzzed_buffers_are_read_or_refused() -> None:
    rng = random.Random(11)  # noqa: S311 (no secret)
    read = 0
    for number in range(FUZZED_BUFFERS):
        content = bytearray(DIRECTORY if number % 2 else rng.randbytes(rng.randrange(60)))
        for _ in range(rng.randrange(4) if content else 0):
            content[rng.randrange(len(content))] = rng.randrange(256)
        read += bool(read_whole(bytes(content[: rng.randrange(20, 80)])))
    assert 0.05 < read / FUZZED_BUFFERS < 0.95
