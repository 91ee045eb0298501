"""The stand-in passport's chip: files, and who may read them (ICAO Doc 9303-10, -11); see ``vpcd.VirtualCard``."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable, Mapping

from teller_assist.demonstration.stand_ins.data_objects import data_object, data_objects
from teller_assist.demonstration.stand_ins.passport_faults import PassportFault
from teller_assist.demonstration.stand_ins.passport_pace import PaceChip
from teller_assist.demonstration.stand_ins.passport_session import (
    FOR_CHECKSUM,
    FOR_ENCRYPTION,
    TRIPLE_DES,
    ChipCipher,
    ChipSession,
    command_data,
)

CARD_ACCESS, COM, DG1, DG2, SOD = 0x011C, 0x011E, 0x0101, 0x0102, 0x011D
_APPLICATION = bytes.fromhex("A0000002471001")
_GOOD, _END, _FAILED, _NOT_OPENED, _NOT_NOW = b"\x90\x00", b"\x62\x82", b"\x63\x00", b"\x69\x82", b"\x69\x85"
_NO_FILE, _OFFSET, _LENGTH, _UNKNOWN = b"\x6a\x82", b"\x6b\x00", b"\x67\x00", b"\x6d\x00"
_BROKEN = b"\x69\x88"  # secure messaging: objects wrong
_SLOW_S = 0.2
_MIDDLE = 2000  # bytes into the portrait
_DES = ChipCipher(TRIPLE_DES)


class PassportChip:
    """A chip in the field of a reader.

    Parameters
    ----------
    files
        By file identifier.
    information
        What opens it: three items of the zone with their check digits.
    pace
        Its side of PACE; None: BAC only.
    extended
        Whether it takes extended lengths.
    """

    atr = bytes.fromhex("3B8880010000000000000000") + bytes([0x09])
    protocol = 1

    def __init__(
        self,
        files: Mapping[int, bytes],
        information: bytes,
        *,
        pace: PaceChip | None = None,
        faults: Iterable[PassportFault] = (),
        extended: bool = True,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.faults = set(faults)
        self._files, self._pace, self._extended, self._sleep = files, pace, extended, sleep
        seed = hashlib.new("sha1", information, usedforsecurity=False).digest()[:16]
        self._encryption_key, self._mac_key = _DES.key(seed, FOR_ENCRYPTION), _DES.key(seed, FOR_CHECKSUM)
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._is_selected, self._file, self._challenge = False, 0, b""
        self._session: ChipSession | None = None
        if self._pace is not None:
            self._pace.forget()

    def process(self, command: bytes) -> bytes | None:
        """Answer a command."""
        if PassportFault.SLOW in self.faults:
            self._sleep(_SLOW_S)
        if len(command) < 4 or (not self._extended and len(command) > 6 and command[4] == 0):
            return _LENGTH
        try:
            answer = self._protected(command) if command[0] & 0x0C == 0x0C else self._open(command)
        except (ValueError, KeyError, IndexError):
            self._session = None
            return _BROKEN
        return self._spoilt(answer)

    def _spoilt(self, answer: bytes) -> bytes | None:
        in_portrait = self._file == DG2 and self._reached > _MIDDLE
        if in_portrait and PassportFault.PULLED in self.faults:
            return None
        return b"" if in_portrait and PassportFault.SILENT in self.faults else answer

    # ------------------------------------------------------------ how commands come

    def _protected(self, command: bytes) -> bytes:
        if self._session is None:
            return _BROKEN
        data, wanted = self._session.opened(command)
        told, status = self._file_command(command, data, wanted)
        return self._session.protected(told, status, odd=bool(command[1] & 1))

    def _open(self, command: bytes) -> bytes:
        data, wanted = command_data(command)
        ins = command[1]
        if self._session is not None and ins in (0xA4, 0xB0, 0xB1):
            self._session = None  # a command in the plain ends the session
        if ins == 0x84 and self._is_selected and PassportFault.PACE_ONLY not in self.faults:
            if PassportFault.PACE_UNKNOWN in self.faults:
                return _NOT_NOW
            self._challenge = secrets.token_bytes(8)
            return self._challenge + _GOOD
        if ins == 0x82:
            return self._authenticated(data)
        if ins in (0x22, 0x86) and self._pace is not None:
            answer = self._pace.begin(command) if ins == 0x22 else self._pace.step(command)
            self._session = self._pace.session
            return answer
        told, status = self._file_command(command, data, wanted)
        return told + status

    def _authenticated(self, data: bytes) -> bytes:
        """Answer EXTERNAL AUTHENTICATE of BAC (ICAO Doc 9303-11, 4.3.4)."""
        challenge, self._challenge = self._challenge, b""
        if not challenge or len(data) != 40:
            return _NOT_NOW
        if not hmac.compare_digest(_DES.checksum(self._mac_key, _DES.padded(data[:32])), data[32:]):
            return _FAILED
        plain = _DES.crypt(self._encryption_key, data[:32], b"", decrypt=True)
        nonce, told, key = plain[:8], plain[8:16], plain[16:]
        if told != challenge:
            return _FAILED
        own = secrets.token_bytes(16)
        answer = _DES.crypt(self._encryption_key, challenge + nonce + own, b"")
        seed = bytes(a ^ b for a, b in zip(key, own, strict=True))
        self._session = ChipSession(_DES, seed, challenge[4:] + nonce[4:])
        return answer + _DES.checksum(self._mac_key, _DES.padded(answer)) + _GOOD

    # ------------------------------------------------------------ files

    _reached = 0

    def _file_command(self, command: bytes, data: bytes, wanted: int | None) -> tuple[bytes, bytes]:
        ins, p1, p2 = command[1:4]
        if ins == 0xA4:
            return b"", self._selected(p1, data)
        if ins == 0xB0 and not p1 & 0x80:
            return self._read(p1 << 8 | p2, wanted or 0)
        if ins == 0xB1:
            offset = int.from_bytes(data_objects(data)[0x54], "big")
            room = wanted or 0  # for tag, length and content
            told, status = self._read(offset, max(0, room - 2 if room < 0x82 else room - 3 if room < 0x103 else room - 4))
            return (data_object(0x53, told) if told else b""), status
        return b"", _UNKNOWN

    def _selected(self, p1: int, data: bytes) -> bytes:
        if p1 == 0x04:
            if data != _APPLICATION:
                return _NO_FILE
            self._is_selected, self._file = True, 0
            return _GOOD
        file = int.from_bytes(data, "big")
        if file not in self._files:
            return _NO_FILE
        if file != CARD_ACCESS and (not self._is_selected or self._session is None):
            return _NOT_OPENED
        self._file, self._reached = file, 0
        return _GOOD

    def _read(self, offset: int, wanted: int) -> tuple[bytes, bytes]:
        content = self._files.get(self._file)
        if content is None or (self._file != CARD_ACCESS and self._session is None):
            return b"", _NOT_OPENED
        if offset >= len(content):
            return b"", _OFFSET
        self._reached = offset
        told = content[offset : offset + wanted]
        return told, _GOOD if len(told) == wanted else _END
