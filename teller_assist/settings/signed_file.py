"""A bank's own file with its signature beside it: ``policy.toml`` and ``policy.toml.signature.json``."""

from __future__ import annotations

from pathlib import Path

from teller_assist.errors import SettingsFileError, SigningError
from teller_assist.settings.signing import Purpose, read_trusted_keys, signed
from teller_assist.settings.whole_file import write_whole

SIGNATURE_SUFFIX = ".signature.json"


def read_signed(site: Path, name: str) -> bytes | None:
    """Return a file of the site that a trusted key signed as a bank's file; None where there is no such file.

    Raises
    ------
    SettingsFileError
        "settings_unreadable": the file or its signature is there and cannot be read.
    SigningError
        "signature_not_trusted": it is not signed, was changed afterwards, or its key may not sign this; "trusted_keys_unusable".
    """
    content = _read(site / name)
    if content is None:
        return None
    signature = _read(site / f"{name}{SIGNATURE_SUFFIX}")
    if signature is None:
        raise SigningError("signature_not_trusted", why="bad_signature", file=name)
    try:
        read_trusted_keys(site).check(Purpose.BANK_FILE, content, signature)
    except SigningError as error:
        raise SigningError(error.reason, **{"file": name, **error.facts}) from error
    return content


def sign_file(path: Path, content: bytes, key_file: Path) -> Path:
    """Write the signature of a file's content beside the file and return where it lies.

    Raises
    ------
    SigningError
        "signing_key_unusable".
    ResourceError
        The folder cannot be written.
    """
    target = path.with_name(f"{path.name}{SIGNATURE_SUFFIX}")
    write_whole(target, signed(Purpose.BANK_FILE, content, key_file))
    return target


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SettingsFileError("settings_unreadable", file=path.name, origin="bank") from error
