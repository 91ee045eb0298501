"""The stand-in's security module: what it answers, without any wire."""

from __future__ import annotations

from functools import reduce
from operator import xor

from teller_assist.demonstration.stand_ins.sam_card import SamCard
from teller_assist.demonstration.stand_ins.sam_faults import SamFault

_PREAMBLE = bytes.fromhex("AAAAAA9669")
_HEAD_BYTES = 7
_RESET, _STATUS, _SAM_ID = b"\x10\xff", b"\x11\xff", b"\x12\xff"
_FIND, _SELECT = b"\x20\x01", b"\x20\x02"
_READ, _READ_FINGERPRINT, _NEWEST_ADDRESS = b"\x30\x01", b"\x30\x10", b"\x30\x03"
CARD_READS = frozenset({_READ, _READ_FINGERPRINT})

# 05.03, 20200101 and two running numbers, little endian.
_NUMBER = bytes.fromhex("05000300") + (20200101).to_bytes(4, "little") + (1).to_bytes(4, "little") + (2).to_bytes(4, "little")
_GOOD, _CARD_FOUND = 0x90, 0x9F
_WRONG_CHECK_BYTE, _UNKNOWN_COMMAND = 0x10, 0x21
_READ_FAILED, _BROKEN, _UNAUTHORISED, _NO_CARD, _NOT_SELECTED, _NO_SUCH_ITEM = 0x41, 0x60, 0x66, 0x80, 0x81, 0x91


def frame(payload: bytes) -> bytes:
    """Return a payload with preamble, length and check byte."""
    content = (len(payload) + 1).to_bytes(2, "big") + payload
    return _PREAMBLE + content + bytes([reduce(xor, content)])


def take_request(received: bytearray) -> tuple[bytes, bool] | None:
    """Take the first whole request out of what was received; returns its payload and whether its check byte is right."""
    start = received.find(_PREAMBLE)
    if start < 0:
        return None
    del received[:start]
    end = _HEAD_BYTES + int.from_bytes(received[5:_HEAD_BYTES], "big")
    if len(received) < max(_HEAD_BYTES + 1, end):
        return None
    content = bytes(received[5:end])
    del received[:end]
    return content[2:-1], reduce(xor, content) == 0


class SamModule:
    """Finds, selects and reads the card that lies there.

    Parameters
    ----------
    faults
        May be changed at any time.
    hides_read_card
        A card that was read must be lifted before it is found again, as most modules want it.
    """

    def __init__(self, faults: set[SamFault], *, hides_read_card: bool = True) -> None:
        self.faults = faults
        self._hides_read_card = hides_read_card
        self._card: SamCard | None = None
        self._state = "idle"
        self._failed_once = False

    def lay(self, card: SamCard | None) -> None:
        """Lay a card down in the place of what lies there; None: nothing lies there any more."""
        self._card, self._state, self._failed_once = card, "idle", False

    def answer(self, request: bytes, *, is_whole: bool = True) -> bytes:
        """Return the payload that answers a request."""
        word, data = self._told(request) if is_whole else (_WRONG_CHECK_BYTE, b"")
        return bytes([0, 0, word]) + data

    def _told(self, request: bytes) -> tuple[int, bytes]:
        command = request[:2]
        if command == _RESET:
            self._state = "idle" if self._state != "read" else "read"
            return _GOOD, b""
        if command == _STATUS:
            return self._own_state(), b""
        if command == _SAM_ID:
            return _GOOD, _NUMBER
        if command == _FIND:
            return self._find()
        if command == _SELECT:
            return self._select()
        if command in CARD_READS:
            return self._read(command)
        if command == _NEWEST_ADDRESS:
            return self._newest_address()
        return _UNKNOWN_COMMAND, b""

    def _own_state(self) -> int:
        if SamFault.SELF_TEST_FAILED in self.faults:
            return _BROKEN
        return _UNAUTHORISED if SamFault.NOT_AUTHORISED in self.faults else _GOOD

    def _find(self) -> tuple[int, bytes]:
        if self._card is None or (self._state == "read" and self._hides_read_card):
            return _NO_CARD, b""
        self._state = "found"
        return _CARD_FOUND, bytes(4)

    def _select(self) -> tuple[int, bytes]:
        if self._state != "found":
            return _NOT_SELECTED, b""
        self._state = "selected"
        return _GOOD, bytes(8)

    def _read(self, command: bytes) -> tuple[int, bytes]:
        card = self._card
        if card is None or self._state != "selected" or self._fails():
            self._state = "idle" if self._state != "read" else "read"
            return _READ_FAILED, b""
        self._state = "read"
        with_fingerprint = command == _READ_FINGERPRINT
        blocks = [card.text, card.photo]
        if with_fingerprint or SamFault.THREE_LENGTHS in self.faults:
            blocks.append(card.fingerprint if with_fingerprint else b"")
        return _GOOD, b"".join(len(block).to_bytes(2, "big") for block in blocks) + b"".join(blocks)

    def _fails(self) -> bool:
        fails = SamFault.READ_FAILS in self.faults or (SamFault.READ_FAILS_ONCE in self.faults and not self._failed_once)
        self._failed_once = True
        return fails

    def _newest_address(self) -> tuple[int, bytes]:
        if self._card is None or self._state != "read":
            return _READ_FAILED, b""
        address = self._card.newest_address
        return (_GOOD, address) if address else (_NO_SUCH_ITEM, b"")
