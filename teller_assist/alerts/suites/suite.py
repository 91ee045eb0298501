"""What a suite of algorithms does for station and branch server."""

from __future__ import annotations

from typing import Protocol

HASH_BYTES = 32
SIGNATURE_BYTES = 64


class Suite(Protocol):
    """One suite. Keys are bytes or text whose form tells the suite: one suite's key is none to the other.

    Attributes
    ----------
    name
        As the setting, envelope/1 and server_keys/1 say it.
    request_algorithm
        "alg" of a signed request (RFC 9421).
    field_key_bytes
        Length of a key for ``encrypt_field``.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 (the class says it)

    @property
    def request_algorithm(self) -> str: ...  # noqa: D102

    @property
    def field_key_bytes(self) -> int: ...  # noqa: D102

    def probe(self) -> None:
        """Return once every part answered a question whose answer is published.

        Raises
        ------
        SuiteError
            "suite_not_available"; fact ``part``.
        """

    def hash(self, data: bytes) -> bytes:
        """Return a hash of 32 bytes."""

    def keyed_hash(self, key: bytes, data: bytes) -> bytes:
        """Return an HMAC of 32 bytes."""

    def derived_key(self, key: bytes, purpose: bytes, length: int) -> bytes:
        """Return a key for one purpose (HKDF, RFC 5869)."""

    def new_signing_secret(self) -> bytes:
        """Return a new private key, as it is kept."""

    def verify_key(self, signing_secret: bytes) -> bytes:
        """Return the public half of a private key.

        Raises
        ------
        ValueError
            It is no key of this suite.
        """

    def sign(self, signing_secret: bytes, data: bytes) -> bytes:
        """Return a signature of 64 bytes."""

    def is_signed(self, data: bytes, signature: bytes, verify_key: bytes) -> bool:
        """Return whether a signature belongs to the data and the key."""

    def is_verify_key(self, verify_key: bytes) -> bool:
        """Return whether this is a public key of this suite."""

    def new_identity(self) -> str:
        """Return a new private key that opens what is sealed, as it is kept."""

    def recipient(self, identity: str) -> str:
        """Return its public half.

        Raises
        ------
        ValueError
            It is no identity of this suite.
        """

    def is_recipient(self, recipient: str) -> bool:
        """Return whether something can be sealed to this."""

    def seal(self, recipient: str, data: bytes) -> bytes:
        """Encrypt data so that only the identity opens it.

        Raises
        ------
        ShapeError
            It is no recipient of this suite.
        """

    def open(self, identity: str, sealed: bytes) -> bytes:
        """Return what was sealed.

        Raises
        ------
        EnvelopeError
            "envelope_unreadable": not sealed to this identity, altered, or another suite's.
        """

    def encrypt_field(self, key: bytes, clear: bytes, bound_to: bytes) -> bytes:
        """Encrypt something that is kept; it opens only beside what it is bound to."""

    def decrypt_field(self, key: bytes, kept: bytes, bound_to: bytes) -> bytes:
        """Return what was kept.

        Raises
        ------
        EnvelopeError
            "envelope_unreadable": another key, altered, or bound to something else.
        """
