"""Who may sign what on this machine: Ed25519 (RFC 8032) signatures, and the trusted keys, which only an administrator writes.

    trusted_keys.toml  one [[keys]] a publisher: owner, public_key (base64), purposes
    signature.json     key_id, purpose, signature (base64) over purpose and content

A signature counts for one purpose only: who may sign plugins may not sign a policy.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from teller_assist.errors import SigningError
from teller_assist.settings.administrator_file import read_administrator_file
from teller_assist.settings.whole_file import as_resource_error

TRUSTED_KEYS_NAME = "trusted_keys.toml"
SIGNATURE_SCHEMA = "signature/1"
KEYS_SCHEMA = "trusted_keys/1"
_PUBLIC_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_LONGEST_SIGNATURE_DOCUMENT_BYTES = 4_096


class Purpose(StrEnum):
    """What a signature is for."""

    PLUGIN = "plugin"
    BANK_FILE = "bank_file"


@dataclass(frozen=True)
class TrustedKey:
    """A publisher's key.

    Attributes
    ----------
    public_key
        32 bytes.
    purposes
        What it may sign.
    """

    owner: str
    public_key: bytes
    purposes: frozenset[Purpose]

    @property
    def key_id(self) -> str:
        """The key's short name: two keys never share one by accident."""
        return key_id_of(self.public_key)


class TrustedKeys:
    """The keys that this machine's administrator trusts."""

    def __init__(self, keys: Mapping[str, TrustedKey]) -> None:
        self._keys = keys

    def check(self, purpose: Purpose, content: bytes, signature: bytes) -> TrustedKey:
        """Return whose signature stands under a content.

        Parameters
        ----------
        signature
            A document of ``signed``.

        Raises
        ------
        SigningError
            "signature_not_trusted"; ``why``: bad_signature (also where it is no signature document), unknown_key (also where the
            key may not sign this).
        """
        key_id, signature_bytes = _read_signature(signature, purpose)
        key = self._keys.get(key_id)
        if key is None or purpose not in key.purposes:
            raise SigningError("signature_not_trusted", why="unknown_key", key_id=key_id)
        try:
            Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature_bytes, _signed_bytes(purpose, content))
        except InvalidSignature as error:
            raise SigningError("signature_not_trusted", why="bad_signature", key_id=key_id) from error
        return key


def read_trusted_keys(folder: Path) -> TrustedKeys:
    """Read the trusted keys of a site; where there is no file, none is trusted.

    Raises
    ------
    SigningError
        "trusted_keys_unusable"; ``why``: keys_file_unsafe (others than an administrator may change it), keys_file_unreadable
        (the fact ``part`` names the place: toml, schema, keys, or "keys 2" for the second key).
    """
    try:
        content = read_administrator_file(folder / TRUSTED_KEYS_NAME)
    except PermissionError as error:
        raise SigningError("trusted_keys_unusable", why="keys_file_unsafe", file=TRUSTED_KEYS_NAME) from error
    except OSError as error:
        raise SigningError("trusted_keys_unusable", why="keys_file_unreadable", file=TRUSTED_KEYS_NAME) from error
    if content is None:
        return TrustedKeys({})
    keys: list[TrustedKey] = []
    part = "toml"
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
        part = "schema"
        if document["schema"] != KEYS_SCHEMA:
            raise ValueError("schema")
        part = "keys"
        if document.keys() - {"schema", "keys"}:
            raise ValueError("keys")
        for told in document.get("keys", []):
            part = f"keys {len(keys) + 1}"
            keys.append(_read_key(told))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SigningError("trusted_keys_unusable", why="keys_file_unreadable", file=TRUSTED_KEYS_NAME, part=part) from error
    return TrustedKeys({key.key_id: key for key in keys})


def key_id_of(public_key: bytes) -> str:
    """Return the short name of a public key: 16 hexadecimal digits."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def make_signing_key(path: Path) -> bytes:
    """Make a key pair, write the private half (PEM, PKCS #8) for this user alone, and return the public one.

    Raises
    ------
    SigningError
        "signing_key_unusable", ``why`` key_file_taken: a key is never written over another.
    ResourceError
        The folder cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
    except FileExistsError as error:
        raise SigningError("signing_key_unusable", why="key_file_taken", file=path.name) from error
    except OSError as error:
        raise as_resource_error(error, path.name) from error
    return key.public_key().public_bytes_raw()


def trusted_key_entry(owner: str, public_key: bytes, purposes: frozenset[Purpose]) -> str:
    """Return the lines that an administrator adds to the trusted keys."""
    words = ", ".join(json.dumps(purpose.value) for purpose in sorted(purposes))
    told = base64.b64encode(public_key).decode("ascii")
    return (
        f"[[keys]]  # {key_id_of(public_key)}\n"
        f'owner = {json.dumps(owner, ensure_ascii=False)}\npublic_key = "{told}"\npurposes = [{words}]\n'
    )


def signed(purpose: Purpose, content: bytes, key_file: Path) -> bytes:
    """Return the signature document of a content.

    Raises
    ------
    SigningError
        "signing_key_unusable"; ``why``: key_file_missing, key_file_unreadable.
    """
    key = _read_signing_key(key_file)
    body = {
        "schema": SIGNATURE_SCHEMA,
        "purpose": purpose.value,
        "key_id": key_id_of(key.public_key().public_bytes_raw()),
        "signature": base64.b64encode(key.sign(_signed_bytes(purpose, content))).decode("ascii"),
    }
    return (json.dumps(body, indent=1) + "\n").encode("ascii")


def _signed_bytes(purpose: Purpose, content: bytes) -> bytes:
    return b"teller-assist " + purpose.value.encode("ascii") + b" " + SIGNATURE_SCHEMA.encode("ascii") + b"\0" + content


def _read_signing_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as error:
        raise SigningError("signing_key_unusable", why="key_file_missing", file=path.name) from error
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningError("signing_key_unusable", why="key_file_unreadable", file=path.name) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningError("signing_key_unusable", why="key_file_unreadable", file=path.name)
    return key


def _read_signature(document: bytes, purpose: Purpose) -> tuple[str, bytes]:
    """Return key id and signature of a document that is exactly one."""
    try:
        if len(document) > _LONGEST_SIGNATURE_DOCUMENT_BYTES:
            raise ValueError("length")
        told: dict[str, Any] = json.loads(document.decode("ascii"))
        if set(told) != {"schema", "purpose", "key_id", "signature"} or told["schema"] != SIGNATURE_SCHEMA:
            raise ValueError("schema")
        signature = _decoded(told["signature"], _SIGNATURE_BYTES)
        key_id = bytes.fromhex(told["key_id"]).hex()
        if told["purpose"] != purpose or len(key_id) != 16:
            raise ValueError("purpose")
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise SigningError("signature_not_trusted", why="bad_signature") from error
    return key_id, signature


def _read_key(told: Any) -> TrustedKey:
    if set(told) != {"owner", "public_key", "purposes"} or not isinstance(told["owner"], str):
        raise ValueError("key")
    public_key = _decoded(told["public_key"], _PUBLIC_KEY_BYTES)
    return TrustedKey(told["owner"], public_key, frozenset(Purpose(one) for one in told["purposes"]))


def _decoded(text: Any, size_bytes: int) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("base64") from error
    if len(data) != size_bytes:
        raise ValueError("length")
    return data
