"""The stand-in chip's side of secure messaging (ICAO Doc 9303-11, 9.8), written apart from the reader's."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from teller_assist.demonstration.stand_ins.data_objects import data_object, data_objects

FOR_ENCRYPTION, FOR_CHECKSUM, FOR_PACE = 1, 2, 3
TRIPLE_DES, AES_128, AES_192, AES_256 = 1, 2, 3, 4  # as the last number of a PACE protocol names them
_KEY_BYTES = {TRIPLE_DES: 16, AES_128: 16, AES_192: 24, AES_256: 32}


class ChipCipher:
    """Key derivation, encryption and checksum of one cipher."""

    def __init__(self, kind: int) -> None:
        self.kind = kind
        self.block = 8 if kind == TRIPLE_DES else 16

    def key(self, secret: bytes, purpose: int) -> bytes:
        """Derive a key; the parity of DES keys is of no effect and left as it comes."""
        material = secret + bytes([0, 0, 0, purpose])
        digest = (
            hashlib.sha256(material) if self.kind in (AES_192, AES_256) else hashlib.new("sha1", material, usedforsecurity=False)
        )
        return digest.digest()[: _KEY_BYTES[self.kind]]

    def crypt(self, key: bytes, data: bytes, counter: bytes, *, decrypt: bool = False) -> bytes:
        """Encrypt or decrypt whole blocks."""
        start = bytes(self.block)
        if self.kind != TRIPLE_DES and counter:
            start = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(counter)  # noqa: S305 (one block)
        algorithm = TripleDES(key + key[:8]) if self.kind == TRIPLE_DES else algorithms.AES(key)
        cipher = Cipher(algorithm, modes.CBC(start))
        return (cipher.decryptor() if decrypt else cipher.encryptor()).update(data)

    def checksum(self, key: bytes, data: bytes) -> bytes:
        """Return eight bytes over whole blocks."""
        if self.kind != TRIPLE_DES:
            cmac = CMAC(algorithms.AES(key))
            cmac.update(data)
            return cmac.finalize()[:8]
        left, right = (Cipher(TripleDES(half * 3), modes.ECB()) for half in (key[:8], key[8:]))  # noqa: S305 (ISO/IEC 9797-1)
        state = bytes(8)
        for place in range(0, len(data), 8):
            state = left.encryptor().update(bytes(a ^ b for a, b in zip(state, data[place : place + 8], strict=True)))
        return left.encryptor().update(right.decryptor().update(state))

    def padded(self, data: bytes) -> bytes:
        """Fill up to whole blocks."""
        return data + b"\x80" + bytes(-(len(data) + 1) % self.block)


class ChipSession:
    """The chip's end of a session."""

    def __init__(self, cipher: ChipCipher, secret: bytes, counter: bytes) -> None:
        self._cipher, self._counter = cipher, counter
        self._encryption_key, self._mac_key = cipher.key(secret, FOR_ENCRYPTION), cipher.key(secret, FOR_CHECKSUM)

    def opened(self, command: bytes) -> tuple[bytes, int | None]:
        """Return the plain data and the length wanted; ValueError where a checksum is wrong or the form is."""
        self._count()
        objects = data_objects(command_data(command)[0])
        checked = b"".join(data_object(tag, value) for tag, value in objects.items() if tag != 0x8E)
        cipher = self._cipher
        told = self._counter + cipher.padded(command[:4]) + (cipher.padded(checked) if checked else b"")
        if not hmac.compare_digest(cipher.checksum(self._mac_key, told), objects.get(0x8E, b"")):
            raise ValueError("checksum")
        encrypted = objects[0x87][1:] if 0x87 in objects else objects.get(0x85, b"")
        plain = cipher.crypt(self._encryption_key, encrypted, self._counter, decrypt=True) if encrypted else b""
        wanted = objects.get(0x97)
        length = None if wanted is None else int.from_bytes(wanted, "big") or 1 << 8 * len(wanted)
        return plain.rstrip(b"\0")[:-1], length

    def protected(self, data: bytes, status: bytes, *, odd: bool) -> bytes:
        """Return the answer as it goes to the reader, status word behind it."""
        self._count()
        cipher = self._cipher
        told = b""
        if data:
            encrypted = cipher.crypt(self._encryption_key, cipher.padded(data), self._counter)
            told = data_object(0x85, encrypted) if odd else data_object(0x87, b"\x01" + encrypted)
        told += data_object(0x99, status)
        return told + data_object(0x8E, cipher.checksum(self._mac_key, cipher.padded(self._counter + told))) + status

    def _count(self) -> None:
        self._counter = (int.from_bytes(self._counter, "big") + 1).to_bytes(len(self._counter), "big")


def command_data(command: bytes) -> tuple[bytes, int | None]:
    """Return a command's data, and how many bytes it wants; short and extended lengths (ISO/IEC 7816-3, 12.1.3)."""
    body = command[4:]
    if len(body) >= 3 and body[0] == 0:
        if len(body) == 3:
            return b"", int.from_bytes(body[1:], "big") or 65_536
        count = int.from_bytes(body[1:3], "big")
        rest = body[3 + count :]
        return body[3 : 3 + count], (int.from_bytes(rest, "big") or 65_536) if rest else None
    if len(body) <= 1:
        return b"", (body[0] or 256) if body else None
    rest = body[1 + body[0] :]
    return body[1 : 1 + body[0]], (rest[0] or 256) if rest else None
