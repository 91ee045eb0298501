"""Files that survive a kill at any instruction: whole or not there, never in part."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from teller_assist.errors import ResourceError
from teller_assist.settings.file_lock import lock_at_once

PARTIAL_PREFIX = ".partial-"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_OURS_ALONE = 0o600


def make_private_folder(folder: Path) -> None:
    """Make a folder that only this user enters, with its parents.

    Raises
    ------
    ResourceError
        "disk_full" or "folder_not_writable".
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _translated(error) from error


def write_durably(path: Path, data: bytes) -> None:
    """Write a file for this user alone, safe once this returns: temporary file, fsync, rename, fsync of the folder.

    Raises
    ------
    ResourceError
        "disk_full" or "folder_not_writable"; what stood under this name before still does.
    """
    write_parts_durably(path, (data,))


def write_parts_durably(path: Path, parts: Iterable[bytes]) -> None:
    """Write a large file as its parts come; what raises while they do leaves nothing of it.

    Raises
    ------
    ResourceError
        As for ``write_durably``.
    """
    partial = path.with_name(f"{PARTIAL_PREFIX}{path.name}")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), _OURS_ALONE)
        with os.fdopen(descriptor, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _translated(error) from error
        raise


def append_durably(path: Path, data: bytes) -> None:
    """Append to a file and return once it is safe.

    Raises
    ------
    ResourceError
        "disk_full" or "folder_not_writable"; the end of the file may then hold a part of it.
    """
    try:
        is_new = not path.exists()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), _OURS_ALONE)
        with os.fdopen(descriptor, "ab") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_folder(path.parent)
    except OSError as error:
        raise _translated(error) from error


def move_durably(path: Path, target: Path) -> None:
    """Move a file to another folder of the same disk.

    Raises
    ------
    ResourceError
        "disk_full" or "folder_not_writable".
    """
    try:
        path.replace(target)
        sync_folder(target.parent)
        sync_folder(path.parent)
    except OSError as error:
        raise _translated(error) from error


def remove_durably(path: Path) -> None:
    """Remove a file; one that is gone already is as good.

    Raises
    ------
    ResourceError
        "folder_not_writable".
    """
    try:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise _translated(error) from error


def remove_partials(folder: Path) -> None:
    """Remove what a killed process left half written; nobody was told that it is safe."""
    for partial in folder.glob(f"{PARTIAL_PREFIX}*"):
        with contextlib.suppress(OSError):
            partial.unlink()


def sync_folder(folder: Path) -> None:
    """Make a rename or removal in a folder safe. Windows knows no such call: there the file system's journal has to do."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _translated(error: OSError) -> ResourceError:
    if error.errno in _FULL:
        return ResourceError("disk_full", folder="records")
    return ResourceError("folder_not_writable", folder="records")


def locked_file(path: Path) -> IO[bytes]:
    """Hold the operating system's lock on a file, made where it is not there; it ends with the process, killed or not.

    Raises
    ------
    OSError
        Somebody else holds it.
    ResourceError
        It cannot be opened.
    """
    try:
        file = path.open("ab")
    except OSError as error:
        raise _translated(error) from error
    try:
        lock_at_once(file)
    except OSError:
        file.close()
        raise
    os.set_inheritable(file.fileno(), False)
    return file
