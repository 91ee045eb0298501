"""Files of a chip, whatever their size and however it answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem
from teller_assist_smartcard import Loopback

from device_plugins.pcsc_travel_document.access import AccessItems
from device_plugins.pcsc_travel_document.chip import COM, DG1, SHORT_PIECE_BYTES, Chip, whole_length
from device_plugins.pcsc_travel_document.opening import open_chip
from teller_assist.demonstration.stand_ins.data_objects import data_object
from teller_assist.demonstration.stand_ins.passport_chip import CARD_ACCESS, PassportChip
from teller_assist.demonstration.stand_ins.passport_pace import BRAINPOOL_256, PaceChip, card_access
from teller_assist.demonstration.stand_ins.passport_session import AES_192
from tests.stand_ins.passports import HOLDER

ITEMS = AccessItems(HOLDER.number, HOLDER.birth_date, HOLDER.expiry_date)
FILE = 0x0103


class Counting(Loopback):
    """Counts commands, and how long the longest answer was."""

    def __init__(self, virtual: PassportChip) -> None:
        super().__init__(virtual)
        self.count, self.longest_bytes = 0, 0

    def transmit(self, sent: bytes) -> tuple[bytes, int]:
        data, status = super().transmit(sent)
        self.count, self.longest_bytes = self.count + 1, max(self.longest_bytes, len(data))
        return data, status


def opened(
    content: bytes, piece_bytes: int = SHORT_PIECE_BYTES, *, extended: bool = True, pace: bool = False
) -> tuple[Chip, Counting]:
    """Return a chip that is open and holds one file."""
    information = HOLDER.access_information()
    files = {FILE: content} | ({CARD_ACCESS: card_access(AES_192, BRAINPOOL_256)} if pace else {})
    paced = PaceChip(information, AES_192, BRAINPOOL_256) if pace else None
    card = Counting(PassportChip(files, information, extended=extended, pace=paced))
    chip = Chip(card, piece_bytes)
    assert open_chip(chip, ITEMS) == ("pace" if pace else "bac")
    return chip, card


@pytest.mark.parametrize("size", [0, 1, 5, 6, 7, 120, 127, 128, 222, 223, 224, 255, 256, 32_760, 32_768, 33_000, 70_000])
@pytest.mark.parametrize("pace", [False, True])
def test_a_file_of_any_size_is_read_whole_with_short_answers(size: int, pace: bool) -> None:
    content = data_object(0x75, bytes(place % 251 for place in range(size)))
    chip, card = opened(content, pace=pace)
    assert chip.read(FILE) == content
    assert card.longest_bytes <= 256


@pytest.mark.parametrize("piece_bytes", [16, 64, 223, 1000, 32_000])
def test_pieces_may_have_any_length(piece_bytes: int) -> None:
    content = data_object(0x75, bytes(range(256)) * (150 if piece_bytes > 16 else 20))
    chip, _ = opened(content, piece_bytes)
    assert chip.read(FILE) == content


def test_longer_pieces_need_fewer_commands() -> None:
    content = data_object(0x75, bytes(20_000))
    chip, card = opened(content, 8000)
    before = card.count
    assert chip.read(FILE) == content
    assert card.count - before == 5  # select, head, three pieces


def test_a_chip_without_extended_lengths_ends_the_session_and_is_named() -> None:
    chip, _ = opened(data_object(0x75, bytes(2000)), 1000, extended=False)
    with pytest.raises(DeviceProblem, match="card_unreadable") as caught:
        chip.read(FILE)
    assert "6700" in caught.value.hint


def test_what_stands_behind_the_object_is_not_read() -> None:
    content = data_object(0x75, b"whole")
    chip, _ = opened(content + b"filled up" * 100)
    assert chip.read(FILE) == content


def test_an_absent_file_is_none() -> None:
    chip, _ = opened(data_object(0x75, b""))
    assert chip.read(COM) is None


@pytest.mark.parametrize(
    "content", [b"\x75\x82\x10\x00short", b"\x75\x80", b"\x75\x84\x00\x00\x00\x01\x00", b"\x75\x83\x7f\xff\xff", b"\x75"]
)
def test_a_file_that_is_not_as_long_as_it_says_is_refused(content: bytes) -> None:
    chip, _ = opened(content)
    with pytest.raises(DeviceProblem, match="card_unreadable"):
        chip.read(FILE)


def test_a_file_is_not_given_before_the_chip_is_open() -> None:
    chip = Chip(Loopback(PassportChip({DG1: data_object(0x61, b"x")}, HOLDER.access_information())))
    chip.select_application()
    with pytest.raises(DeviceProblem, match="card_unreadable") as caught:
        chip.read(DG1)
    assert caught.value.hint == "file 0101: select, status 6982"
    assert chip.read_in_the_open(DG1) is None


def test_another_card_is_no_travel_document() -> None:
    class Other:
        def transmit(self, sent: bytes) -> tuple[bytes, int]:
            return b"", 0x6A82

    with pytest.raises(DeviceProblem, match="card_unreadable") as caught:
        open_chip(Chip(Other()), ITEMS)
    assert caught.value.hint == "no travel document, status 6A82"


@given(st.binary(max_size=70_000))
def test_the_length_of_an_object_is_told_by_its_head(value: bytes) -> None:
    encoded = data_object(0x75, value)
    assert whole_length(encoded[:8]) == len(encoded)


@given(st.binary(max_size=10))
def test_no_head_breaks_it(head: bytes) -> None:
    assert whole_length(head) >= 0
