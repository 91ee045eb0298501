"""Secure messaging: commands and answers, encrypted and with checksums (ICAO Doc 9303-11, 9.8)."""

from __future__ import annotations

from teller_assist_sdk import DeviceProblem
from teller_assist_smartcard import command
from teller_assist_tlv import TlvProblem, find_tlv, read_tlv, tlv

from .ciphers import CipherSuite, pad, unpad

_CLA = 0x0C
_ENCRYPTED, _ENCRYPTED_ODD, _LENGTH, _STATUS, _CHECKSUM = 0x87, 0x85, 0x97, 0x99, 0x8E
_CHECKSUM_OBJECT_BYTES = 10
_PADDED = b"\x01"  # padding-content indicator


class SecureMessaging:
    """A session's keys and its counter; commands and answers take turns.

    Parameters
    ----------
    counter
        The send sequence counter as the access protocol leaves it: 8 bytes for 3DES, 16 for AES.
    """

    def __init__(self, suite: CipherSuite, encryption_key: bytes, mac_key: bytes, counter: bytes) -> None:
        self._suite, self._encryption_key, self._mac_key = suite, encryption_key, mac_key
        self._counter, self._counter_bytes = int.from_bytes(counter, "big"), len(counter)

    def protect(self, ins: int, p1: int, p2: int, data: bytes = b"", le: int | None = None) -> bytes:
        """Return a command as it goes to the chip; ``le`` is the number of bytes wanted in the plain answer."""
        counter = self._next()
        block = self._suite.block_bytes
        header = bytes([_CLA, ins, p1, p2])
        body = b""
        if data:
            encrypted = self._suite.encrypt(self._encryption_key, pad(data, block), counter)
            body = tlv(_ENCRYPTED_ODD, encrypted) if ins & 1 else tlv(_ENCRYPTED, _PADDED + encrypted)
        is_extended = le is not None and le > 256
        if le is not None:
            body += tlv(_LENGTH, (le & 0xFFFF).to_bytes(2, "big") if is_extended else bytes([le & 0xFF]))
        checked = counter + pad(header, block) + (pad(body, block) if body else b"")
        body += tlv(_CHECKSUM, self._suite.mac(self._mac_key, checked))
        return command(_CLA, ins, p1, p2, body, 65_536 if is_extended else 256)

    def open(self, answer: bytes, status: int) -> tuple[bytes, int]:
        """Return the plain data and status word of an answer.

        Raises
        ------
        DeviceProblem
            card_unreadable: the chip ended the session, or the checksum is wrong.
        """
        counter = self._next()
        if not answer:
            raise DeviceProblem("card_unreadable", f"the chip ended secure messaging, status {status:04X}")
        checked, checksum = answer[:-_CHECKSUM_OBJECT_BYTES], answer[-_CHECKSUM_OBJECT_BYTES:]
        padded = pad(counter + checked, self._suite.block_bytes)
        if checksum != tlv(_CHECKSUM, self._suite.mac(self._mac_key, padded)):
            raise DeviceProblem("card_unreadable", "secure messaging: checksum")
        try:
            return self._plain(checked, counter)
        except (TlvProblem, ValueError):
            raise DeviceProblem("card_unreadable", "secure messaging: malformed answer") from None

    def _plain(self, objects: bytes, counter: bytes) -> tuple[bytes, int]:
        told = read_tlv(objects)
        status = find_tlv(told, _STATUS)
        if status is None or len(status) != 2:
            raise ValueError("status")
        encrypted = find_tlv(told, _ENCRYPTED)
        if encrypted is not None and encrypted[:1] != _PADDED:
            raise ValueError("padding-content indicator")
        content = find_tlv(told, _ENCRYPTED_ODD) if encrypted is None else encrypted[1:]
        if content is None:
            return b"", int.from_bytes(status, "big")
        if not content or len(content) % self._suite.block_bytes:
            raise ValueError("blocks")
        plain = unpad(self._suite.decrypt(self._encryption_key, content, counter))
        return plain, int.from_bytes(status, "big")

    def _next(self) -> bytes:
        self._counter = (self._counter + 1) % (1 << 8 * self._counter_bytes)
        return self._counter.to_bytes(self._counter_bytes, "big")
