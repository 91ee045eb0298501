"""How a bank's own gateway to the networked verification wants to be asked, and what its answers mean: no code, a file."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from teller_assist.errors import SettingsFileError
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.netcheck.provider import CardValidity, VerificationMode

SCHEMA = "netcheck-gateway/1"
# What a request may say; where each stands in the gateway's JSON is the mapping's matter.
SENT = ("mode", "number", "name", "valid_from", "valid_until", "live")
RETURNED = ("code", "photo", "name")
_ALWAYS_SENT = frozenset({"mode", "number", "name"})
_NEVER_ANSWERED = NetcheckCode.NOT_ASKED
_A_DAY = datetime.date(2026, 12, 31)

Path = tuple[str, ...]


@dataclass(frozen=True)
class GatewayMapping:
    """One gateway's JSON.

    Attributes
    ----------
    path
        Below the gateway's address, with its slash.
    sent
        By what is sent, one of ``SENT``: the keys that lead to it. What is left out is not sent.
    modes
        The gateway's word for each mode.
    constants
        Further values of every request, by the keys that lead to them.
    date_format
        As ``strftime`` takes it.
    valid_for_life
        Sent in the place of a date that a card valid for life does not have.
    returned
        By what is returned, one of ``RETURNED``: the keys that lead to it.
    codes
        What each of the gateway's codes means.
    """

    path: str
    sent: Mapping[str, Path]
    modes: Mapping[VerificationMode, str]
    constants: Mapping[Path, str | int | bool]
    date_format: str
    valid_for_life: str
    returned: Mapping[str, Path]
    codes: Mapping[str, NetcheckCode]

    def request_body(self, values: Mapping[str, str]) -> dict[str, Any]:
        """Return the gateway's JSON with values by what is sent; a value whose place the mapping does not name is left out."""
        body: dict[str, Any] = {}
        for path, constant in self.constants.items():
            _put(body, path, constant)
        for name, value in values.items():
            if name in self.sent:
                _put(body, self.sent[name], value)
        return body

    def validity_values(self, validity: CardValidity) -> dict[str, str]:
        """Return both dates as the gateway writes them."""
        until = self.valid_for_life if validity.until is None else self._date(validity.until)
        return {"valid_from": self._date(validity.since), "valid_until": until}

    def answered(self, name: str, body: Any) -> str:
        """Return what an answer says of one of ``RETURNED``; "" where it says nothing."""
        found = body
        for key in self.returned.get(name, ("",)):
            found = found.get(key) if isinstance(found, dict) else None
        return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""

    def _date(self, day: datetime.date) -> str:
        return day.strftime(self.date_format)


def read_gateway_mapping(content: bytes, *, file: str) -> GatewayMapping:
    """Read a mapping.

    Parameters
    ----------
    file
        Its name, for the message.

    Raises
    ------
    SettingsFileError
        It is not whole: a key too many or too few, a mode without a word, a code without a meaning.
    """
    try:
        document = tomllib.loads(content.decode("utf-8"))
        return _mapping(document)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingsFileError("settings_unreadable", file=file) from error


def _mapping(document: Mapping[str, Any]) -> GatewayMapping:
    request, answer = document["request"], document["answer"]
    _check_keys(document, {"schema", "request", "answer"})
    _check_keys(request, {"path", "fields", "modes", "date_format", "valid_for_life"}, {"constants"})
    _check_keys(answer, {"fields", "codes"})
    _check_keys(request["fields"], _ALWAYS_SENT, set(SENT))
    _check_keys(answer["fields"], {"code"}, set(RETURNED))
    _check_keys(request["modes"], {mode.value for mode in VerificationMode})
    codes = {str(code): NetcheckCode(meaning) for code, meaning in answer["codes"].items()}
    if document["schema"] != SCHEMA or not str(request["path"]).startswith("/") or _NEVER_ANSWERED in codes.values() or not codes:
        raise ValueError("schema, path or codes")
    mapping = GatewayMapping(
        path=str(request["path"]),
        sent={name: _path(path) for name, path in request["fields"].items()},
        modes={mode: str(request["modes"][mode.value]) for mode in VerificationMode},
        constants={_path(path): value for path, value in request.get("constants", {}).items()},
        date_format=str(request["date_format"]),
        valid_for_life=str(request["valid_for_life"]),
        returned={name: _path(path) for name, path in answer["fields"].items()},
        codes=codes,
    )
    _check_places([*mapping.sent.values(), *mapping.constants])
    _check_date(mapping.validity_values(CardValidity(_A_DAY, None))["valid_from"])
    return mapping


def _check_places(paths: list[Path]) -> None:
    """Refuse two values in one place, and a value where another one's keys lead through."""
    for place, one in enumerate(paths):
        for other in paths[place + 1 :]:
            if one[: len(other)] == other[: len(one)]:
                raise ValueError("two values in one place")


def _check_date(written: str) -> None:
    if not {"2026", "12", "31"} <= set(re.findall("2026|12|31", written)):
        raise ValueError("a date that does not say its day")


def _check_keys(table: Mapping[str, Any], needed: set[str] | frozenset[str], allowed: set[str] | None = None) -> None:
    if not needed <= set(table) or not set(table) <= needed | (allowed or set()):
        raise ValueError("keys")


def _path(dotted: str) -> Path:
    path = tuple(dotted.split("."))
    if not all(path):
        raise ValueError("an empty key")
    return path


def _put(body: dict[str, Any], path: Path, value: Any) -> None:
    for key in path[:-1]:
        body = body.setdefault(key, {})
    body[path[-1]] = value
