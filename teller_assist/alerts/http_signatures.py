"""HTTP message signatures (RFC 9421): who sent a request, and that nothing of it was altered, before a byte of it is parsed.

Covered: @method, @path, content-digest; parameters created, keyid, nonce, alg. Both sides use this module.
"alg" is "ed25519" or, in the suite "guomi", "sm2-sm3": a name of our own, no registry has one.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from teller_assist.alerts.canonical import utc_text
from teller_assist.alerts.keys import SigningKey
from teller_assist.alerts.suites.choice import GUOMI, INTERNATIONAL
from teller_assist.alerts.suites.suite import Suite
from teller_assist.errors import BugError, KnownError, SignatureError

COVERED = ("@method", "@path", "content-digest")
CLOCK_SKEW_MOST = datetime.timedelta(seconds=300)
_LABEL = "station"
_NONCE_BYTES = 16
_NONCE_LONGEST = 64


class HeaderFields(Protocol):
    """The headers of a request that is signed."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Return names and values."""


class Signable(Protocol):
    """A request that can be signed; ``requests.PreparedRequest`` is one."""

    method: str | None
    url: str | None


@dataclass(frozen=True)
class SignedRequest:
    """What a valid signature says about a request.

    Attributes
    ----------
    nonce
        To be refused when it comes a second time within the permitted skew.
    """

    key_id: str
    created: datetime.datetime
    nonce: str


class _Signing(HTTPSignatureAlgorithm):
    """A suite's signatures, as the library calls them; the keys are ours, not the library's."""

    suite: Suite

    def __init__(self, public_key: bytes | None = None, private_key: SigningKey | None = None) -> None:
        self._public_key, self._private_key = public_key, private_key

    def sign(self, message: bytes) -> bytes:
        if self._private_key is None:
            raise BugError("a request is to be signed without a key")
        return self._private_key.sign(message)

    def verify(self, signature: bytes, message: bytes) -> None:
        if self._public_key is None or not self.suite.is_signed(message, signature, self._public_key):
            raise InvalidSignature("the signature is wrong")


class _Ed25519(_Signing):
    suite, algorithm_id = INTERNATIONAL, INTERNATIONAL.request_algorithm


class _Sm2(_Signing):
    suite, algorithm_id = GUOMI, GUOMI.request_algorithm


_SIGNING: dict[str, type[_Signing]] = {one.suite.name: one for one in (_Ed25519, _Sm2)}


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: SigningKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> object:  # noqa: ARG002 (the library's interface)
        return self._key


class _KnownKeys(HTTPSignatureKeyResolver):
    """Asks the caller for a key, and remembers that it had none, or could not look: neither is a bad signature.

    The library takes whatever is raised in here for one.
    """

    def __init__(self, find: Callable[[str], bytes | None]) -> None:
        self._find = find
        self.unknown = False
        self.failed: KnownError | None = None

    def resolve_public_key(self, key_id: str) -> object:
        try:
            found = self._find(key_id)
        except KnownError as error:
            self.failed = error
            raise
        self.unknown = found is None
        return found


class _Verifier(HTTPMessageVerifier):
    # The library does not tell a stale signature from a bad one: the skew is checked here, by ``_within_skew``.
    max_clock_skew = datetime.timedelta(days=36_500)


class _Received:
    """A request as the library wants to see it."""

    def __init__(self, method: str, url: str, headers: dict[str, str]) -> None:
        self.method, self.url, self.headers = method, url, headers


def sign_request(request: Signable, body: bytes, *, key: SigningKey, key_id: str, now: datetime.datetime | None = None) -> None:
    """Sign a request in place: adds Content-Digest, Signature-Input and Signature.

    Parameters
    ----------
    key_id
        The station's id as the server gave it.
    now
        The moment the signature says; the present one when left out.
    """
    signer = HTTPMessageSigner(signature_algorithm=_SIGNING[key.suite.name], key_resolver=_OneKey(key))
    signer.sign(
        request,
        key_id=key_id,
        created=now or datetime.datetime.now(datetime.UTC),
        nonce=secrets.token_urlsafe(_NONCE_BYTES),
        label=_LABEL,
        covered_component_ids=COVERED,
        body=body,
    )


def verify_request(
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes,
    *,
    find_key: Callable[[str], bytes | None],
    suite: Suite = INTERNATIONAL,
    now: datetime.datetime | None = None,
) -> SignedRequest:
    """Return who signed a request.

    Parameters
    ----------
    url
        Absolute; only its path is covered.
    headers
        By name; a header that came twice joined with ", ".
    find_key
        Returns a station's public key, or None for a station that is not known.
    suite
        The server's, and so its stations'.
    now
        The present moment; the machine's clock when left out.

    Raises
    ------
    SignatureError
        "signature_missing", "signature_bad", "signature_stale" (created outside the permitted skew) or "station_unknown".
        A nonce that came before is the caller's to refuse ("signature_replayed").
    KnownError
        What ``find_key`` raised.
    """
    names = {name.lower() for name in headers}
    if not {"signature", "signature-input", "content-digest"} <= names:
        raise SignatureError("signature_missing")
    keys = _KnownKeys(find_key)
    verifier = _Verifier(signature_algorithm=_SIGNING[suite.name], key_resolver=keys)
    try:
        (result,) = verifier.verify(_Received(method, url, headers), max_age=None, require_components=COVERED, body=body)
    except (HTTPMessageSignaturesException, InvalidSignature, ValueError) as error:
        if keys.failed is not None:
            raise keys.failed from error
        if keys.unknown:
            raise SignatureError("station_unknown") from error
        raise SignatureError("signature_bad") from error
    moment = now or datetime.datetime.now(datetime.UTC)
    return _within_skew(str(result.parameters["keyid"]), int(result.parameters["created"]), str(result.nonce or ""), moment)


def _within_skew(key_id: str, created_s: int, nonce: str, now: datetime.datetime) -> SignedRequest:
    if not 0 < len(nonce) <= _NONCE_LONGEST:
        raise SignatureError("signature_bad")
    created = datetime.datetime.fromtimestamp(created_s, datetime.UTC)
    if abs(now - created) > CLOCK_SKEW_MOST:
        raise SignatureError("signature_stale", server_time=utc_text(now))
    return SignedRequest(key_id, created, nonce)
