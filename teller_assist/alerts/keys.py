"""The keys of both sides: the station's signing key, the branch server's public keys and what a station pins of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from teller_assist.alerts.canonical import canonical_bytes, from_base64, to_base64
from teller_assist.errors import ShapeError

FINGERPRINT_CHARACTERS = 32  # 160 bits in base32


class SigningKey:
    """An Ed25519 private key (RFC 8032); it never prints.

    Parameters
    ----------
    seed
        32 bytes.
    """

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @classmethod
    def generate(cls) -> SigningKey:
        """Return a new key."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    def __repr__(self) -> str:
        return "SigningKey(***)"

    @property
    def private(self) -> Ed25519PrivateKey:
        """The key itself, for libraries that sign with it."""
        return self._key

    @property
    def seed(self) -> bytes:
        """32 bytes to keep in a safe place. Every use of this is a place to read in a security review."""
        return self._key.private_bytes_raw()

    @property
    def verify_key(self) -> bytes:
        """The public half, 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Return the signature, 64 bytes."""
        return self._key.sign(data)


def is_signed(data: bytes, signature: bytes, verify_key: bytes) -> bool:
    """Return whether a signature belongs to the data and the key."""
    try:
        Ed25519PublicKey.from_public_bytes(verify_key).verify(signature, data)
    except (InvalidSignature, ValueError):  # ValueError: bytes that are no key
        return False
    return True


@dataclass(frozen=True)
class ServerKeys:
    """The branch server's public keys.

    Attributes
    ----------
    recipient
        age recipient ("age1…") that envelopes are sealed to.
    verify_key
        Ed25519, 32 bytes: signs receipts and heads.
    """

    recipient: str
    verify_key: bytes

    @property
    def fingerprint(self) -> str:
        """The first 160 bits of the keys' SHA-256 in base32: what an enrolment code carries and a station pins."""
        digest = hashlib.sha256(canonical_bytes({"recipient": self.recipient, "verify_key": to_base64(self.verify_key)})).digest()
        return base64.b32encode(digest)[:FINGERPRINT_CHARACTERS].decode("ascii")

    def to_body(self) -> dict[str, Any]:
        """Return the fields of a server_keys/1 document."""
        return {"recipient": self.recipient, "verify_key": to_base64(self.verify_key)}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> ServerKeys:
        """Read them from a document whose shape was checked.

        Raises
        ------
        ShapeError
            One of them is no key.
        """
        verify_key = from_base64(body["verify_key"], what="verify_key")
        try:
            Ed25519PublicKey.from_public_bytes(verify_key)
            pyrage.x25519.Recipient.from_str(body["recipient"])
        except (ValueError, pyrage.RecipientError) as error:
            raise ShapeError(what="server_keys/1", why="no_key") from error
        return cls(body["recipient"], verify_key)


def seal_to(recipient: str, data: bytes) -> bytes:
    """Encrypt data to a server's age recipient (X25519 and ChaCha20-Poly1305).

    Raises
    ------
    ShapeError
        It is no recipient.
    """
    try:
        return bytes(pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient)]))
    except (pyrage.RecipientError, pyrage.EncryptError) as error:
        raise ShapeError(what="recipient", why="no_key") from error
