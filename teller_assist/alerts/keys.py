"""The keys of both sides: the station's signing key, the branch server's public keys and what a station pins of them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from teller_assist.alerts.canonical import canonical_bytes, from_base64, to_base64
from teller_assist.alerts.suites.choice import (
    INTERNATIONAL,
    suite_of_identity,
    suite_of_recipient,
    suite_of_secret,
    suite_of_verify_key,
    usable_suite,
)
from teller_assist.alerts.suites.suite import Suite
from teller_assist.errors import ShapeError

FINGERPRINT_CHARACTERS = 32  # 160 bits in base32


class SigningKey:
    """A private signing key of either suite, whose form tells which; it never prints.

    Parameters
    ----------
    seed
        Ed25519 (RFC 8032): 32 bytes; SM2: 96, see ``suites.guomi``.

    Raises
    ------
    ValueError
        It is no key.
    SuiteError
        It is one of a suite that this machine has not.
    """

    def __init__(self, seed: bytes) -> None:
        self.suite = suite_of_secret(seed)
        self.verify_key = self.suite.verify_key(seed)
        self._seed = seed

    @classmethod
    def generate(cls, suite: Suite = INTERNATIONAL) -> SigningKey:
        """Return a new key."""
        return cls(suite.new_signing_secret())

    def __repr__(self) -> str:
        return "SigningKey(***)"

    @property
    def seed(self) -> bytes:
        """The key to keep in a safe place. Every use of this is a place to read in a security review."""
        return self._seed

    def sign(self, data: bytes) -> bytes:
        """Return the signature, 64 bytes."""
        return self.suite.sign(self._seed, data)


def is_signed(data: bytes, signature: bytes, verify_key: bytes) -> bool:
    """Return whether a signature belongs to the data and the key, by the key's suite."""
    return suite_of_verify_key(verify_key).is_signed(data, signature, verify_key)


@dataclass(frozen=True)
class ServerKeys:
    """The branch server's public keys.

    Attributes
    ----------
    recipient
        What envelopes are sealed to: of age ("age1…") or SM2 ("sm2-…").
    verify_key
        Ed25519, 32 bytes, or SM2, 65 bytes: signs receipts and heads.
    """

    recipient: str
    verify_key: bytes

    @property
    def suite(self) -> Suite:
        """The suite that they are of."""
        return suite_of_recipient(self.recipient)

    @property
    def fingerprint(self) -> str:
        """The first 160 bits of the keys' hash in base32: what an enrolment code carries and a station pins."""
        digest = self.suite.hash(canonical_bytes(self.to_body()))
        return base64.b32encode(digest)[:FINGERPRINT_CHARACTERS].decode("ascii")

    def to_body(self) -> dict[str, str]:
        """Return the fields of a server_keys/1 document; "suite" stands in it where it is not the international one."""
        named = {} if self.suite is INTERNATIONAL else {"suite": self.suite.name}
        return {**named, "recipient": self.recipient, "verify_key": to_base64(self.verify_key)}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> ServerKeys:
        """Read them from a document whose shape was checked.

        Raises
        ------
        ShapeError
            One of them is no key of the suite that the document names.
        SuiteError
            This machine has not that suite.
        """
        suite = usable_suite(body.get("suite", INTERNATIONAL.name))
        verify_key = from_base64(body["verify_key"], what="verify_key")
        if not suite.is_verify_key(verify_key) or not suite.is_recipient(body["recipient"]):
            raise ShapeError(what="server_keys/1", why="no_key")
        return cls(body["recipient"], verify_key)


def seal_to(recipient: str, data: bytes) -> bytes:
    """Encrypt data to a server's recipient, by the recipient's suite.

    Raises
    ------
    ShapeError
        It is no recipient.
    """
    return suite_of_recipient(recipient).seal(recipient, data)


def open_sealed(identity: str, sealed: bytes) -> bytes:
    """Return what was sealed to the recipient of an identity.

    Raises
    ------
    EnvelopeError
        "envelope_unreadable": not sealed to this identity, or altered.
    """
    return suite_of_identity(identity).open(identity, sealed)
