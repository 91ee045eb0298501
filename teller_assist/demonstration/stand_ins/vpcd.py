"""Carries a virtual card to a reader of vpcd (vsmartcard), which a real PC/SC service drives: for training and for tests.

    pcscd -- driver "vpcd" listens at a port <-- VpcdSlot -- VirtualCard

Wire: two bytes of length (most significant first) and as many bytes, both ways. One byte from vpcd is an order: 0 power off,
1 power on, 2 reset, 4 send the answer to reset (this one is answered). More bytes are a command. Connecting inserts the card.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Protocol

_ORDERS_RESET, _ORDER_ATR = (0, 1, 2), 4
_RETRY_S = 0.1
_CONNECT_LIMIT_S = 1.0
_JOIN_LIMIT_S = 3.0


class VirtualCard(Protocol):
    """A card that is a program.

    Attributes
    ----------
    atr
        Its answer to reset.
    protocol
        0 or 1: T=0, T=1; what the answer to reset makes a reader choose.
    """

    @property
    def atr(self) -> bytes:
        """See above."""
        ...

    @property
    def protocol(self) -> int:
        """See above."""
        ...

    def reset(self) -> None:
        """Forget what was selected; power on does the same."""

    def process(self, command: bytes) -> bytes | None:
        """Return the answer with its status word; b"": the card stays silent; None: it is pulled out just now."""


class VpcdSlot:
    """One slot of a reader that vpcd imitates; empty at first.

    Where the service goes away, the card is inserted again once it is back.

    Parameters
    ----------
    port
        Where vpcd listens on this machine.
    """

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._card: VirtualCard | None = None
        self._line: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._removed = threading.Event()
        self._connected = threading.Event()

    def __enter__(self) -> VpcdSlot:
        """Give itself."""
        return self

    def __exit__(self, *_what: object) -> None:
        """Take the card out."""
        self.remove()

    def insert(self, card: VirtualCard, wait_s: float = 5.0) -> bool:
        """Put a card in, in the place of another; return whether the service took it within ``wait_s``."""
        self.remove()
        self._card = card
        self._removed.clear()
        self._thread = threading.Thread(target=self._carry, args=(card,), name="vpcd", daemon=True)
        self._thread.start()
        return self._connected.wait(wait_s)

    def remove(self) -> None:
        """Take the card out; nothing happens where there is none."""
        self._removed.set()
        line = self._line
        if line is not None:
            with contextlib.suppress(OSError):  # closed by the other end
                line.shutdown(socket.SHUT_RDWR)
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(_JOIN_LIMIT_S)

    def _carry(self, card: VirtualCard) -> None:
        while not self._removed.is_set():
            with contextlib.suppress(OSError), socket.create_connection(self._address, _CONNECT_LIMIT_S) as line:
                line.settimeout(None)
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._line = line
                if not self._removed.is_set():
                    self._connected.set()
                    self._serve(line, card)
            self._connected.clear()
            self._line = None
            self._removed.wait(_RETRY_S)

    def _serve(self, line: socket.socket, card: VirtualCard) -> None:
        """Answer until the line ends or the card is pulled out."""
        while True:
            message = _received(line, int.from_bytes(_received(line, 2), "big"))
            if len(message) > 1:
                answer = card.process(message)
                if answer is None:
                    self._removed.set()
                    return
                if answer:
                    _send(line, answer)
            elif message and message[0] == _ORDER_ATR:
                _send(line, card.atr)
            elif message and message[0] in _ORDERS_RESET:
                card.reset()


def _received(line: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        if hasattr(socket, "TCP_QUICKACK"):  # vpcd writes length and content one by one and waits for our kernel's receipt
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        piece = line.recv(count - len(received))
        if not piece:
            raise ConnectionError("vpcd is gone")
        received += piece
    return received


def _send(line: socket.socket, content: bytes) -> None:
    line.sendall(len(content).to_bytes(2, "big") + content)
