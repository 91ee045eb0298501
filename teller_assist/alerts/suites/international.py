"""Suite "international": Ed25519, age (X25519 and ChaCha20-Poly1305), SHA-256, AES-256-GCM."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import pyrage
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from teller_assist.errors import EnvelopeError, ShapeError

_NONCE_BYTES = 12


class International:
    """See ``suite.Suite``. Keys: 32 bytes either half; age's own text for what opens and what is sealed to."""

    name = "international"
    request_algorithm = "ed25519"
    field_key_bytes = 32

    def probe(self) -> None:
        """See ``Suite``; there is nothing that could be missing."""

    def hash(self, data: bytes) -> bytes:
        """See ``Suite``."""
        return hashlib.sha256(data).digest()

    def keyed_hash(self, key: bytes, data: bytes) -> bytes:
        """See ``Suite``."""
        return hmac.digest(key, data, hashlib.sha256)

    def derived_key(self, key: bytes, purpose: bytes, length: int) -> bytes:
        """See ``Suite``."""
        return HKDF(SHA256(), length, salt=None, info=purpose).derive(key)

    def new_signing_secret(self) -> bytes:
        """See ``Suite``."""
        return Ed25519PrivateKey.generate().private_bytes_raw()

    def verify_key(self, signing_secret: bytes) -> bytes:
        """See ``Suite``."""
        return Ed25519PrivateKey.from_private_bytes(signing_secret).public_key().public_bytes_raw()

    def sign(self, signing_secret: bytes, data: bytes) -> bytes:
        """See ``Suite``."""
        return Ed25519PrivateKey.from_private_bytes(signing_secret).sign(data)

    def is_signed(self, data: bytes, signature: bytes, verify_key: bytes) -> bool:
        """See ``Suite``."""
        try:
            Ed25519PublicKey.from_public_bytes(verify_key).verify(signature, data)
        except (InvalidSignature, ValueError):  # ValueError: bytes that are no key
            return False
        return True

    def is_verify_key(self, verify_key: bytes) -> bool:
        """See ``Suite``."""
        try:
            Ed25519PublicKey.from_public_bytes(verify_key)
        except ValueError:
            return False
        return True

    def new_identity(self) -> str:
        """See ``Suite``."""
        return str(pyrage.x25519.Identity.generate())

    def recipient(self, identity: str) -> str:
        """See ``Suite``."""
        try:
            return str(pyrage.x25519.Identity.from_str(identity).to_public())
        except pyrage.IdentityError as error:
            raise ValueError("no age identity") from error

    def is_recipient(self, recipient: str) -> bool:
        """See ``Suite``."""
        try:
            pyrage.x25519.Recipient.from_str(recipient)
        except pyrage.RecipientError:
            return False
        return True

    def seal(self, recipient: str, data: bytes) -> bytes:
        """See ``Suite``."""
        try:
            return bytes(pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient)]))
        except (pyrage.RecipientError, pyrage.EncryptError) as error:
            raise ShapeError(what="recipient", why="no_key") from error

    def open(self, identity: str, sealed: bytes) -> bytes:
        """See ``Suite``."""
        try:
            return bytes(pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)]))
        except pyrage.DecryptError as error:
            raise EnvelopeError("envelope_unreadable") from error

    def encrypt_field(self, key: bytes, clear: bytes, bound_to: bytes) -> bytes:
        """See ``Suite``: nonce, then ciphertext and tag."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(key).encrypt(nonce, clear, bound_to)

    def decrypt_field(self, key: bytes, kept: bytes, bound_to: bytes) -> bytes:
        """See ``Suite``."""
        try:
            return AESGCM(key).decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
            raise EnvelopeError("envelope_unreadable") from error
