"""What a worker answers is believed only where it has the right form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.documents.worker_answers import LONGEST_LINE_BYTES, read_hello, read_reading
from teller_assist.errors import DocumentEngineError

HELLO = {"engine": "paddleocr 3.7.0", "network_denied_by": ["namespace", "guard"], "rss_mb": 270.0, "denied": {"socket.bind": 1}}
LINE = {"text": "姓名", "characters": [1, 0.25], "corners": [[0, 0], [20.5, 0], [20.5, 10], [-1, 10]]}
READING = {"id": 7, "lines": [LINE], "problem": "", "rss_mb": 300.0, "denied": {}}


def written(message: Any) -> bytes:
    return json.dumps(message).encode() + b"\n"


def test_a_good_hello() -> None:
    hello = read_hello(written(HELLO))
    assert (hello.engine, hello.network_denied_by) == ("paddleocr 3.7.0", ("guard", "namespace"))
    assert (hello.resident_mb, hello.denied) == (270.0, {"socket.bind": 1})


def test_a_good_reading() -> None:
    reading = read_reading(written(READING), 7)
    assert [(line.text, line.confidence, line.character_confidences) for line in reading.lines] == [("姓名", 0.625, (1.0, 0.25))]
    assert reading.lines[0].corners.tolist() == [[0, 0], [20.5, 0], [20.5, 10], [-1, 10]]
    assert not reading.lines[0].corners.flags.writeable
    assert (reading.problem, reading.resident_mb) == ("", 300.0)


@pytest.mark.parametrize(
    "changed",
    [
        {"engine": ""},
        {"engine": "a\nb"},
        {"engine": 1},
        {"network_denied_by": []},
        {"network_denied_by": "guard"},
        {"rss_mb": -1},
        {"rss_mb": True},
        {"denied": {"socket.bind": "1"}},
        {"more": 1},
    ],
)
def test_another_hello_is_nonsense(changed: dict[str, Any]) -> None:
    with pytest.raises(DocumentEngineError):
        read_hello(written(HELLO | changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"id": 6},
        {"id": "7"},
        {"id": None},
        {"lines": None},
        {"lines": [LINE] * 3001},
        {"lines": [LINE], "problem": "RuntimeError"},
        {"lines": [], "problem": "姓名 张三"},
        {"rss_mb": None},
        {"denied": []},
        {"more": 1},
    ],
)
def test_another_reading_is_nonsense(changed: dict[str, Any]) -> None:
    with pytest.raises(DocumentEngineError):
        read_reading(written(READING | changed), 7)


@pytest.mark.parametrize(
    "changed",
    [
        {"text": ""},
        {"text": "三"},
        {"text": 12},
        {"text": "三" * 2001, "characters": [1.0] * 2001},
        {"characters": [1.0]},
        {"characters": [1.0, 1.5]},
        {"characters": [1.0, -0.1]},
        {"characters": [1.0, True]},
        {"characters": [1.0, "1"]},
        {"characters": None},
        {"corners": [[0, 0], [1, 0], [1, 1]]},
        {"corners": [[0, 0], [1, 0], [1, 1], [0, 1, 2]]},
        {"corners": [[0, 0], [1, 0], [1, 1], [0, 1e9]]},
        {"corners": [[0, 0], [1, 0], [1, 1], [0, None]]},
        {"corners": "0000"},
        {"more": 1},
    ],
)
def test_a_line_of_another_form_is_nonsense(changed: dict[str, Any]) -> None:
    with pytest.raises(DocumentEngineError):
        read_reading(written(READING | {"lines": [LINE | changed]}), 7)


@pytest.mark.parametrize(
    "line",
    [b"", b"\n", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b" " * (LONGEST_LINE_BYTES + 1), b'{"rss_mb": NaN}'],
    ids=lambda line: str(line[:10]),
)
def test_what_is_no_message_is_nonsense(line: bytes) -> None:
    for read in (read_hello, lambda each: read_reading(each, 7)):
        with pytest.raises(DocumentEngineError) as caught:
            read(line)
        assert caught.value.facts["why"] == "nonsense"


def test_not_a_number_is_no_confidence() -> None:
    line = written(READING).replace(b"0.25", b"NaN")
    with pytest.raises(DocumentEngineError):
        read_reading(line, 7)


def test_the_error_for_nonsense_quotes_nothing() -> None:
    with pytest.raises(DocumentEngineError) as caught:
        read_reading('{"text": "张三"'.encode(), 7)
    assert "张" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*READING, *LINE]), inner, max_size=5),
    max_leaves=20,
)


@given(JSON)
def test_whatever_comes_it_is_a_reading_or_nonsense(message: Any) -> None:
    for each in (message, READING | {"lines": message}, READING | {"lines": [message]}):
        try:
            reading = read_reading(json.dumps(each).encode(), 7)
        except DocumentEngineError:
            continue
        assert all(len(line.text) == len(line.character_confidences) for line in reading.lines)
