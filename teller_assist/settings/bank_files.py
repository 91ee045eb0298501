"""Files that a bank accepted for itself (its own calibrations), beside the site's settings, pinned by their hash in a list.

What the bank accepts beats what shipped; an accepted file that was altered afterwards is refused, never passed over. Where the
list is signed, whoever may write the folder cannot let other files count; elsewhere the pins guard against damage and mistakes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import rfc8785

from teller_assist.errors import BugError, SettingsFileError, SigningError
from teller_assist.settings.shipped import content_sha256
from teller_assist.settings.signing import Purpose, read_trusted_keys, signed
from teller_assist.settings.whole_file import as_resource_error, write_whole

PINS_NAME = "accepted.json"
WITHDRAWN_NAME = "withdrawn.json"
WITHDRAWN_SCHEMA = "withdrawn/1"
SCHEMA = "accepted/1"
SIGNED_SCHEMA = "accepted/2"  # with "signature", over the canonical JSON (RFC 8785) of everything else


class BankFiles:
    """The accepted files of one site.

    Parameters
    ----------
    folder
        Need not exist: a bank that accepted nothing.
    trusting
        The site's folder with its trusted keys: the list counts only with a signature of one of them, and is signed whenever it
        changes. None: the list is not signed.
    """

    def __init__(self, folder: Path, trusting: Path | None = None) -> None:
        self._folder = folder
        self._trusting = trusting

    def read(self, relative: str) -> bytes | None:
        """Return an accepted file; None where the bank accepted none under this name.

        Parameters
        ----------
        relative
            Path below the folder, with forward slashes.

        Raises
        ------
        SettingsFileError
            "settings_altered": not the content that was accepted, or, with ``why``, the list's signature does not count;
            "settings_unreadable": it or the list cannot be read.
        """
        pin = self._pins().get(relative)
        if pin is None:
            return None
        try:
            content = (self._folder / relative).read_bytes()
        except OSError as error:
            raise SettingsFileError("settings_unreadable", file=relative, origin="bank") from error
        if content_sha256(content) != pin:
            raise SettingsFileError("settings_altered", file=relative, origin="bank")
        return content

    def accepted(self) -> tuple[str, ...]:
        """Return the names of every accepted file.

        Raises
        ------
        SettingsFileError
            The list cannot be read.
        """
        return tuple(sorted(self._pins()))

    def accept(self, files: Mapping[str, bytes], facts: Mapping[str, Any], key_file: Path | None = None) -> None:
        """Accept files: write them, then the list that makes them count; what was accepted before under other names stays.

        Parameters
        ----------
        facts
            When and by what it was accepted, for a reader of the list.
        key_file
            The private key, where the list is signed.

        Raises
        ------
        SigningError
            "signing_key_unusable"; nothing was written.
        SettingsFileError
            The list of what was accepted before cannot be read, or its signature does not count; nothing was written.
        ResourceError
            The folder cannot be written; nothing counts that did not count before.
        """
        pins = self._pins() | {relative: content_sha256(content) for relative, content in files.items()}
        accepted = self._list_of(pins, facts, key_file)  # before a file of the same name is replaced: a key may be unusable
        for relative, content in files.items():
            write_whole(self._folder / relative, content)
        write_whole(self._folder / PINS_NAME, accepted)

    def withdraw(self, facts: Mapping[str, Any]) -> tuple[str, ...]:
        """Let nothing count any more and return what did; the files stay where they are.

        Needs no key: whoever may remove the list may go back to what shipped. A signed list that cannot be trusted goes, too.

        Raises
        ------
        SettingsFileError
            A list that is not signed cannot be read.
        ResourceError
            The folder cannot be written.
        """
        if self._trusting is not None:
            return self._set_aside(facts)
        withdrawn = self.accepted()
        if withdrawn:
            write_whole(self._folder / PINS_NAME, self._list_of({}, facts, None))
        return withdrawn

    def _set_aside(self, facts: Mapping[str, Any]) -> tuple[str, ...]:
        path = self._folder / PINS_NAME
        try:
            document = json.loads(path.read_bytes())
            withdrawn = tuple(sorted(str(name) for name in document["files"]))
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            withdrawn = ()
        told = {"schema": WITHDRAWN_SCHEMA, **facts, "files": withdrawn}
        write_whole(self._folder / WITHDRAWN_NAME, _written(told))
        try:
            path.unlink()
        except OSError as error:
            raise as_resource_error(error, PINS_NAME) from error
        return withdrawn

    def _pins(self) -> dict[str, str]:
        try:
            document = json.loads((self._folder / PINS_NAME).read_bytes())
            if self._trusting is not None:
                self._check_signature(document, self._trusting)
            elif document["schema"] != SCHEMA:
                raise ValueError(document["schema"])
            return {str(name): str(pin) for name, pin in document["files"].items()}
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise SettingsFileError("settings_unreadable", file=PINS_NAME, origin="bank") from error

    def _check_signature(self, document: dict[str, Any], site: Path) -> None:
        """Refuse a list without a signature, too: one of an older version is withdrawn, and accepted anew with a key."""
        signature = document.pop("signature", None) if isinstance(document, dict) else None
        try:
            told = json.dumps(signature).encode()
            read_trusted_keys(site).check(Purpose.BANK_FILE, rfc8785.dumps(document), told)
        except SigningError as error:
            raise SettingsFileError("settings_altered", **{**error.facts, "file": PINS_NAME, "origin": "bank"}) from error
        if document["schema"] != SIGNED_SCHEMA:
            raise ValueError(document["schema"])

    def _list_of(self, pins: Mapping[str, str], facts: Mapping[str, Any], key_file: Path | None) -> bytes:
        schema = SCHEMA if self._trusting is None else SIGNED_SCHEMA
        document: dict[str, Any] = {"schema": schema, **facts, "files": dict(sorted(pins.items()))}
        if self._trusting is not None:
            if key_file is None:
                raise BugError("a signed list is changed without a key")
            document["signature"] = json.loads(signed(Purpose.BANK_FILE, rfc8785.dumps(document), key_file))
        return _written(document)


def _written(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
