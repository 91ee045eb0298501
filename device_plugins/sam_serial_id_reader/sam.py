"""The security module at the other end of the wire: one question, one answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Protocol

from teller_assist_sdk import DeviceProblem

from .commands import (
    FIND,
    NEWEST_ADDRESS,
    NO_CARD,
    NO_SUCH_ITEM,
    READ,
    RESET,
    SAM_ID,
    SELECT,
    STATUS,
    Command,
    CorruptedError,
    RefusedError,
    card_blocks,
    printed_sam_id,
)
from .frames import FrameReader, framed

_STATUS_BYTES = 3
# Two makers ask for at least this between two questions whether a card lies there.
_BETWEEN_FINDS_S = 0.3
_QUIET_LIMIT_S = 2.0  # how long the rest of an answer that nobody waits for may trickle in


class GivenUpError(DeviceProblem):
    """Nobody waits for the answer any more."""

    def __init__(self) -> None:
        super().__init__("device_timeout", "given up")


class Wire(Protocol):
    """What carries the bytes; ``port.Port`` is one."""

    def send(self, content: bytes) -> None:
        """Write bytes."""

    def receive(self) -> bytes:
        """Return what has come, or nothing after a short while."""


class SecurityModule:
    """Asks the module. Every method raises ``RefusedError`` (another status word), ``CorruptedError`` (no whole answer came) or
    ``DeviceProblem``: device_timeout (silence, or cancelled), device_missing (the port is gone).
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._owes_answer = False
        self._found_s = float("-inf")

    def reset(self, cancel: threading.Event | None = None) -> None:
        """Start the module anew."""
        self._ask(RESET, cancel)

    def check(self) -> None:
        """Return if the module's own test passed."""
        self._ask(STATUS, None)

    def sam_id(self) -> str:
        """Return the module's number, for example ``05.03-20200101-0000000001-0000000002``."""
        return printed_sam_id(self._ask(SAM_ID, None))

    def find(self, cancel: threading.Event | None = None) -> bool:
        """Return whether a card lies there that was not read since it was laid down."""
        _rest(self._found_s + _BETWEEN_FINDS_S - time.monotonic(), cancel)
        try:
            self._ask(FIND, cancel)
        except RefusedError as error:
            if error.word != NO_CARD:
                raise
            return False
        finally:
            self._found_s = time.monotonic()
        return True

    def select(self, cancel: threading.Event | None) -> None:
        """Choose the card that was found."""
        self._ask(SELECT, cancel)

    def read(self, cancel: threading.Event | None) -> tuple[bytes, bytes]:
        """Return the chosen card's text block, 256 bytes, and its photo block."""
        return card_blocks(self._ask(READ, cancel))

    def newest_address(self, cancel: threading.Event | None) -> bytes:
        """Return the chosen card's newest address, 70 bytes; empty where it was never written."""
        try:
            return self._ask(NEWEST_ADDRESS, cancel)
        except RefusedError as error:
            if error.word != NO_SUCH_ITEM:
                raise
            return b""

    def _ask(self, command: Command, cancel: threading.Event | None) -> bytes:
        """Send one question and return the data of its good answer."""
        if self._owes_answer:
            self._wait_until_quiet()
        self._owes_answer = True
        self._wire.send(framed(command.code))
        word, data = self._answer(command, cancel)
        self._owes_answer = False
        if word != command.good:
            raise RefusedError(command, word)
        return data

    def _answer(self, command: Command, cancel: threading.Event | None) -> tuple[int, bytes]:
        """Return the status word and the data of the first whole answer that belongs to the question."""
        frames, foreign, received_any = FrameReader(), 0, False
        for received in self._received_within(command.limit_s, cancel):
            received_any = received_any or bool(received)
            for payload in frames.feed(received):
                told = _told(payload)
                if told is not None and command.fits(*told):
                    return told
                foreign += 1
        if frames.broken or foreign or frames.is_inside:
            raise CorruptedError(command, f"{frames.broken} broken and {foreign} foreign answers, cut off: {frames.is_inside}")
        what = "nothing but noise" if received_any else "no answer"
        raise DeviceProblem("device_timeout", f"{command.name}: {what} within {command.limit_s} s")

    def _received_within(self, limit_s: float, cancel: threading.Event | None) -> Iterator[bytes]:
        until_s = time.monotonic() + limit_s
        while time.monotonic() < until_s:
            if cancel is not None and cancel.is_set():
                raise GivenUpError
            yield self._wire.receive()

    def _wait_until_quiet(self) -> None:
        """Let an answer that nobody waits for any more pass, so that it is not taken for the next one."""
        for received in self._received_within(_QUIET_LIMIT_S, None):
            if not received:
                return


def _told(payload: bytes) -> tuple[int, bytes] | None:
    if len(payload) < _STATUS_BYTES or payload[0] or payload[1]:
        return None
    return payload[2], payload[_STATUS_BYTES:]


def _rest(wait_s: float, cancel: threading.Event | None) -> None:
    if wait_s > 0:
        (cancel or threading.Event()).wait(wait_s)
