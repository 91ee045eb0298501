"""Frames: published ones byte for byte, the lengths of whole answers, and anything that noise can make of them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_plugins.sam_serial_id_reader.frames import PREAMBLE, FrameReader, framed

# Requests and answers as several makers publish them.
PUBLISHED = [
    ("10FF", "AAAAAA9669000310FFEC"),
    ("11FF", "AAAAAA9669000311FFED"),
    ("12FF", "AAAAAA9669000312FFEE"),
    ("2001", "AAAAAA96690003200122"),
    ("2002", "AAAAAA96690003200221"),
    ("3001", "AAAAAA96690003300132"),
    ("3003", "AAAAAA96690003300330"),
    ("000090", "AAAAAA9669000400009094"),
    ("000060", "AAAAAA9669000400006064"),
    ("00009F00000000", "AAAAAA9669000800009F0000000097"),
    ("000080", "AAAAAA9669000400008084"),
    ("0000900000000000000000", "AAAAAA9669000C00009000000000000000009C"),
    ("000081", "AAAAAA9669000400008185"),
    ("000041", "AAAAAA9669000400004145"),
]
FUZZED_BUFFERS = 200_000


@pytest.mark.parametrize(("payload", "wire"), PUBLISHED)
def test_published_frames_are_reproduced_and_read(payload: str, wire: str) -> None:
    assert framed(bytes.fromhex(payload)) == bytes.fromhex(wire)
    assert FrameReader().feed(bytes.fromhex(wire)) == [bytes.fromhex(payload)]


@pytest.mark.parametrize(
    ("data_bytes", "wire_bytes", "length"), [(1284, 1295, "0508"), (1286, 1297, "050A"), (2310, 2321, "090A")]
)
def test_whole_answers_have_the_lengths_that_the_trade_names(data_bytes: int, wire_bytes: int, length: str) -> None:
    wire = framed(bytes([0, 0, 0x90]) + bytes(data_bytes))
    assert len(wire) == wire_bytes
    assert wire[5:7].hex().upper() == length


@given(payloads=st.lists(st.binary(min_size=2, max_size=60), max_size=4), cut=st.integers(1, 40))
def test_frames_are_read_however_they_are_cut(payloads: list[bytes], cut: int) -> None:
    wire = b"".join(framed(payload) for payload in payloads)
    reader = FrameReader()
    found = [payload for at in range(0, len(wire), cut) for payload in reader.feed(wire[at : at + cut])]
    assert found == payloads
    assert reader.broken == 0


@given(noise=st.binary(max_size=40), payload=st.binary(min_size=2, max_size=40))
def test_noise_before_a_frame_is_passed_over(noise: bytes, payload: bytes) -> None:
    before = noise.replace(PREAMBLE, b"")
    if PREAMBLE in before + framed(payload)[:-1][:4]:
        return  # the removal made a new one
    assert payload in FrameReader().feed(before + framed(payload))


@given(payload=st.binary(min_size=2, max_size=60), where=st.integers(5), flip=st.integers(1, 255))
def test_a_frame_with_one_changed_byte_is_never_read(payload: bytes, where: int, flip: int) -> None:
    wire = bytearray(framed(payload))
    wire[7 + where % (len(wire) - 7)] ^= flip  # behind the length: another length waits for more
    assert payload not in FrameReader().feed(bytes(wire))


def test_a_broken_frame_does_not_hide_the_next_one() -> None:
    broken = framed(b"\x00\x00\x90")[:-1] + b"\x00"
    reader = FrameReader()
    assert reader.feed(broken + framed(b"\x00\x00\x80")) == [b"\x00\x00\x80"]
    assert reader.broken == 1


def test_an_impossible_length_is_not_waited_for() -> None:
    reader = FrameReader()
    assert reader.feed(PREAMBLE + b"\xff\xff" + framed(b"\x00\x00\x90")) == [b"\x00\x00\x90"]


def test_half_a_frame_is_told_and_noise_is_not() -> None:
    half, noise = FrameReader(), FrameReader()
    half.feed(framed(bytes(100))[:50])
    noise.feed(bytes(50))
    assert (half.is_inside, noise.is_inside) == (True, False)


@pytest.mark.full
def test_200000_fuzzed_buffers_end_without_an_exception_and_without_growth() -> None:
    chance = random.Random(1)  # noqa: S311 (no secret)
    reader = FrameReader()
    for _ in range(FUZZED_BUFFERS):
        buffer = bytearray(framed(chance.randbytes(chance.randrange(2, 40))))
        for _ in range(chance.randrange(4)):
            buffer[chance.randrange(len(buffer))] = chance.randrange(256)
        reader.feed(bytes(buffer[: chance.randrange(len(buffer) + 1)]) + chance.randbytes(chance.randrange(8)))
        assert len(reader._buffer) <= 4096 + 7
