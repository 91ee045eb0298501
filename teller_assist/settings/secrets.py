"""Where keys are kept: the system's keyring, by an allow-list, or a file that only this program can read. Nowhere else.

A keyring back-end that is not on the list (plain text, null, a third party's) is refused: keyring takes whatever it finds.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
import sys
from pathlib import Path
from typing import Protocol

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError

from teller_assist.errors import SecretsError

SERVICE = "teller-assist"
# Module and class of the back-ends that a bank's machines have: Windows Credential Locker, Secret Service, KWallet.
_ALLOWED = frozenset(
    {
        ("keyring.backends.Windows", "WinVaultKeyring"),
        ("keyring.backends.SecretService", "Keyring"),
        ("keyring.backends.libsecret", "Keyring"),
        ("keyring.backends.kwallet", "DBusKeyring"),
        ("keyring.backends.kwallet", "DBusKeyringKWallet4"),
    }
)
_CHAINER = ("keyring.backends.chainer", "ChainerBackend")


class Secrets(Protocol):
    """A place for a few small secrets by name."""

    def read(self, name: str) -> bytes:
        """Return a secret, or raise SecretsError ("key_missing" ...)."""

    def write(self, name: str, secret: bytes) -> None:
        """Keep a secret in place of an earlier one."""


class KeyringSecrets:
    """Secrets in the system's keyring.

    Parameters
    ----------
    backend
        The system's own when left out.

    Raises
    ------
    SecretsError
        "keyring_refused": the back-end is not on the list.
    """

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        self._backend = keyring.get_keyring() if backend is None else backend
        if backend is None and not _is_allowed(self._backend):
            raise SecretsError("keyring_refused", backend=f"{type(self._backend).__module__}.{type(self._backend).__name__}")

    def read(self, name: str) -> bytes:
        """See ``Secrets``."""
        try:
            text = self._backend.get_password(SERVICE, name)
        except KeyringError as error:
            raise SecretsError("keyring_locked") from error
        if text is None:
            raise SecretsError("key_missing")
        return _decoded(text.encode("ascii", "replace"))

    def write(self, name: str, secret: bytes) -> None:
        """See ``Secrets``."""
        try:
            self._backend.set_password(SERVICE, name, base64.b64encode(secret).decode("ascii"))
        except KeyringError as error:
            raise SecretsError("keyring_locked") from error


class KeyFileSecrets:
    """One secret in a 0600 file, for machines without a keyring; whoever shows the state says that it is in a file.

    Parameters
    ----------
    folder
        The file is ``<name>.key`` in it; made when something is first kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes:
        """See ``Secrets``; "key_file_unsafe" where others can read the file, or it is a link or no key."""
        path = self._folder / f"{name}.key"
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        except FileNotFoundError as error:
            raise SecretsError("key_missing") from error
        except OSError as error:
            raise SecretsError("key_file_unsafe") from error
        try:
            _check_private(os.fstat(descriptor))
            return _decoded(os.read(descriptor, _LONGEST))
        finally:
            os.close(descriptor)

    def write(self, name: str, secret: bytes) -> None:
        """See ``Secrets``."""
        path = self._folder / f"{name}.key"
        partial = path.with_suffix(".partial")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(partial, flags, 0o600), "wb") as file:
                file.write(base64.b64encode(secret))
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError as error:
            raise SecretsError("key_file_unsafe") from error


_LONGEST = 4096


def _is_allowed(backend: KeyringBackend) -> bool:
    kind = (type(backend).__module__, type(backend).__name__)
    if kind == _CHAINER:  # it asks several: every one of them must be allowed
        members = list(getattr(backend, "backends", ()))
        return bool(members) and all(_is_allowed(member) for member in members)
    return kind in _ALLOWED


def _check_private(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise SecretsError("key_file_unsafe")
    if sys.platform != "win32" and (found.st_mode & 0o077 or found.st_uid != os.geteuid()):
        raise SecretsError("key_file_unsafe")


def _decoded(text: bytes) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SecretsError("key_file_unsafe") from error
    if not secret:
        raise SecretsError("key_file_unsafe")
    return secret
