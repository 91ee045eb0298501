"""Files that a bank accepted for itself (its own calibrations), beside the site's settings and pinned by their hash.

What the bank accepts beats what shipped; an accepted file that was altered afterwards is refused, never passed over. Whoever may
write the folder may also write the pins: they guard against damage and mistakes until such files are signed.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from teller_assist.errors import ResourceError, SettingsFileError
from teller_assist.settings.shipped import content_sha256

PINS_NAME = "accepted.json"
SCHEMA = "accepted/1"


class BankFiles:
    """The accepted files of one site.

    Parameters
    ----------
    folder
        Need not exist: a bank that accepted nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, relative: str) -> bytes | None:
        """Return an accepted file; None where the bank accepted none under this name.

        Parameters
        ----------
        relative
            Path below the folder, with forward slashes.

        Raises
        ------
        SettingsFileError
            "settings_altered": not the content that was accepted; "settings_unreadable": it or the list cannot be read.
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

    def accept(self, files: Mapping[str, bytes], facts: Mapping[str, Any]) -> None:
        """Accept files: write them, then the list that makes them count; what was accepted before under other names stays.

        Parameters
        ----------
        facts
            When and by what it was accepted, for a reader of the list.

        Raises
        ------
        SettingsFileError
            The list of what was accepted before cannot be read.
        ResourceError
            The folder cannot be written; nothing counts that did not count before.
        """
        pins = self._pins()
        for relative, content in files.items():
            _write_whole(self._folder / relative, content)
        self._write_pins(pins | {relative: content_sha256(content) for relative, content in files.items()}, facts)

    def withdraw(self, facts: Mapping[str, Any]) -> tuple[str, ...]:
        """Let nothing count any more and return what did; the files stay where they are.

        Raises
        ------
        SettingsFileError, ResourceError
            As for ``accept``.
        """
        withdrawn = self.accepted()
        if withdrawn:
            self._write_pins({}, facts)
        return withdrawn

    def _pins(self) -> dict[str, str]:
        try:
            document = json.loads((self._folder / PINS_NAME).read_bytes())
            if document["schema"] != SCHEMA:
                raise ValueError(document["schema"])
            return {str(name): str(pin) for name, pin in document["files"].items()}
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise SettingsFileError("settings_unreadable", file=PINS_NAME, origin="bank") from error

    def _write_pins(self, pins: Mapping[str, str], facts: Mapping[str, Any]) -> None:
        document = {"schema": SCHEMA, **facts, "files": dict(sorted(pins.items()))}
        _write_whole(self._folder / PINS_NAME, (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode())


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise ResourceError("disk_full" if full else "folder_not_writable", file=path.name) from error
