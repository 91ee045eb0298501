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

from teller_assist.alerts.canonical import from_base64, to_base64
from teller_assist.alerts.durable import make_private_folder, write_durably
from teller_assist.alerts.keys import ServerKeys, SigningKey
from teller_assist.alerts.suites.choice import INTERNATIONAL, usable_suite
from teller_assist.alerts.suites.suite import Suite
from teller_assist.errors import SecretsError, ShapeError, SuiteError

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
        Opens what is sealed to this server; of age or SM2.
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

    @property
    def suite(self) -> Suite:
        """The suite that they are of."""
        return self.signing.suite

    def derived(self, purpose: str, length: int = _DERIVED_KEY_BYTES) -> bytes:
        """Return a key of 32 bytes for one purpose (HKDF, RFC 5869, from the register's key): one says nothing about another."""
        return self.suite.derived_key(self.register_key, f"teller-assist {purpose}".encode("ascii"), length)

    def field_key(self, purpose: str) -> bytes:
        """Return a key for the suite's ``encrypt_field``, derived in the same way."""
        return self.derived(purpose, self.suite.field_key_bytes)

    @property
    def wrapping_key(self) -> bytes:
        """The key that wraps those of cases, for the suite's ``encrypt_field``; derived from the master key alone."""
        return self.suite.derived_key(self.master_key, b"teller-assist case keys", self.suite.field_key_bytes)

    @property
    def public(self) -> ServerKeys:
        """What everybody may know."""
        return ServerKeys(self.suite.recipient(self.identity), self.signing.verify_key)


def keys_folder(data: Path) -> Path:
    """Return where the keys of a data folder lie unless somebody chose another place: beside it."""
    return data.parent / f"{data.name}.keys"


def has_keys(folder: Path) -> bool:
    """Return whether a server's keys lie in a folder."""
    return (folder / _FILE).is_file()


def open_keys(data: Path, folder: Path, suite_name: str = INTERNATIONAL.name) -> PrivateKeys:
    """Read the keys of a data folder, or make them at its first start.

    Parameters
    ----------
    folder
        Where they lie; those of a program before are moved there from inside the data folder.
    suite_name
        Of which suite they are made; keys that are there must be of it.

    Raises
    ------
    SuiteError
        "suite_not_available": a part of it is missing; "suite_differs": the keys are of another.
    SecretsError
        "key_file_unsafe": others can read the file, or it is none; "server_keys_missing": the data folder is in use without them.
    ResourceError
        They cannot be written.
    """
    suite = usable_suite(suite_name)
    make_private_folder(folder)
    path, earlier = folder / _FILE, data / _FOLDER_WITHIN / _FILE
    if not path.exists():
        if earlier.exists():
            write_durably(path, json.dumps(_body(_read(earlier))).encode("ascii"))
        elif (data / PUBLIC_FILE).exists():  # never make new keys for old cases: nobody could open them any more
            raise SecretsError("server_keys_missing")
        else:
            write_durably(path, json.dumps(_body(_made(suite))).encode("ascii"))
    earlier.unlink(missing_ok=True)
    keys = _read(path)
    if keys.suite is not suite:
        raise SuiteError("suite_differs", kept=keys.suite.name, wanted=suite.name)
    public = json.dumps({"schema": "server_keys/1", **keys.public.to_body()}).encode("ascii")
    if not (data / PUBLIC_FILE).exists():
        write_durably(data / PUBLIC_FILE, public)
    return keys


def copy_server_keys(folder: Path, target: Path) -> None:
    """Copy the file of keys, readable by this user alone.

    Raises
    ------
    ResourceError
    """
    make_private_folder(target)
    write_durably(target / _FILE, (folder / _FILE).read_bytes())


def _made(suite: Suite) -> PrivateKeys:
    return PrivateKeys(
        suite.new_identity(),
        SigningKey.generate(suite),
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
        # A program before the case keys made no master key.
        body.setdefault("master_key", to_base64(secrets.token_bytes(_MASTER_KEY_BYTES)))
        seed, *more = (from_base64(body[name], what=name) for name in ("signing_seed", "register_key", "master_key"))
        keys = PrivateKeys(body["identity"], SigningKey(seed), *more)
        keys.suite.recipient(keys.identity)  # or it is none of the suite's
        return keys
    except (OSError, ValueError, KeyError, TypeError, ShapeError) as error:
        raise SecretsError("key_file_unsafe") from error
