"""The one byte form of a document that is signed or hashed (RFC 8785, JSON Canonicalization Scheme)."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import math
import re
from collections.abc import Mapping
from typing import Any

import rfc8785

from teller_assist.errors import BugError, ShapeError

_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")  # as an escape, or in a text that Python made


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """Return the document's canonical JSON in UTF-8.

    Raises
    ------
    BugError
        It holds something that is no JSON: a bug of ours, documents from outside were parsed from JSON.
    """
    try:
        return rfc8785.dumps(dict(document))
    except ValueError as error:  # its own errors, and what it lets through for a name that is no text
        raise BugError("a document of ours is no JSON") from error


def parsed_json(text: str | bytes) -> Any:
    """Return what JSON from outside says, as RFC 8259 means it.

    Raises
    ------
    ValueError
        It is none. Python would also take NaN, Infinity and 1e999, which no limit of a shape stops and no canonical form has,
        and half a surrogate pair, which is no text: nothing can write it down again.
    RecursionError
        It is nested too deep.
    """
    document = json.loads(text, parse_float=_finite, parse_constant=_finite)
    if _HALF_PAIR.search(text if isinstance(text, str) else text.decode("utf-8", "replace")):
        json.dumps(document, ensure_ascii=False).encode("utf-8")  # whole pairs are fine; UnicodeEncodeError is a ValueError
    return document


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def to_base64(data: bytes) -> str:
    """Return standard base64 (RFC 4648 section 4) with padding."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str, *, what: str) -> bytes:
    """Return the bytes of standard base64.

    Raises
    ------
    ShapeError
        It is none; ``what`` names the field.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ShapeError(what=what, why="not_base64") from error


def utc_text(moment: datetime.datetime) -> str:
    """Return a moment as the documents write it: UTC, milliseconds, "Z"."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
