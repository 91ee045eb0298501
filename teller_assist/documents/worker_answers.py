"""What a document worker may answer, read strictly: anything else is nonsense and ends it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from teller_assist.documents.engine import TextLine
from teller_assist.errors import DocumentEngineError

LONGEST_LINE_BYTES = 4_000_000  # a densely printed page is 200,000
LONGEST_TEXT = 2_000
MOST_LINES = 3_000
_CORNER_REACH_PX = 100_000.0


@dataclass(frozen=True)
class Hello:
    """What a worker says when it is ready.

    Attributes
    ----------
    engine
        Name and version.
    network_denied_by
        "guard" (its own Python code cannot reach out) and, where the kernel permits it, "namespace" (nothing in it can).
    resident_mb
        Its memory.
    denied
        How often something in it tried to reach out, by the name of Python's audit event.
    """

    engine: str
    network_denied_by: tuple[str, ...]
    resident_mb: float
    denied: Mapping[str, int]


@dataclass(frozen=True)
class Reading:
    """What a worker read of one picture.

    Attributes
    ----------
    problem
        Kind of the exception that its engine raised instead, or "".
    """

    lines: tuple[TextLine, ...]
    problem: str
    resident_mb: float
    denied: Mapping[str, int]


def read_hello(line: bytes) -> Hello:
    """Read the answer to a start, or raise DocumentEngineError."""
    message = _message(line, {"engine", "network_denied_by", "rss_mb", "denied"})
    means = message["network_denied_by"]
    if not (_is_word(message["engine"]) and isinstance(means, list) and means and all(_is_word(one) for one in means)):
        raise nonsense()
    return Hello(message["engine"], tuple(sorted(means)), _memory(message), _denied(message))


def read_reading(line: bytes, call_id: int) -> Reading:
    """Read the answer to a picture, or raise DocumentEngineError."""
    message = _message(line, {"id", "lines", "problem", "rss_mb", "denied"})
    if message["id"] != call_id or isinstance(message["id"], bool) or not isinstance(message["problem"], str):
        raise nonsense()
    lines = message["lines"]
    if not isinstance(lines, list) or len(lines) > MOST_LINES or (lines and message["problem"]):
        raise nonsense()
    problem = message["problem"] if message["problem"].isidentifier() else ""
    if message["problem"] and not problem:
        raise nonsense()
    return Reading(tuple(_text_line(one) for one in lines), problem, _memory(message), _denied(message))


def nonsense() -> DocumentEngineError:
    """Return the error for an answer that is none."""
    return DocumentEngineError("document_engine_failed", why="nonsense")


def _message(line: bytes, keys: set[str]) -> dict[str, Any]:
    if len(line) > LONGEST_LINE_BYTES:
        raise nonsense()
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise nonsense() from None  # the original quotes the line
    if not isinstance(message, dict) or set(message) != keys:
        raise nonsense()
    return message


def _text_line(item: Any) -> TextLine:
    if not isinstance(item, dict) or set(item) != {"text", "characters", "corners"}:
        raise nonsense()
    text, characters = item["text"], item["characters"]
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_TEXT or not isinstance(characters, list):
        raise nonsense()
    if len(characters) != len(text):
        raise nonsense()
    confidences = tuple(_number(one, 0.0, 1.0) for one in characters)
    corners = _corners(item["corners"])
    return TextLine(text, sum(confidences) / len(confidences), confidences, corners)


def _corners(values: Any) -> Any:
    if not isinstance(values, list) or len(values) != 4:
        raise nonsense()
    points = [
        [_number(value, -_CORNER_REACH_PX, _CORNER_REACH_PX) for value in point]
        for point in values
        if isinstance(point, list) and len(point) == 2
    ]
    if len(points) != 4:
        raise nonsense()
    corners = np.array(points, np.float32)
    corners.flags.writeable = False
    return corners


def _number(value: Any, lowest: float, highest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise nonsense()
    if not (math.isfinite(value) and lowest <= value <= highest):
        raise nonsense()
    return float(value)


def _memory(message: Mapping[str, Any]) -> float:
    return _number(message["rss_mb"], 0.0, 1e9)


def _denied(message: Mapping[str, Any]) -> dict[str, int]:
    counts = message["denied"]
    if not isinstance(counts, dict) or not all(isinstance(one, int) and not isinstance(one, bool) for one in counts.values()):
        raise nonsense()
    return dict(counts)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 100 and value.isprintable()
