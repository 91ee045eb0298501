"""Answers of the HTTP service: one JSON object, its values text; "code" is "0" where the command was done.

Whatever the service says is hostile until it was read here. Hints never repeat what an answer to a card's question says.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from teller_assist_sdk import DeviceProblem

LARGEST_ANSWER_BYTES = 12_000_000
DONE = "0"
_CODE = re.compile(r"-?[0-9]{1,6}")
_WORD = re.compile(r"[ -~]{1,60}")
_SIZE = re.compile(r"([0-9]{2,5})\*([0-9]{2,5})")
_DATA_PREFIX = re.compile(r"data:image/[a-z]{1,8};base64,")
_MOST_SIZES = 40
_LENS_STATES = ("no", "ok", "run")  # not plugged in, closed, open


@dataclass(frozen=True, repr=False)
class Answer:
    """What the service answered. Its repr shows nothing: it may be a person's card.

    Attributes
    ----------
    code
        As told; "?" where it is no number.
    """

    code: str
    fields: Mapping[str, Any]

    @property
    def is_done(self) -> bool:
        """Whether the command was done."""
        return self.code == DONE

    def word(self, key: str) -> str:
        """Return a short printable ASCII text, or "" where there is none."""
        value = self.fields.get(key)
        return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def read_answer(content: bytes) -> Answer:
    """Read an answer.

    Parameters
    ----------
    content
        UTF-8, with or without a byte order mark.

    Raises
    ------
    DeviceProblem
        plugin_failed: it is no JSON object with a code.
    """
    try:
        told = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # without its cause: a decoding error carries the text
        raise DeviceProblem("plugin_failed", "the answer is no JSON") from None
    if not isinstance(told, dict):
        raise DeviceProblem("plugin_failed", "the answer is no JSON object")
    code = told.get("code")
    if type(code) is int:
        code = str(code) if abs(code) < 1_000_000 else "?"
    if not isinstance(code, str):
        raise DeviceProblem("plugin_failed", "the answer has no code")
    return Answer(code if _CODE.fullmatch(code) else "?", told)


def refusal_hint(command: str, answer: Answer) -> str:
    """Return what a command that was not done says, for IT; not for the commands that read cards."""
    return f"{command}: code {answer.code} {answer.word('message')}".strip()


def still_of(answer: Answer) -> bytes:
    """Return the bytes of the picture that was taken, in the form of older or newer services.

    Raises
    ------
    DeviceProblem
        plugin_failed: there is none, or it is no base64.
    """
    content = answer.fields.get("photoBase64")
    images = answer.fields.get("images")
    if not content and isinstance(images, list) and images and isinstance(images[0], dict):
        content = images[0].get("base64")
    if not isinstance(content, str) or not content:
        raise DeviceProblem("plugin_failed", "the answer carries no picture")
    return decoded_base64(content, "the picture")


def decoded_base64(text: str, what: str) -> bytes:
    """Return the bytes; a data URL's beginning and line breaks are passed over; DeviceProblem plugin_failed where it is none."""
    prefix = _DATA_PREFIX.match(text)
    try:
        return base64.b64decode("".join(text[prefix.end() if prefix else 0 :].split()), validate=True)
    except ValueError:
        raise DeviceProblem("plugin_failed", f"{what}: not base64") from None


def lens_state(answer: Answer, index: int) -> str:
    """Return "no" (not plugged in), "ok" (closed), "run" (open), or "" where the service does not say."""
    state = answer.fields.get(f"video{index}")
    return state if isinstance(state, str) and state in _LENS_STATES else ""


def sizes_of(answer: Answer) -> list[str]:
    """Return the resolutions that the service lists, as ``WIDTHxHEIGHT`` in pixels."""
    told = answer.fields.get("data")
    found = _SIZE.findall(told[: 12 * _MOST_SIZES]) if isinstance(told, str) else []
    return [f"{width}x{height}" for width, height in found[:_MOST_SIZES]]
