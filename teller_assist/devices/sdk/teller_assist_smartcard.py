"""A smart card as a plugin talks to it: commands, answers (ISO/IEC 7816-3, 12; ISO/IEC 7816-4, 5). Python 3.8, its library only.

    data, status = card.transmit(command(0x00, 0xA4, 0x04, 0x0C, aid))

Nothing in here logs or quotes what goes to a card or comes from one.
"""

from __future__ import annotations

import threading
from typing import Any, Callable, Optional, Tuple

from teller_assist_sdk import DeviceProblem

OK = 0x9000
LONGEST_COMMAND_BYTES = 65_544  # ISO/IEC 7816-3, 12.1.3: header, extended Lc, 65535 bytes, extended Le
LONGEST_ANSWER_BYTES = 65_536
_MOST_ROUNDS = 300  # GET RESPONSE in a row: 256 of them carry the longest answer


def command(cla: int, ins: int, p1: int, p2: int, data: bytes = b"", le: Optional[int] = None) -> bytes:
    """Return a command as bytes; lengths are extended only where a short one cannot say them.

    Parameters
    ----------
    le
        Bytes wanted, 1 to 65536 (256: as many as a short answer holds); None: no answer is expected.
    """
    header = bytes([cla, ins, p1, p2])
    if len(data) > 0xFFFF or (le is not None and not 0 < le <= LONGEST_ANSWER_BYTES):
        raise ValueError("no such length")
    if len(data) <= 0xFF and (le is None or le <= 0x100):
        lc = bytes([len(data)]) if data else b""
        return header + lc + data + (b"" if le is None else bytes([le & 0xFF]))
    lc = b"\0" + len(data).to_bytes(2, "big") if data else b""
    wanted = b"" if le is None else (b"" if data else b"\0") + (le & 0xFFFF).to_bytes(2, "big")
    return header + lc + data + wanted


class Card:
    """A card that answers.

    Parameters
    ----------
    exchange
        Takes a command, returns data and status word as the card sends them; raises DeviceProblem.
    atr
        Its answer to reset (ISO/IEC 7816-3, 8); for a contactless card the one that PC/SC part 3 makes up.
    protocol
        0 or 1: T=0, T=1.
    cancel
        Once it is set, no further command is sent.
    """

    def __init__(
        self, exchange: Callable[[bytes], bytes], atr: bytes, protocol: int, cancel: Optional[threading.Event] = None
    ) -> None:
        self.atr, self.protocol = atr, protocol
        self._exchange, self._cancel = exchange, cancel

    @property
    def is_contactless(self) -> bool:
        """Whether its answer to reset is one that a reader makes up for a card in its field (PC/SC part 3, 3.1.3.2.3)."""
        return len(self.atr) > 3 and self.atr[1] >> 4 == 0x8 and self.atr[2:4] == b"\x80\x01"

    def transmit(self, sent: bytes) -> Tuple[bytes, int]:
        """Send a command and return the whole answer: data and status word (0x9000).

        61xx (more to fetch) and 6Cxx (another length wanted) are followed, within bounds.

        Raises
        ------
        DeviceProblem
            card_removed, card_unreadable (no answer that makes sense), device_timeout (cancelled), device_missing ...
        """
        data, status = self._once(sent)
        if status >> 8 == 0x6C and not _is_extended(sent):
            data, status = self._once(_with_le(sent, status & 0xFF))
        whole = bytearray(data)
        fetch = bytes([sent[0] & 0x03 if sent[0] < 0x40 else 0x00, 0xC0, 0x00, 0x00])  # same logical channel, in the plain
        for _ in range(_MOST_ROUNDS):
            if status >> 8 != 0x61:
                return bytes(whole), status
            data, status = self._once(fetch + bytes([status & 0xFF]))
            if status >> 8 == 0x6C:
                data, status = self._once(fetch + bytes([status & 0xFF]))
            whole += data
            if (status >> 8 == 0x61 and not data) or len(whole) > LONGEST_ANSWER_BYTES:
                break
        raise DeviceProblem("card_unreadable", "the card's answer has no end")

    def _once(self, sent: bytes) -> Tuple[bytes, int]:
        if self._cancel is not None and self._cancel.is_set():
            raise DeviceProblem("device_timeout", "cancelled")
        answer = self._exchange(_as_t0(sent) if self.protocol == 0 else sent)
        if not 2 <= len(answer) <= LONGEST_ANSWER_BYTES + 2:
            raise DeviceProblem("card_unreadable", "an answer of {} bytes".format(len(answer)))
        return answer[:-2], int.from_bytes(answer[-2:], "big")


class Loopback(Card):
    """A virtual card in this process, without PC/SC: for tests.

    ``virtual`` has ``atr``, ``protocol`` and ``process(command)``, which returns the answer, b"" for silence or None if pulled.
    """

    def __init__(self, virtual: Any, cancel: Optional[threading.Event] = None) -> None:
        def exchange(sent: bytes) -> bytes:
            answer = virtual.process(sent)
            if not answer:
                raise DeviceProblem("card_removed" if answer is None else "device_timeout")
            return bytes(answer)

        virtual.reset()
        super().__init__(exchange, virtual.atr, virtual.protocol, cancel)


def _with_le(sent: bytes, le: int) -> bytes:
    """Return a short command with another Le."""
    return (sent[: 5 + sent[4]] if len(sent) > 5 else sent[:4]) + bytes([le])


def _is_extended(sent: bytes) -> bool:
    return len(sent) > 5 and sent[4] == 0


def _as_t0(sent: bytes) -> bytes:
    """Return a command as T=0 carries it (ISO/IEC 7816-3, 12.2): a P3 always, Le not behind data; no extended lengths."""
    if len(sent) == 4:
        return sent + b"\0"
    if _is_extended(sent):
        raise ValueError("extended length over T=0")
    return sent[: 5 + sent[4]] if len(sent) > 5 else sent
