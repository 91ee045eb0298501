"""The lines that a plugin's process may send, read with distrust.

Whatever is not exactly one of these messages ends the process: a plugin that talks nonsense cannot be trusted with its next line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from teller_assist.devices.kinds import DeviceKind
from teller_assist.errors import (
    CardRemovedError,
    CardUnreadableError,
    DeviceBusyError,
    DeviceDeniedError,
    DeviceMissingError,
    DeviceTimeoutError,
    KnownError,
    PluginFailedError,
    ScanStoppedError,
)

LONGEST_LINE_BYTES = 8_000_000
_HINT_LENGTH = 200
_LARGEST_NUMBER = 2**53
_FRAME_KEYS = ("slot", "width", "height", "sequence")
_PROBLEMS: Mapping[str, type[KnownError]] = {
    "device_missing": DeviceMissingError,
    "device_busy": DeviceBusyError,
    "device_timeout": DeviceTimeoutError,
    "device_denied": DeviceDeniedError,
    "card_removed": CardRemovedError,
    "card_unreadable": CardUnreadableError,
    "access_refused": CardUnreadableError,
    "paper_jam": ScanStoppedError,
    "cover_open": ScanStoppedError,
    "no_page": ScanStoppedError,
    "scan_cancelled": ScanStoppedError,
    "access_unsupported": CardUnreadableError,
    "plugin_failed": PluginFailedError,
}
_SAID_BY_CODE = ("access_refused", "access_unsupported")  # codes of the wording group ``card_why``


@dataclass(frozen=True)
class Problem:
    """What the plugin says went wrong.

    Attributes
    ----------
    hint
        Technical text for IT, at most 200 characters, printable; never shown to a teller.
    """

    code: str
    hint: str

    def as_error(self, plugin_id: str, kind: DeviceKind) -> KnownError:
        """Return the product's own error for it."""
        why = self.code if self.code in _SAID_BY_CODE else "reported"
        known = _PROBLEMS[self.code]
        reason = self.code if self.code in known.reasons else None
        return known(reason, plugin=plugin_id, device=kind.value, why=why)


@dataclass(frozen=True)
class Answer:
    """The answer to one call; ``problem`` is None where it succeeded."""

    call_id: int
    result: Any
    problem: Problem | None


@dataclass(frozen=True)
class FrameReady:
    """A frame lies in the frame memory. Sizes in pixels; ``sequence`` rises from 1 within one process."""

    slot: int
    width_px: int
    height_px: int
    sequence: int


@dataclass(frozen=True)
class FramesEnded:
    """The camera delivers no more frames."""

    problem: Problem


Message = Answer | FrameReady | FramesEnded


def read_message(line: bytes) -> Message:
    """Read one line.

    Raises
    ------
    PluginFailedError
        ``why`` is "nonsense": no JSON, or not one of the messages.
    """
    try:
        told = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _nonsense() from error
    if not isinstance(told, dict):
        raise _nonsense()
    if "event" in told:
        return _event(told)
    return _answer(told)


def read_frame(told: Any) -> FrameReady:
    """Read where a frame lies.

    Raises
    ------
    PluginFailedError
        ``why`` is "nonsense": it does not say so.
    """
    if not isinstance(told, dict) or told.keys() != set(_FRAME_KEYS):
        raise _nonsense()
    return FrameReady(*(_whole(told[name]) for name in _FRAME_KEYS))


def written_message(message: Mapping[str, Any]) -> bytes:
    """Return one line for the plugin's process."""
    return json.dumps(message).encode("ascii") + b"\n"


def _answer(told: Mapping[str, Any]) -> Answer:
    call_id = _whole(told.get("id"))
    if told.keys() == {"id", "ok", "result"} and told["ok"] is True:
        return Answer(call_id, told["result"], None)
    if told.keys() == {"id", "ok", "error"} and told["ok"] is False:
        return Answer(call_id, None, _problem(told["error"]))
    raise _nonsense()


def _event(told: Mapping[str, Any]) -> FrameReady | FramesEnded:
    if told.keys() == {"event", *_FRAME_KEYS} and told["event"] == "frame":
        return read_frame({name: told[name] for name in _FRAME_KEYS})
    if told.keys() == {"event", "error"} and told["event"] == "frames_ended":
        return FramesEnded(_problem(told["error"]))
    raise _nonsense()


def _problem(told: Any) -> Problem:
    if not isinstance(told, dict) or told.keys() != {"code", "hint"}:
        raise _nonsense()
    code, hint = told["code"], told["hint"]
    if not isinstance(code, str) or code not in _PROBLEMS or not isinstance(hint, str):
        raise _nonsense()
    printable = "".join(character if character.isprintable() else "?" for character in hint[:_HINT_LENGTH])
    return Problem(code, printable)


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST_NUMBER:
        raise _nonsense()
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _nonsense() -> PluginFailedError:
    return PluginFailedError(why="nonsense")
