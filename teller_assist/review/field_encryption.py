"""What the database holds encrypted: AES-256-GCM with a nonce of its own, bound to where it stands."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from teller_assist.errors import EnvelopeError

KEY_BYTES = 32
_NONCE_BYTES = 12


def encrypt_field(key: bytes, clear: bytes, *, about: str) -> bytes:
    """Return nonce and ciphertext.

    Parameters
    ----------
    about
        Where it stands: put elsewhere it does not open.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, clear, about.encode("utf-8"))


def decrypt_field(key: bytes, encrypted: bytes, *, about: str) -> bytes:
    """Return what was encrypted.

    Raises
    ------
    EnvelopeError
        "envelope_unreadable": another key, another place, or altered.
    """
    try:
        return AESGCM(key).decrypt(encrypted[:_NONCE_BYTES], encrypted[_NONCE_BYTES:], about.encode("utf-8"))
    except (InvalidTag, ValueError) as error:
        raise EnvelopeError("envelope_unreadable") from error
