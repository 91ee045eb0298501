from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.devices.channel import _PROBLEMS, Answer, FrameReady, FramesEnded, Problem, read_message
from teller_assist.devices.kinds import DeviceKind
from teller_assist.errors import DeviceError, PluginFailedError
from teller_assist.wording import error_sentences

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
OURS = st.sampled_from(["id", "ok", "result", "error", "event", "slot", "width", "height", "sequence", "code", "hint"])


def checked(line: bytes) -> None:
    """Whatever the line: a message of exactly our form, or refused as nonsense."""
    try:
        message = read_message(line)
    except PluginFailedError as error:
        refused = error.facts
    else:
        check_form(message)
        return
    assert refused == {"why": "nonsense"}


def check_form(message: object) -> None:
    if isinstance(message, Answer):
        assert type(message.call_id) is int
    elif isinstance(message, FrameReady):
        assert all(
            type(part) is int and part >= 0 for part in (message.slot, message.width_px, message.height_px, message.sequence)
        )
    problem = getattr(message, "problem", None)
    assert problem is None or (len(problem.hint) <= 200 and problem.hint.isprintable())


@given(st.binary(max_size=200))
def test_no_bytes_get_through_as_anything_else(line: bytes) -> None:
    checked(line)


@given(JSON_VALUES)
def test_no_json_gets_through_as_anything_else(value: object) -> None:
    checked(json.dumps(value).encode())


@given(st.dictionaries(OURS, JSON_VALUES | st.sampled_from([True, False, "frame", "frames_ended", 1]), max_size=5))
def test_nothing_that_looks_like_ours_gets_through_as_anything_else(value: object) -> None:
    checked(json.dumps(value).encode())


def test_the_four_messages() -> None:
    assert read_message(b'{"id": 3, "ok": true, "result": {"a": 1}}\n') == Answer(3, {"a": 1}, None)
    refused = read_message(b'{"id": 3, "ok": false, "error": {"code": "card_removed", "hint": "SW 6F\\u0000"}}')
    assert refused == Answer(3, None, Problem("card_removed", "SW 6F?"))
    frame = read_message(b'{"event": "frame", "slot": 1, "width": 2, "height": 3, "sequence": 4}')
    assert frame == FrameReady(1, 2, 3, 4)
    ended = read_message(b'{"event": "frames_ended", "error": {"code": "device_missing", "hint": ""}}')
    assert ended == FramesEnded(Problem("device_missing", ""))


@pytest.mark.parametrize("depth", [10_000, 1_000_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    with pytest.raises(PluginFailedError):
        read_message(b"[" * depth + b"]" * depth)


SCANNER_SAYS = {
    "paper_jam": "高拍仪卡纸。请打开盖子取出纸张，合上后重新扫描。",
    "cover_open": "高拍仪的盖子没有合上。请合上盖子后重新扫描。",
    "no_page": "高拍仪的进纸器中没有纸张。请放入证件或纸张后重新扫描。",
    "scan_cancelled": "扫描在高拍仪上被取消。如仍需要，请重新扫描。",
    "device_denied": "高拍仪已连接，但当前用户没有使用权限。请IT人员为当前用户开通该设备的权限。",
}


@pytest.mark.parametrize("code", SCANNER_SAYS)
def test_what_stops_a_scanner_is_a_reason_of_its_own_in_two_sentences(code: str) -> None:
    line = json.dumps({"id": 1, "ok": False, "error": {"code": code, "hint": ""}}).encode()
    message = read_message(line)
    assert isinstance(message, Answer)
    assert message.problem is not None
    error = message.problem.as_error("a_plugin", DeviceKind.DOCUMENT_SCANNER)
    assert (error.reason, isinstance(error, DeviceError)) == (code, True)
    assert error_sentences(error).zh == SCANNER_SAYS[code]


def test_every_code_becomes_an_error_with_sentences() -> None:
    for code in _PROBLEMS:
        assert error_sentences(Problem(code, "").as_error("a_plugin", DeviceKind.DOCUMENT_SCANNER)).zh.count("。") == 2


def test_a_problem_names_plugin_and_device() -> None:
    error = Problem("device_busy", "held by 4711").as_error("a_plugin", DeviceKind.CAMERA)
    assert error.facts == {"plugin": "a_plugin", "device": "camera", "why": "reported"}
