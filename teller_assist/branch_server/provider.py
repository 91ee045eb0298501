"""Logging people in through the bank's own sign-in provider: OpenID Connect Core 1.0, authorization code with PKCE (RFC 7636).

    browser --/login/provider--> us --303--> provider --303, code and state--> us --code--> provider --ID token--> us

The provider says who somebody is. Whether that login exists here, what it may do and whether it is locked stays ours.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import requests

from teller_assist.alerts.canonical import parsed_json
from teller_assist.errors import LoginError, SecretsError, UsageError
from teller_assist.settings.addresses import is_this_machine
from teller_assist.settings.logs import Subject, logger_for
from teller_assist.settings.people import ProviderSettings
from teller_assist.settings.secrets import KeyFileSecrets, KeyringSecrets, Secrets

SECRET_NAME = "provider"  # noqa: S105 (where it is kept)
SECRET_VARIABLE = "TELLER_ASSIST_PROVIDER_SECRET"  # noqa: S105 (where it is kept)
RETURN_PATH = "/login/returned"
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")  # signed by a key pair
_TIMEOUT_S = 8.0
_LEEWAY_S = 60
_UNDER_WAY_S = 600.0
_UNDER_WAY_MOST = 1000
_BYTES_MOST = 200_000
_CLAIMS = ("iss", "aud", "exp", "iat", "sub")


@dataclass(frozen=True)
class UnderWay:
    """One login that went to the provider; nothing of it prints."""

    nonce: str
    verifier: str
    since_s: float

    def __repr__(self) -> str:
        return "UnderWay(***)"


class SignInProvider:
    """The bank's provider.

    Parameters
    ----------
    secret
        Proves to the provider that it is this server who asks.
    clock
        Monotonic, in seconds.

    Raises
    ------
    UsageError
        An address is none, or goes over plain http to another machine.
    """

    def __init__(self, settings: ProviderSettings, secret: str, clock: Callable[[], float] = time.monotonic) -> None:
        for address in (settings.issuer, settings.own_url):
            _check_address(address)
        self._settings, self._secret, self._clock = settings, secret, clock
        self._lock = threading.Lock()
        self._under_way: dict[str, UnderWay] = {}  # by state

    def __repr__(self) -> str:
        return "SignInProvider(***)"

    def begin(self) -> tuple[str, str]:
        """Return the address to send the browser to, and the state that it must bring back.

        Raises
        ------
        LoginError
            "provider_refused": it cannot be reached.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._lock:
            self._under_way[state] = UnderWay(nonce, verifier, self._clock())
            while len(self._under_way) > _UNDER_WAY_MOST:
                del self._under_way[next(iter(self._under_way))]
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = _endpoint(self._description(), "authorization_endpoint")
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", state

    def finish(self, code: str, state: str, browser_state: str) -> str:
        """Return the login that the provider vouches for.

        Parameters
        ----------
        state, browser_state
            What came back through the provider, and what this browser was given: only the one who began may end it.

        Raises
        ------
        LoginError
            "provider_refused"
        """
        with self._lock:
            begun = self._under_way.pop(state, None)
        if begun is None or self._clock() - begun.since_s > _UNDER_WAY_S:
            raise _refused("state_unknown")
        if not hmac.compare_digest(state.encode(), browser_state.encode()):
            raise _refused("state_of_another_browser")
        description = self._description()
        claims = self._claims(self._token(description, code, begun.verifier), description)
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), begun.nonce.encode()):
            raise _refused("nonce")
        login = claims.get(self._settings.login_claim)
        if not isinstance(login, str) or not login:
            raise _refused("no_login_claim")
        return login.strip().lower()

    @property
    def _redirect_uri(self) -> str:
        return self._settings.own_url.rstrip("/") + RETURN_PATH

    def _description(self) -> Mapping[str, Any]:
        """Return what the provider says of itself (OpenID Connect Discovery 1.0)."""
        told = self._asked("GET", self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if told.get("issuer") != self._settings.issuer:
            raise _refused("issuer_of_description")
        return told

    def _token(self, description: Mapping[str, Any], code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        ways = description.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        identity = (self._settings.client_id, self._secret)
        if "client_secret_basic" in ways:
            told = self._asked("POST", _endpoint(description, "token_endpoint"), form, identity)
        else:
            form |= {"client_id": identity[0], "client_secret": identity[1]}
            told = self._asked("POST", _endpoint(description, "token_endpoint"), form)
        token = told.get("id_token")
        if not isinstance(token, str):
            raise _refused("no_token")
        return token

    def _claims(self, token: str, description: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a token says, once signature, issuer, audience and time hold."""
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in _ALGORITHMS:  # "none", and everything signed with a shared secret
                raise _refused("algorithm")
            keys = jwt.PyJWKSet.from_dict(dict(self._asked("GET", _endpoint(description, "jwks_uri")))).keys
            fitting = [one for one in keys if one.key_id == header.get("kid")] if header.get("kid") else keys
            if len(fitting) != 1:
                raise _refused("key_unknown")
            claims: dict[str, Any] = jwt.decode(
                token,
                fitting[0],
                algorithms=[header["alg"]],
                audience=self._settings.client_id,
                issuer=self._settings.issuer,
                leeway=_LEEWAY_S,
                options={"require": list(_CLAIMS)},
            )
        except jwt.PyJWTError as error:
            raise _refused(type(error).__name__) from error
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self._settings.client_id:
            raise _refused("authorised_party")
        return claims

    def _asked(
        self, method: str, address: str, form: Mapping[str, str] | None = None, identity: tuple[str, str] | None = None
    ) -> Mapping[str, Any]:
        try:
            with requests.Session() as session:
                session.trust_env = False  # neither a proxy nor a .netrc has a part in this
                session.verify = self._settings.ca_file or True
                answer = session.request(
                    method, address, data=form, auth=identity, timeout=_TIMEOUT_S, allow_redirects=False, stream=True
                )
                content = answer.raw.read(_BYTES_MOST + 1, decode_content=True)
            told = parsed_json(content) if answer.status_code == 200 and len(content) <= _BYTES_MOST else None
        except (requests.RequestException, OSError) as error:
            raise _refused("unreachable") from error
        except (ValueError, RecursionError) as error:
            raise _refused("no_json") from error
        if not isinstance(told, dict):
            raise _refused("no_answer")
        return told


def open_provider(settings: ProviderSettings, keys: Path, environ: Mapping[str, str] = os.environ) -> SignInProvider | None:
    """Open the provider that the settings name; None where they name none.

    Parameters
    ----------
    keys
        The folder of the server's keys.

    Raises
    ------
    UsageError, SecretsError
        It is named and cannot be used.
    """
    if not settings.issuer:
        return None
    if not settings.client_id:
        raise UsageError(what="provider_client_id")
    if settings.secret_place == "environment":  # noqa: S105 (where it is kept)
        secret = environ.get(SECRET_VARIABLE, "")
        if not secret:
            raise SecretsError("key_missing")
        return SignInProvider(settings, secret)
    return SignInProvider(settings, provider_secrets(settings, keys).read(SECRET_NAME).decode("utf-8"))


def provider_secrets(settings: ProviderSettings, keys: Path) -> Secrets:
    """Return where the secret for the provider is kept.

    Raises
    ------
    SecretsError
        The system's keyring is none that may keep secrets.
    """
    return KeyFileSecrets(keys) if settings.secret_place == "file" else KeyringSecrets()  # noqa: S105


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(what="provider_address")
    if parts.scheme == "http" and not is_this_machine(parts.hostname):
        raise UsageError(what="provider_address_needs_https")


def _endpoint(description: Mapping[str, Any], name: str) -> str:
    address = description.get(name)
    if not isinstance(address, str):
        raise _refused("no_endpoint")
    try:
        _check_address(address)
    except (UsageError, ValueError) as error:
        raise _refused("endpoint_address") from error
    return address


def _refused(why: str) -> LoginError:
    """Return the refusal; the page says no more than that, the log says why, and neither says who."""
    logger_for(Subject.BRANCH).warning("the sign-in provider did not vouch for somebody: %s", why)
    return LoginError("provider_refused", why=why)
