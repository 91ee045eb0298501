"""Frames between the computer and the security module of the reader (SAM_V).

    request   AA AA AA 96 69 | length (2, big endian) | command, parameter, data | XOR
    answer    AA AA AA 96 69 | length (2, big endian) | 00 00 status word, data  | XOR

The length counts everything after itself, the check byte included. The check byte is the XOR of the length's two bytes and all
that follow, without the preamble.
"""

from __future__ import annotations

from functools import reduce
from operator import xor

PREAMBLE = bytes.fromhex("AAAAAA9669")
_LENGTH_BYTES = 2
_HEAD_BYTES = len(PREAMBLE) + _LENGTH_BYTES
# The longest answer known has 2,321 bytes. A length beyond this is noise, not worth waiting for.
_LONGEST_BYTES = 4096
_SHORTEST_ANSWER = 3  # two zero bytes and the status word


def check_byte(content: bytes) -> int:
    """Return the XOR of all bytes, 0 to 255."""
    return reduce(xor, content, 0)


def framed(payload: bytes) -> bytes:
    """Return a payload as it goes over the wire.

    Parameters
    ----------
    payload
        Command, parameter and data of a request, or what stands between length and check byte of an answer.
    """
    content = (len(payload) + 1).to_bytes(_LENGTH_BYTES, "big") + payload
    return PREAMBLE + content + bytes([check_byte(content)])


class FrameReader:
    """Finds whole frames in what comes over the wire; noise before, between and after them is passed over.

    Attributes
    ----------
    broken
        How many frames had a wrong check byte or an impossible length.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.broken = 0

    @property
    def is_inside(self) -> bool:
        """Whether a frame has begun and not ended."""
        return len(self._buffer) >= _HEAD_BYTES

    def feed(self, received: bytes) -> list[bytes]:
        """Take what was received and return the payloads that it completes; never raises."""
        self._buffer += received
        payloads: list[bytes] = []
        while (payload := self._next()) is not None:
            payloads.append(payload)
        return payloads

    def _next(self) -> bytes | None:
        while self._align():
            length = int.from_bytes(self._buffer[len(PREAMBLE) : _HEAD_BYTES], "big")
            if not _SHORTEST_ANSWER <= length <= _LONGEST_BYTES:
                self._pass_over_preamble()
                continue
            end = _HEAD_BYTES + length
            if len(self._buffer) < end:
                return None
            content = bytes(self._buffer[len(PREAMBLE) : end])
            if check_byte(content) != 0:  # the check byte among them makes it 0
                self._pass_over_preamble()
                continue
            del self._buffer[:end]
            return content[_LENGTH_BYTES:-1]
        return None

    def _align(self) -> bool:
        """Drop what stands before the next preamble; return whether a preamble and a length are there."""
        start = self._buffer.find(PREAMBLE)
        if start < 0:  # its beginning may have come already
            start = max(0, len(self._buffer) - len(PREAMBLE) + 1)
        del self._buffer[:start]
        return self._buffer.startswith(PREAMBLE) and len(self._buffer) >= _HEAD_BYTES

    def _pass_over_preamble(self) -> None:
        """Look for another frame inside what only looked like one."""
        self.broken += 1
        del self._buffer[:1]
