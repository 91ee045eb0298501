"""Whether a plugin's files are the ones that somebody answers for. Asked before every start of its process."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from teller_assist.errors import PluginNotAuthorisedError
from teller_assist.settings.shipped import content_sha256, shipped_pins

PLUGINS_FOLDER = "device_plugins"


class Authority(Protocol):
    """Says yes by returning."""

    def check(self, folder: Path) -> None:
        """Check every file of one plugin's folder.

        Raises
        ------
        PluginNotAuthorisedError
            ``why``: file_added, file_removed, file_changed.
        """


class ShippedAuthority:
    """Knows the plugins that ship with the product: every file's sha256 is pinned in the package. There is no way around it."""

    def check(self, folder: Path) -> None:
        """Compare a plugin's folder with the pins; see ``Authority``."""
        prefix = f"{PLUGINS_FOLDER}/{folder.name}/"
        pins = {path.removeprefix(prefix): pin for path, pin in shipped_pins().items() if path.startswith(prefix)}
        compare_with_pins(folder, pins)


def compare_with_pins(
    folder: Path, pins: Mapping[str, str], *, sha256_of: Callable[[bytes], str] = content_sha256, passes_byte_code: bool = True
) -> None:
    """Compare every file of a folder with its pinned sha256.

    Parameters
    ----------
    pins
        sha256 by path below the folder, with forward slashes.
    sha256_of
        What is pinned of a file's content.
    passes_byte_code
        Byte code in ``__pycache__`` counts as not there: a plugin's process runs its modules from their source only.

    Raises
    ------
    PluginNotAuthorisedError
        ``why``: file_added, file_removed, file_changed (a link counts as changed).
    """
    found = _files(folder, passes_byte_code)
    for why, paths in (("file_added", found.keys() - pins.keys()), ("file_removed", pins.keys() - found.keys())):
        if paths:
            raise PluginNotAuthorisedError(plugin=folder.name, why=why, files=len(paths))
    for relative, path in found.items():
        if not _is_as_pinned(path, pins[relative], sha256_of):
            raise PluginNotAuthorisedError(plugin=folder.name, why="file_changed", file=relative)


def _is_as_pinned(path: Path, pin: str, sha256_of: Callable[[bytes], str]) -> bool:
    try:
        return not path.is_symlink() and sha256_of(path.read_bytes()) == pin
    except OSError:
        return False  # what cannot be read is not what was pinned


def _files(folder: Path, passes_byte_code: bool) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for parent, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        if passes_byte_code and Path(parent).name == "__pycache__":
            names = [name for name in names if not name.endswith(".pyc")]
        for name in (*names, *links):
            path = Path(parent) / name
            found[path.relative_to(folder).as_posix()] = path
    return found
