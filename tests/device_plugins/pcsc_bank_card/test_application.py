"""A virtual card is read without a reader: both interfaces, each fault, what is kept and what is not."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem
from teller_assist_smartcard import Loopback
from teller_assist_tlv import tlv

from device_plugins.pcsc_bank_card.application import NUMBER, NUMBER_OF_STRIPE, read_application
from device_plugins.pcsc_bank_card.record import card_record
from teller_assist.demonstration.stand_ins.bank_card import APPLICATION, BankCardChip, CardContent, made_up_number
from teller_assist.demonstration.stand_ins.bank_card_faults import BankCardFault
from teller_assist.devices.bank_records import read_bank_card
from teller_assist.errors import CardUnreadableError

FUZZED_BUFFERS = 200_000
CONTENT = CardContent()
both_interfaces = pytest.mark.parametrize("contactless", [False, True], ids=["contact", "contactless"])


def read(virtual: Any) -> dict[str, Any]:
    card = Loopback(virtual)
    return card_record(*read_application(card), is_contactless=card.is_contactless)


class Recorder:
    """A card whose answers a test may change; hears every command."""

    def __init__(self, chip: BankCardChip, changed: dict[int, bytes] | None = None) -> None:
        self._chip, self._changed = chip, changed or {}
        self.atr, self.protocol = chip.atr, chip.protocol
        self.heard: list[bytes] = []

    def reset(self) -> None:
        self._chip.reset()

    def process(self, command: bytes) -> bytes | None:
        self.heard.append(command)
        answer = self._chip.process(command)
        return self._changed.get(command[1], answer)


@both_interfaces
def test_a_card_is_read(contactless: bool) -> None:
    assert read(BankCardChip(contactless=contactless)) == {
        "number": CONTENT.number,
        "valid_until": "2035-12",
        "holder_name": "LIN/XIAOYANG",
        "sequence_number": "01",
        "application": APPLICATION.hex().upper(),
        "interface": "contactless" if contactless else "contact",
    }


@both_interfaces
def test_what_is_read_becomes_evidence(contactless: bool) -> None:
    card = read_bank_card(read(BankCardChip(contactless=contactless)))
    assert card.number.reveal().shown == "990000*********0010"


@pytest.mark.parametrize("digits", ["99000000000", "990000000000000", "990000000000000000"])
def test_numbers_of_any_length_are_read(digits: str) -> None:
    number = made_up_number(digits)
    assert read(BankCardChip(CardContent(number=number)))["number"] == number


@both_interfaces
def test_without_a_directory_the_known_applications_are_tried(contactless: bool) -> None:
    chip = BankCardChip(contactless=contactless, faults=[BankCardFault.NO_DIRECTORY])
    assert read(chip)["number"] == CONTENT.number


@both_interfaces
def test_without_its_own_tag_the_number_is_taken_from_the_stripe_and_nothing_else_of_it(contactless: bool) -> None:
    card = Loopback(BankCardChip(contactless=contactless, faults=[BankCardFault.NO_NUMBER]))
    name, values = read_application(card)
    assert values[NUMBER_OF_STRIPE].hex().rstrip("f") == CONTENT.number
    assert set(values) == {NUMBER_OF_STRIPE, 0x5F20, 0x5F24, 0x5F34}
    assert card_record(name, values, is_contactless=contactless)["number"] == CONTENT.number


def test_the_stripe_is_dropped_where_the_number_has_its_own_tag() -> None:
    _, values = read_application(Loopback(BankCardChip()))
    assert set(values) == {NUMBER, 0x5F20, 0x5F24, 0x5F34}
    assert not any(b"\x20\x10" in value for value in values.values())


@both_interfaces
@pytest.mark.parametrize(
    ("fault", "code", "hint"),
    [
        (BankCardFault.PULLED, "card_removed", ""),
        (BankCardFault.SILENT, "device_timeout", ""),
        (BankCardFault.ENDLESS, "card_unreadable", "the card's answer has no end"),
        (BankCardFault.GARBAGE, "card_unreadable", "BER-TLV: value cut off"),
        (BankCardFault.REFUSING, "card_unreadable", "GET PROCESSING OPTIONS 6985"),
    ],
)
def test_each_fault_has_its_reason_and_no_hint_quotes_the_card(
    contactless: bool, fault: BankCardFault, code: str, hint: str
) -> None:
    with pytest.raises(DeviceProblem) as caught:
        read(BankCardChip(contactless=contactless, faults=[fault]))
    assert (caught.value.code, caught.value.hint) == (code, hint)


@both_interfaces
def test_a_number_whose_check_digit_does_not_fit_is_refused_by_the_product(contactless: bool) -> None:
    record = read(BankCardChip(contactless=contactless, faults=[BankCardFault.WRONG_CHECK_DIGIT]))
    with pytest.raises(CardUnreadableError) as caught:
        read_bank_card(record)
    assert caught.value.facts["why"] == "card_number"


def test_only_what_reads_is_asked_of_a_card_and_zeros_stand_for_what_the_product_does_not_know() -> None:
    chip = Recorder(BankCardChip(contactless=True))
    read(chip)
    assert {command[1] for command in chip.heard} == {0xA4, 0xA8, 0xB2}, "no PIN, no cryptogram"
    [options] = [command for command in chip.heard if command[1] == 0xA8]
    terminal, amounts, country = options[7:11], options[11:23], options[23:25]
    assert (terminal.hex(), amounts, country.hex()) == ("26000000", bytes(12), "0156")


def test_what_a_card_says_with_its_processing_options_counts_without_records() -> None:
    stripe = tlv(0x57, bytes.fromhex(CONTENT.number + "D35122010000F"))
    answer = tlv(0x77, tlv(0x82, b"\0\0") + stripe + tlv(0x5F34, b"\x02")) + b"\x90\x00"
    record = read(Recorder(BankCardChip(contactless=True), {0xA8: answer}))
    assert (record["number"], record["valid_until"], record["sequence_number"]) == (CONTENT.number, "", "02")


@pytest.mark.parametrize(
    ("tag", "value", "field", "told"),
    [
        (0x5F20, b" /", "holder_name", ""),
        (0x5F20, "林晓样".encode("gb18030"), "holder_name", ""),
        (0x5F20, b"LIN/X\x07", "holder_name", ""),
        (0x9F0B, b"LIN/XIAOYANGXIAOYANGXIAOYANGXIAOYANG", "holder_name", "LIN/XIAOYANGXIAOYANGXIAOYANGXIAOYANG"),
        (0x5F34, b"\x1a", "sequence_number", ""),
        (0x5F34, b"\x00\x01", "sequence_number", ""),
    ],
)
def test_values_that_say_nothing_are_left_empty(tag: int, value: bytes, field: str, told: str) -> None:
    values = {NUMBER: bytes.fromhex(CONTENT.number + "f"), tag: value}
    assert card_record(APPLICATION, values, is_contactless=False)[field] == told


@pytest.mark.parametrize(("tag", "value", "hint"), [(0x5F24, b"\x35\x13\x31", "tag 5F24"), (0x5A, b"\x99\xd9", "tag 5A")])
def test_values_that_are_wrong_make_the_card_unreadable_and_are_not_told(tag: int, value: bytes, hint: str) -> None:
    with pytest.raises(DeviceProblem) as caught:
        card_record(APPLICATION, {NUMBER: bytes.fromhex(CONTENT.number + "f"), tag: value}, is_contactless=False)
    assert (caught.value.code, caught.value.hint) == ("card_unreadable", hint)


def assert_read_or_refused(chip: Any) -> bool:
    hint = ""
    try:
        read(chip)
    except DeviceProblem as problem:
        hint = problem.hint or problem.code
    assert CONTENT.number not in hint
    return not hint


@given(st.dictionaries(st.sampled_from([0xA4, 0xA8, 0xB2]), st.binary(max_size=40)), st.booleans())
def test_any_answers_are_read_or_refused(changed: dict[int, bytes], contactless: bool) -> None:
    assert_read_or_refused(Recorder(BankCardChip(contactless=contactless), changed))


class SpoiltCard:
    """A card one of whose answers has a few other bytes; the same ones for the same seed."""

    def __init__(self, rng: random.Random) -> None:
        self._chip = BankCardChip(contactless=rng.random() < 0.5)
        self.atr, self.protocol = self._chip.atr, self._chip.protocol
        self._rng, self._spoilt_at = rng, rng.randrange(9)
        self._count = 0

    def reset(self) -> None:
        self._chip.reset()

    def process(self, command: bytes) -> bytes:
        answer = bytearray(self._chip.process(command) or b"")
        self._count += 1
        if self._count > self._spoilt_at:
            for _ in range(self._rng.randrange(1, 4)):
                answer[self._rng.randrange(max(1, len(answer) - 2))] = self._rng.randrange(256)
        return bytes(answer)


@pytest.mark.full
def test_200000_fuzzed_cards_are_read_or_refused() -> None:
    rng = random.Random(12)  # noqa: S311 (no secret)
    read_ones = sum(assert_read_or_refused(SpoiltCard(rng)) for _ in range(FUZZED_BUFFERS))
    assert 0.02 < read_ones / FUZZED_BUFFERS < 0.9
