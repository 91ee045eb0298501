"""A stand-in for an ID card reader on a serial line: a pseudo terminal that a real serial driver opens. Linux only."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import threading
import time
import tty
from collections.abc import Iterable
from pathlib import Path

from teller_assist.demonstration.stand_ins.sam_card import SamCard
from teller_assist.demonstration.stand_ins.sam_faults import SamFault
from teller_assist.demonstration.stand_ins.sam_module import CARD_READS, SamModule, frame, take_request
from teller_assist.errors import ResourceError

_LOOK_S = 0.05
_CHUNK_BYTES = 4096
_PIECE_BYTES, _PIECE_EVERY_S = 61, 0.005
_SLOW_S = 1.5
_BITS_A_BYTE = 10  # start bit, eight data bits, stop bit
_NOISE_BEFORE, _NOISE_AFTER = bytes.fromhex("AA00AAAAFF"), bytes.fromhex("11AA")
_JOIN_LIMIT_S = 3.0


class SamReader:
    """A reader that can be plugged in and pulled out; not plugged in at first.

    Parameters
    ----------
    link
        A symbolic link that stands for the port while it is plugged in: its name stays, as one below ``/dev/serial/by-id`` does.
    baud_rate
        Answers take as long as on a real line, in Bd; 0: no time at all.
    hides_read_card
        See ``SamModule``.
    """

    def __init__(self, link: Path, *, faults: Iterable[SamFault] = (), baud_rate: int = 0, hides_read_card: bool = True) -> None:
        self.link = link
        self.faults = set(faults)
        self._baud_rate = baud_rate
        self._module = SamModule(self.faults, hides_read_card=hides_read_card)
        self._turn = threading.Lock()
        self._ends: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None
        self._pulled = threading.Event()

    def __enter__(self) -> SamReader:
        """Plug it in."""
        self.plug()
        return self

    def __exit__(self, *_what: object) -> None:
        """Pull it out."""
        self.unplug()

    @property
    def is_plugged(self) -> bool:
        """Whether the port is there."""
        return self._ends is not None

    def lay(self, card: SamCard) -> None:
        """Lay a card down."""
        with self._turn:
            self._module.lay(card)

    def lift(self) -> None:
        """Take the card away."""
        with self._turn:
            self._module.lay(None)

    def plug(self) -> None:
        """Plug it in; nothing happens where it is.

        Raises
        ------
        ResourceError
            "folder_not_writable": the link cannot be made.
        """
        if self._ends is not None:
            return
        self._join()  # a reader that pulled its own plug may not have noticed yet
        ours, theirs = pty.openpty()
        for end in (ours, theirs):
            tty.setraw(end)
        self._ends = (ours, theirs)
        try:
            self.link.unlink(missing_ok=True)
            self.link.symlink_to(os.ttyname(theirs))
        except OSError as error:
            self._close()
            raise ResourceError("folder_not_writable", folder=self.link.parent.name) from error
        self._pulled.clear()
        self._thread = threading.Thread(target=self._serve, args=(ours,), name="sam-reader", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Pull it out; nothing happens where it is not plugged in."""
        self._pulled.set()
        self._join()
        self._close()

    def _join(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(_JOIN_LIMIT_S)

    def _close(self) -> None:
        with self._turn:
            ends, self._ends = self._ends, None
        if ends is not None:
            with contextlib.suppress(OSError):
                self.link.unlink(missing_ok=True)
            for end in ends:
                os.close(end)

    def _serve(self, ours: int) -> None:
        received = bytearray()
        with contextlib.suppress(OSError):  # pulled out while it talked
            while not self._pulled.is_set():
                if select.select([ours], [], [], _LOOK_S)[0]:
                    received += os.read(ours, _CHUNK_BYTES)
                    self._answer_all(ours, received)

    def _answer_all(self, ours: int, received: bytearray) -> None:
        while not self._pulled.is_set() and (taken := take_request(received)) is not None:
            request, is_whole = taken
            with self._turn:
                answer = frame(self._module.answer(request, is_whole=is_whole))
            self._send(ours, answer, is_card=request[:2] in CARD_READS and len(answer) > 1000)

    def _send(self, ours: int, answer: bytes, *, is_card: bool) -> None:
        if SamFault.SILENT in self.faults:
            return
        if SamFault.SLOW in self.faults:
            self._pulled.wait(_SLOW_S)
        if is_card and SamFault.BAD_CHECKSUM in self.faults:
            answer = answer[:-1] + bytes([answer[-1] ^ 0xFF])
        stops = is_card and bool(self.faults & {SamFault.STALL, SamFault.CUT})
        if stops:
            answer = answer[: len(answer) // 2]
        elif SamFault.NOISE in self.faults:
            answer = _NOISE_BEFORE + answer + _NOISE_AFTER
        self._write(ours, answer)
        if stops and SamFault.CUT in self.faults:
            self._pulled.set()
            self._close()

    def _write(self, ours: int, content: bytes) -> None:
        """Write as fast as the line would carry it."""
        in_pieces = SamFault.SPLIT in self.faults
        if not in_pieces and not self._baud_rate:
            os.write(ours, content)
            return
        for start in range(0, len(content), _PIECE_BYTES):
            piece = content[start : start + _PIECE_BYTES]
            time.sleep(_BITS_A_BYTE * len(piece) / self._baud_rate if self._baud_rate else 0.0)
            os.write(ours, piece)
            if in_pieces:
                time.sleep(_PIECE_EVERY_S)
