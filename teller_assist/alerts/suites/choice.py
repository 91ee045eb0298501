"""Which suites there are, and which one a name, a key or a recipient belongs to."""

from __future__ import annotations

from functools import cache

from teller_assist.alerts.suites.guomi import Guomi
from teller_assist.alerts.suites.international import International
from teller_assist.alerts.suites.suite import Suite
from teller_assist.errors import ShapeError

INTERNATIONAL: Suite = International()
GUOMI: Suite = Guomi()
SUITES = {suite.name: suite for suite in (INTERNATIONAL, GUOMI)}
_ED25519_SECRET_BYTES = _ED25519_VERIFY_KEY_BYTES = 32
_AGE_RECIPIENT, _AGE_IDENTITY = "age1", "AGE-SECRET-KEY-1"


@cache
def usable_suite(name: str) -> Suite:
    """Return a suite all of whose parts work on this machine.

    Raises
    ------
    SuiteError
        "suite_not_available"
    ShapeError
        There is no such suite.
    """
    if name not in SUITES:
        raise ShapeError(what="suite", why="unknown")
    suite = SUITES[name]
    suite.probe()
    return suite


def suite_of_secret(signing_secret: bytes) -> Suite:
    """Return whose form a private signing key has."""
    return INTERNATIONAL if len(signing_secret) == _ED25519_SECRET_BYTES else usable_suite(GUOMI.name)


def suite_of_verify_key(verify_key: bytes) -> Suite:
    """Return whose form a public signing key has."""
    return INTERNATIONAL if len(verify_key) == _ED25519_VERIFY_KEY_BYTES else usable_suite(GUOMI.name)


def suite_of_recipient(recipient: str) -> Suite:
    """Return whose form a recipient has."""
    return INTERNATIONAL if recipient.startswith(_AGE_RECIPIENT) else usable_suite(GUOMI.name)


def suite_of_identity(identity: str) -> Suite:
    """Return whose form an identity has."""
    return INTERNATIONAL if identity.startswith(_AGE_IDENTITY) else usable_suite(GUOMI.name)
