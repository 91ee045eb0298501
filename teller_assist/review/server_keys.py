"""The branch server's own keys, made at its first start: they open cases, sign receipts and hide the register's numbers.

They lie outside the data folder, so that no copy or backup of it holds what opens it.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from teller_assist.alerts.canonical import from_base64, to_base64
from teller_assist.alerts.durable import make_private_folder, write_durably
from teller_assist.alerts.keys import ServerKeys, SigningKey
from teller_assist.errors import SecretsError, ShapeError

_FOLDER_WITHIN = "keys"  # where a program before put them: inside the data folder
PUBLIC_FILE = "public_keys.json"
_FILE = "server.json"
_REGISTER_KEY_BYTES = 32
_MASTER_KEY_BYTES = 32
_DERIVED_KEY_BYTES = 32


@dataclass(frozen=True)
class PrivateKeys:
    """The keys; they never print.

    Attributes
    ----------
    identity
        age identity: opens what is sealed to this server.
    register_key
        32 bytes: key of the register's hashes.
    master_key
        32 bytes: wraps the keys of cases.
    """

    identity: str
    signing: SigningKey
    register_key: bytes
    master_key: bytes

    def __repr__(self) -> str:
        return "PrivateKeys(***)"

    def derived(self, purpose: str) -> bytes:
        """Return a key of 32 bytes for one purpose (HKDF, RFC 5869, from the register's key): one says nothing about another."""
        info = f"teller-assist {purpose}".encode("ascii")
        return HKDF(SHA256(), _DERIVED_KEY_BYTES, salt=None, info=info).derive(self.register_key)

    @property
    def public(self) -> ServerKeys:
        """What everybody may know."""
        return ServerKeys(str(pyrage.x25519.Identity.from_str(self.identity).to_public()), self.signing.verify_key)


def keys_folder(data: Path) -> Path:
    """Return where the keys of a data folder lie unless somebody chose another place: beside it."""
    return data.parent / f"{data.name}.keys"


def open_keys(data: Path, folder: Path) -> PrivateKeys:
    """Read the keys of a data folder, or make them at its first start.

    Parameters
    ----------
    folder
        Where they lie; those of a program before are moved there from inside the data folder.

    Raises
    ------
    SecretsError
        "key_file_unsafe": others can read the file, or it is none; "server_keys_missing": the data folder is in use without them.
    ResourceError
        They cannot be written.
    """
    make_private_folder(folder)
    path, earlier = folder / _FILE, data / _FOLDER_WITHIN / _FILE
    if not path.exists():
        if earlier.exists():
            write_durably(path, json.dumps(_body(_read(earlier))).encode("ascii"))
        elif (data / PUBLIC_FILE).exists():  # never make new keys for old cases: nobody could open them any more
            raise SecretsError("server_keys_missing")
        else:
            write_durably(path, json.dumps(_body(_made())).encode("ascii"))
    earlier.unlink(missing_ok=True)
    keys = _read(path)
    public = json.dumps({"schema": "server_keys/1", **keys.public.to_body()}).encode("ascii")
    if not (data / PUBLIC_FILE).exists():
        write_durably(data / PUBLIC_FILE, public)
    return keys


def _made() -> PrivateKeys:
    return PrivateKeys(
        str(pyrage.x25519.Identity.generate()),
        SigningKey.generate(),
        secrets.token_bytes(_REGISTER_KEY_BYTES),
        secrets.token_bytes(_MASTER_KEY_BYTES),
    )


def _body(keys: PrivateKeys) -> dict[str, str]:
    return {
        "identity": keys.identity,
        "signing_seed": to_base64(keys.signing.seed),
        "register_key": to_base64(keys.register_key),
        "master_key": to_base64(keys.master_key),
    }


def _read(path: Path) -> PrivateKeys:
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise SecretsError("key_file_unsafe")
        body: dict[str, Any] = json.loads(path.read_bytes())
        pyrage.x25519.Identity.from_str(body["identity"])
        # A program before the case keys made no master key.
        body.setdefault("master_key", to_base64(secrets.token_bytes(_MASTER_KEY_BYTES)))
        seed, *keys = (from_base64(body[name], what=name) for name in ("signing_seed", "register_key", "master_key"))
        return PrivateKeys(body["identity"], SigningKey(seed), *keys)
    except (OSError, ValueError, KeyError, TypeError, ShapeError, pyrage.IdentityError) as error:
        raise SecretsError("key_file_unsafe") from error
