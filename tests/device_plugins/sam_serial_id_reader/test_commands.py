"""What a status word means, which answers belong to a question, and the card's answer taken apart by arithmetic."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_plugins.sam_serial_id_reader.commands import (
    FIND,
    READ,
    SELECT,
    STATUS,
    CorruptedError,
    RefusedError,
    card_blocks,
    printed_sam_id,
)

TEXT, PHOTO, FINGERPRINT = b"t" * 256, b"p" * 1024, b"f" * 1024
FUZZED_BUFFERS = 200_000


def lengths(*blocks: bytes) -> bytes:
    return b"".join(len(block).to_bytes(2, "big") for block in blocks)


@pytest.mark.parametrize(
    "data",
    [
        lengths(TEXT, PHOTO) + TEXT + PHOTO,
        lengths(TEXT, PHOTO, b"") + TEXT + PHOTO,
        lengths(TEXT, PHOTO, FINGERPRINT) + TEXT + PHOTO + FINGERPRINT,
    ],
    ids=["1295", "1297", "2321"],
)
def test_text_and_photo_are_found_in_every_form_and_the_fingerprint_is_dropped(data: bytes) -> None:
    assert card_blocks(data) == (TEXT, PHOTO)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01\x00\x04",
        lengths(TEXT, PHOTO) + TEXT + PHOTO[:-1],
        lengths(TEXT, PHOTO, b"") + TEXT + PHOTO + b"x",
        lengths(TEXT[:-2], PHOTO) + TEXT[:-2] + PHOTO,
    ],
    ids=["nothing", "half_a_length", "short", "long", "short_text"],
)
def test_lengths_that_do_not_add_up_are_no_card(data: bytes) -> None:
    with pytest.raises(CorruptedError) as caught:
        card_blocks(data)
    assert caught.value.code == "card_unreadable"


@given(data=st.binary(max_size=80))
def test_what_is_taken_apart_is_never_more_than_what_came(data: bytes) -> None:
    try:
        text, photo = card_blocks(data)
    except CorruptedError:
        return
    assert text + photo in data


@pytest.mark.full
def test_200000_fuzzed_answers_are_blocks_or_corrupted() -> None:
    chance = random.Random(2)  # noqa: S311 (no secret)
    whole = lengths(TEXT, PHOTO) + TEXT + PHOTO
    for _ in range(FUZZED_BUFFERS):
        data = bytearray(whole[: chance.randrange(len(whole) + 1)] if chance.random() < 0.5 else whole)
        for _ in range(chance.randrange(3) if data else 0):
            data[chance.randrange(min(6, len(data)))] = chance.randrange(256)
        if chance.random() < 0.3:
            data[:6] = chance.randbytes(6)
        try:
            text, photo = card_blocks(bytes(data))
        except CorruptedError:
            continue
        assert len(text) == 256
        assert text + photo in data


@pytest.mark.parametrize(
    ("word", "code"),
    [
        (0x80, "card_removed"),
        (0x81, "card_unreadable"),
        (0x31, "card_unreadable"),
        (0x41, "card_unreadable"),
        (0x40, "card_unreadable"),
        (0x60, "plugin_failed"),
        (0x66, "plugin_failed"),
        (0x21, "plugin_failed"),
        (0xEE, "plugin_failed"),
    ],
)
def test_a_status_word_is_told_as_what_a_teller_can_act_on(word: int, code: str) -> None:
    problem = RefusedError(READ, word)
    assert problem.code == code
    assert f"{word:02X}" in problem.hint


def test_a_late_answer_to_another_question_does_not_fit() -> None:
    assert FIND.fits(0x9F, bytes(4))
    assert FIND.fits(0x80, b"")
    assert not STATUS.fits(0x80, b""), "what find says"
    assert not FIND.fits(0x90, b""), "what status says"
    assert not SELECT.fits(0x90, b""), "what reset says"
    assert not STATUS.fits(0x90, bytes(8)), "what select says"


def test_the_modules_number_is_printed_as_on_the_reader() -> None:
    data = bytes.fromhex("05000300") + b"".join(one.to_bytes(4, "little") for one in (20200101, 1, 2))
    assert printed_sam_id(data) == "05.03-20200101-0000000001-0000000002"
