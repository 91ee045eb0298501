"""Commands as bytes, and a card's answers in pieces: T=0 and T=1, with bounds."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem
from teller_assist_smartcard import Card, Loopback, command


class Chip:
    """Answers what a test says."""

    atr = bytes.fromhex("3B6500002063CB6600")

    def __init__(self, answer: Callable[[bytes], bytes | None], protocol: int = 1) -> None:
        self._answer, self.protocol = answer, protocol
        self.heard: list[str] = []

    def reset(self) -> None:
        self.heard.clear()

    def process(self, sent: bytes) -> bytes | None:
        self.heard.append(sent.hex())
        return self._answer(sent)


def scripted(*answers: str, protocol: int = 1) -> Chip:
    left = list(answers)
    return Chip(lambda sent: bytes.fromhex(left.pop(0) if len(left) > 1 else left[0]), protocol)


@pytest.mark.parametrize(
    ("data", "le", "coded"),
    [
        (b"", None, "00a40400"),
        (b"", 256, "00a4040000"),
        (b"", 1, "00a4040001"),
        (b"\1\2", None, "00a40400020102"),
        (b"\1\2", 256, "00a4040002010200"),
        (b"", 257, "00a40400000101"),
        (b"", 65536, "00a40400000000"),
        (b"\1", 65536, "00a40400000001010000"),
        (bytes(256), None, "00a40400000100" + "00" * 256),
    ],
)
def test_lengths_are_short_where_they_can_be(data: bytes, le: int | None, coded: str) -> None:
    assert command(0x00, 0xA4, 0x04, 0x00, data, le).hex() == coded


@pytest.mark.parametrize(("data", "le"), [(bytes(65_536), None), (b"", 0), (b"", 65_537)])
def test_lengths_that_cannot_be_said_are_an_error(data: bytes, le: int | None) -> None:
    with pytest.raises(ValueError, match="length"):
        command(0, 0xA4, 4, 0, data, le)


def test_what_a_card_announces_is_fetched_piece_by_piece() -> None:
    chip = scripted("6103", "0102036102", "04059000")
    assert Loopback(chip).transmit(command(0x80, 0xA8, 0, 0, b"\x83\0", 256)) == (b"\1\2\3\4\5", 0x9000)
    assert chip.heard == ["80a8000002830000", "00c0000003", "00c0000002"]


def test_a_length_that_the_card_wants_is_given_to_it() -> None:
    chip = scripted("6c05", "01020304059000", protocol=0)
    assert Loopback(chip).transmit(command(0, 0xB2, 1, 0x0C, le=256)) == (b"\1\2\3\4\5", 0x9000)
    assert chip.heard == ["00b2010c00", "00b2010c05"]


def test_over_t0_no_expected_length_stands_behind_data_and_a_third_parameter_always() -> None:
    chip = scripted("9000", protocol=0)
    card = Loopback(chip)
    card.transmit(command(0, 0xA4, 4, 0, b"\1\2\3\4\5", 256))
    card.transmit(command(0, 0x84, 0, 0))
    assert chip.heard == ["00a40400050102030405", "0084000000"]
    with pytest.raises(ValueError, match="T=0"):
        card.transmit(command(0, 0xB0, 0, 0, le=1000))


@pytest.mark.parametrize("answer", ["006101", "6101", "6c01"])
def test_an_answer_without_an_end_is_given_up(answer: str) -> None:
    chip = scripted(answer)
    if answer == "6c01":  # what comes after one repetition is the answer
        assert Loopback(chip).transmit(command(0, 0xB0, 0, 0, le=4)) == (b"", 0x6C01)
        return
    with pytest.raises(DeviceProblem, match="card_unreadable"):
        Loopback(chip).transmit(command(0, 0xB0, 0, 0, le=4))
    assert len(chip.heard) <= 301


@pytest.mark.parametrize(("answer", "code"), [(b"\x90", "card_unreadable"), (b"", "device_timeout"), (None, "card_removed")])
def test_what_is_no_answer_is_a_problem(answer: bytes | None, code: str) -> None:
    with pytest.raises(DeviceProblem) as caught:
        Loopback(Chip(lambda sent: answer)).transmit(command(0, 0xB0, 0, 0, le=4))
    assert caught.value.code == code


def test_nothing_is_sent_once_it_is_cancelled() -> None:
    chip, cancel = scripted("9000"), threading.Event()
    card = Loopback(chip, cancel)
    card.transmit(command(0, 0xB0, 0, 0, le=4))
    cancel.set()
    with pytest.raises(DeviceProblem, match="device_timeout"):
        card.transmit(command(0, 0xB0, 0, 0, le=4))
    assert len(chip.heard) == 1


@pytest.mark.parametrize(
    ("atr", "contactless"),
    [("3B80800101", True), ("3B8F8001804F0CA000000306030001000000006A", True), ("3B6500002063CB6600", False), ("", False)],
)
def test_a_card_in_a_readers_field_is_known_by_its_answer_to_reset(atr: str, contactless: bool) -> None:
    assert Card(lambda sent: b"", bytes.fromhex(atr), 1).is_contactless is contactless


@given(st.lists(st.binary(max_size=6), min_size=1, max_size=8), st.integers(0, 1))
def test_any_answers_end_in_an_answer_or_a_problem(answers: list[bytes], protocol: int) -> None:
    left = list(answers)
    chip = Chip(lambda sent: left.pop(0) if left else b"\x61\x01", protocol)
    with contextlib.suppress(DeviceProblem):
        Loopback(chip).transmit(command(0, 0xB0, 0, 0, le=4))
    assert len(chip.heard) <= 310
