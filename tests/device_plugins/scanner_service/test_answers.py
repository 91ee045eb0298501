"""Answers of the HTTP service: read as told, or refused with a reason that repeats nothing."""

from __future__ import annotations

import base64
import contextlib
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.scanner_service.answers import decoded_base64, lens_state, read_answer, refusal_hint, sizes_of, still_of
from device_plugins.scanner_service.card_record import card_record

FUZZED_BUFFERS = 200_000
TOKENS = (
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b":",
    b",",
    b"null",
    b"true",
    b"1e999",
    b"-1",
    b"\\u0000",
    b"\\ud800",
    b"\xff",
    b"NaN",
    b'"0"',
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=12), children, max_size=4),
    max_leaves=12,
)


def answer_of(**fields: Any) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize(("code", "is_done"), [("0", True), (0, True), ("1", False), ("-3", False), (7, False), ("ok", False)])
def test_code_0_alone_means_done(code: Any, is_done: bool) -> None:
    assert read_answer(answer_of(code=code)).is_done is is_done


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_answer(b"\xef\xbb\xbf" + answer_of(code="0")).is_done


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"", "the answer is no JSON"),
        (b"<error/>", "the answer is no JSON"),
        (b'{"code":"0",', "the answer is no JSON"),
        (b'{"code":"\xc1\xd6"}', "the answer is no JSON"),
        (b"[" * 100_000, "the answer is no JSON"),
        (b"[]", "the answer is no JSON object"),
        (b"{}", "the answer has no code"),
        (b'{"code":true}', "the answer has no code"),
    ],
)
def test_what_is_no_answer_is_refused_with_the_reason(content: bytes, hint: str) -> None:
    with pytest.raises(DeviceProblem) as caught:
        read_answer(content)
    assert (caught.value.code, caught.value.hint) == ("plugin_failed", hint)
    assert caught.value.__cause__ is None, "a cause would carry the text"


def test_a_refusal_names_the_code_and_a_plain_message_and_nothing_else() -> None:
    assert refusal_hint("video=grabimage", read_answer(answer_of(code="1", message="camera not open"))).endswith(
        "code 1 camera not open"
    )
    for message in ("林晓样", "x" * 61, "a\nb", None, 5):
        assert refusal_hint("it", read_answer(answer_of(code="1", message=message))) == "it: code 1"
    assert refusal_hint("it", read_answer(answer_of(code="190001197608150014"))) == "it: code ?"


@pytest.mark.parametrize(
    "fields",
    [
        {"photoBase64": base64.b64encode(b"picture").decode()},
        {"photoBase64": "data:image/jpeg;base64," + base64.b64encode(b"picture").decode()},
        {"photoBase64": "cGlj\r\ndHVyZQ=="},
        {"images": [{"base64": base64.b64encode(b"picture").decode()}]},
    ],
)
def test_a_still_stands_where_older_or_newer_services_write_it(fields: dict[str, Any]) -> None:
    assert still_of(read_answer(answer_of(code="0", **fields))) == b"picture"


@pytest.mark.parametrize(
    "fields",
    [{}, {"photoBase64": ""}, {"photoBase64": 5}, {"images": []}, {"images": ["x"]}, {"photoBase64": "*"}, {"photoBase64": "图"}],
)
def test_an_answer_without_a_still_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(DeviceProblem, match="plugin_failed"):
        still_of(read_answer(answer_of(code="0", **fields)))


def test_a_lens_is_in_one_of_three_states_or_the_service_does_not_say() -> None:
    answer = read_answer(answer_of(code="0", video0="run", video1="broken"))
    assert [lens_state(answer, index) for index in range(3)] == ["run", "", ""]


def test_resolutions_are_listed_and_junk_is_not() -> None:
    assert sizes_of(read_answer(answer_of(code="0", data="2592*1944|x|640*480|1*2"))) == ["2592x1944", "640x480"]
    assert sizes_of(read_answer(answer_of(code="0", data=7))) == []
    assert len(sizes_of(read_answer(answer_of(code="0", data="640*480|" * 10_000)))) == 40


def everything(content: bytes) -> str:
    """Read an answer and everything that is ever taken from one; return how that ended."""
    try:
        answer = read_answer(content)
    except DeviceProblem as problem:
        return problem.hint
    for index in range(2):
        lens_state(answer, index)
    sizes_of(answer)
    assert len(refusal_hint("x", answer)) < 100
    for reader in (still_of, card_record):
        with contextlib.suppress(DeviceProblem):
            reader(answer)
    return answer.code


@given(told=JSON)
def test_any_json_is_an_answer_or_a_problem(told: Any) -> None:
    everything(json.dumps(told).encode("ascii"))


@given(
    fields=st.dictionaries(st.sampled_from(("code", "photoBase64", "images", "IDCardInfo", "video0", "data", "message")), JSON)
)
def test_any_values_in_the_known_places_are_an_answer_or_a_problem(fields: dict[str, Any]) -> None:
    everything(json.dumps({"code": "0", **fields}).encode("ascii"))


@given(content=st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_a_problem(content: bytes) -> None:
    everything(content)


@given(content=st.binary(max_size=100))
def test_base64_is_decoded_as_it_was_encoded(content: bytes) -> None:
    assert decoded_base64(base64.b64encode(content).decode("ascii"), "it") == content


@pytest.mark.full
def test_200000_fuzzed_answers_are_answers_or_problems(card: dict[str, str]) -> None:
    chance = random.Random(1)  # noqa: S311 (no secret)
    portrait = base64.b64encode(b"\xff\xd8\xff" + bytes(12)).decode("ascii")
    whole = (
        answer_of(code="0", message="ok", IDCardInfo={**card, "photoBase64": portrait}),
        answer_of(code="0", photoBase64=portrait, images=[{"base64": portrait}]),
        answer_of(code="0", video0="run", video1="no", data="2592*1944|640*480"),
    )
    outcomes = set()
    for _ in range(FUZZED_BUFFERS):
        content = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(content) + 1)
            way = chance.randrange(4)
            if way == 0 and at < len(content):
                content[at] = chance.randrange(256)
            elif way == 1:
                content[at:at] = chance.choice(TOKENS)
            elif way == 2:
                del content[at : at + chance.randint(1, 30)]
            else:
                content[at:] = content[chance.randrange(len(content) + 1) :]
        outcomes.add(everything(bytes(content)))
    assert {"0", "the answer is no JSON"} <= outcomes
