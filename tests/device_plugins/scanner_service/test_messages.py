"""Messages of the WebSocket service."""

from __future__ import annotations

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_plugins.scanner_service.messages import PICTURE, Message, read_message, says_yes

FUZZED_BUFFERS = 200_000
NAMES = ("bStartPlay", "bStartPlay2", "bStartPlayRotate", "bStopPlay", "bSaveJPGEx", "sGetBase64", "vSetResolution", "bSetMode")
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(30)).decode("ascii")


def test_bare_base64_of_a_jpeg_is_a_picture_that_nobody_asked_for() -> None:
    assert read_message(JPEG) == Message(PICTURE, JPEG)
    assert read_message("data:image/jpeg;base64," + JPEG) == Message(PICTURE, "data:image/jpeg;base64," + JPEG)


@pytest.mark.parametrize("name", NAMES)
def test_a_commands_name_is_told_apart_from_a_longer_one(name: str) -> None:
    assert read_message(f"Begin{name}trueEnd{name}") == Message(name, "true")


@given(name=st.sampled_from(NAMES), content=st.binary(max_size=60))
def test_an_answer_is_read_whatever_its_base64_spells(name: str, content: bytes) -> None:
    value = base64.b64encode(content).decode("ascii")
    assert read_message(f"Begin{name}{value}End{name}") == Message(name, value)


@given(value=st.text(alphabet="BeginEndbStartPlay", max_size=40))
def test_an_answer_is_read_though_its_value_looks_like_an_end(value: str) -> None:
    assert read_message(f"BeginbSetMode{value}EndbSetMode") == Message("bSetMode", value)


@pytest.mark.parametrize(
    "text",
    [
        "", "Begin", "End", "BeginEnd", "BeginbSetModetrue", "trueEndbSetMode", "BeginbSetModetrueEndbStartPlay", "R0lGODlh",
        "BarCodeTransferBegin12345BarCodeTransferEnd", "Begin1xEnd1", "Begin林trueEnd林", b"\xff\xd8\xff",
    ],
)  # fmt: skip
def test_what_means_nothing_is_none(text: str | bytes) -> None:
    assert read_message(text) is None


@pytest.mark.parametrize(
    ("value", "yes"), [("true", True), ("TRUE", True), (" true ", True), ("false", False), ("", False), ("1", False)]
)
def test_only_true_means_done(value: str, yes: bool) -> None:
    assert says_yes(Message("bStartPlay", value)) is yes


@given(text=st.text(max_size=100))
def test_any_text_is_a_message_or_none(text: str) -> None:
    message = read_message(text)
    assert message is None or message.value in text


@pytest.mark.full
def test_200000_fuzzed_messages_are_messages_or_none() -> None:
    chance = random.Random(1)  # noqa: S311 (no secret)
    pieces = (*NAMES, "Begin", "End", "true", "false", JPEG, "/9j/", "data:image/", "\0", "\ud800", "图", "*")
    read = 0
    for number in range(FUZZED_BUFFERS):
        if number % 2:
            text = "".join(chance.choice(pieces) for _ in range(chance.randrange(6)))
        else:
            name = chance.choice(NAMES)
            text = f"Begin{name}{chance.choice(('true', JPEG))}End{name}"
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(("", "\0", "E", text[:at])) + text[at + chance.randrange(3) :]
        message = read_message(text)
        if message is not None:
            says_yes(message)
            read += 1
    assert FUZZED_BUFFERS / 20 < read < FUZZED_BUFFERS
