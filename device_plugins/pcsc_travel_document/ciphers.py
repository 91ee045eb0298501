"""What access to a chip is made of: key derivation, 3DES and AES with their checksums (ICAO Doc 9303-11, 9.7 and 9.8)."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

FOR_ENCRYPTION, FOR_CHECKSUM, FOR_PACE = 1, 2, 3  # the counter of the key derivation function
MAC_BYTES = 8


class CipherSuite(ABC):
    """A block cipher with the checksum that goes with it."""

    block_bytes: int

    @abstractmethod
    def key(self, secret: bytes, purpose: int) -> bytes:
        """Derive a key from a shared secret (9.7.1)."""

    @abstractmethod
    def encrypt(self, key: bytes, data: bytes, counter: bytes) -> bytes:
        """Encrypt whole blocks; ``counter`` is the send sequence counter, b"" outside secure messaging."""

    @abstractmethod
    def decrypt(self, key: bytes, data: bytes, counter: bytes) -> bytes:
        """Decrypt whole blocks."""

    @abstractmethod
    def mac(self, key: bytes, padded: bytes) -> bytes:
        """Return the checksum, 8 bytes, of data that are padded already."""

    @abstractmethod
    def token(self, key: bytes, data: bytes) -> bytes:
        """Return the checksum, 8 bytes, of data as PACE's authentication token wants it (4.4.3.4)."""


class TripleDesSuite(CipherSuite):
    """3DES with two keys, CBC from zeros; ISO/IEC 9797-1, MAC algorithm 3."""

    block_bytes = 8

    def key(self, secret: bytes, purpose: int) -> bytes:
        """Derive 16 bytes, their parity bits set."""
        derived = hashlib.sha1(secret + purpose.to_bytes(4, "big"), usedforsecurity=False).digest()[:16]
        return bytes((byte & 0xFE) | (~(byte >> 1).bit_count() & 1) for byte in derived)

    def encrypt(self, key: bytes, data: bytes, counter: bytes = b"") -> bytes:  # noqa: ARG002
        """Encrypt; the counter is not needed."""
        encryptor = Cipher(TripleDES(key + key[:8]), modes.CBC(bytes(8))).encryptor()
        return encryptor.update(data) + encryptor.finalize()

    def decrypt(self, key: bytes, data: bytes, counter: bytes = b"") -> bytes:  # noqa: ARG002
        """Decrypt; the counter is not needed."""
        decryptor = Cipher(TripleDES(key + key[:8]), modes.CBC(bytes(8))).decryptor()
        return decryptor.update(data) + decryptor.finalize()

    def mac(self, key: bytes, padded: bytes) -> bytes:
        """Return single DES all along and 3DES for the last block (single DES: three equal keys)."""
        chained = bytes(8)
        if len(padded) > 8:
            encryptor = Cipher(TripleDES(key[:8] * 3), modes.CBC(bytes(8))).encryptor()
            chained = encryptor.update(padded[:-8])[-8:]
        last = bytes(one ^ other for one, other in zip(chained, padded[-8:], strict=True))
        return self.encrypt(key, last)

    def token(self, key: bytes, data: bytes) -> bytes:
        """Return the checksum of the padded data."""
        return self.mac(key, pad(data, self.block_bytes))


class AesSuite(CipherSuite):
    """AES, CBC from the encrypted counter; CMAC cut to 8 bytes."""

    block_bytes = 16

    def __init__(self, key_bytes: int) -> None:
        self._key_bytes = key_bytes

    def key(self, secret: bytes, purpose: int) -> bytes:
        """Derive 16, 24 or 32 bytes: SHA-1 is enough for the first."""
        material = secret + purpose.to_bytes(4, "big")
        if self._key_bytes == 16:
            return hashlib.sha1(material, usedforsecurity=False).digest()[:16]
        return hashlib.sha256(material).digest()[: self._key_bytes]

    def encrypt(self, key: bytes, data: bytes, counter: bytes) -> bytes:
        """Encrypt; outside secure messaging from zeros."""
        encryptor = Cipher(algorithms.AES(key), modes.CBC(self._start(key, counter))).encryptor()
        return encryptor.update(data) + encryptor.finalize()

    def decrypt(self, key: bytes, data: bytes, counter: bytes) -> bytes:
        """Decrypt; outside secure messaging from zeros."""
        decryptor = Cipher(algorithms.AES(key), modes.CBC(self._start(key, counter))).decryptor()
        return decryptor.update(data) + decryptor.finalize()

    def mac(self, key: bytes, padded: bytes) -> bytes:
        """Return the checksum."""
        cmac = CMAC(algorithms.AES(key))
        cmac.update(padded)
        return cmac.finalize()[:MAC_BYTES]

    def token(self, key: bytes, data: bytes) -> bytes:
        """Return the checksum: CMAC pads by itself."""
        return self.mac(key, data)

    @staticmethod
    def _start(key: bytes, counter: bytes) -> bytes:
        if not counter:
            return bytes(16)
        encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 (one block, as the standard has it)
        return encryptor.update(counter) + encryptor.finalize()


def pad(data: bytes, block_bytes: int) -> bytes:
    """Fill up to whole blocks (ISO/IEC 9797-1, padding method 2)."""
    padded = data + b"\x80"
    return padded + bytes(-len(padded) % block_bytes)


def unpad(padded: bytes) -> bytes:
    """Take such padding off.

    Raises
    ------
    ValueError
        There is none.
    """
    data = padded.rstrip(b"\0")
    if not data.endswith(b"\x80"):
        raise ValueError("padding")
    return data[:-1]
