"""Read a file whose path came from outside, without being held up by what lies there."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from teller_assist.errors import PictureError

# Windows opens in text mode without O_BINARY; O_NONBLOCK keeps a pipe that took the file's place after the check from blocking.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


def read_bytes(path: Path, *, role: str, max_bytes: int) -> bytes:
    """Read a regular file of at most ``max_bytes``.

    Raises
    ------
    PictureError
        file_missing (nothing there, a broken or circular link, an impossible name), file_unreadable (no permission, or the
        disk failed), file_too_large, format_unsupported (a folder, pipe or device).
    """
    try:
        _refuse_special_file(path.stat(), role)  # before opening: opening a device can already do something
        return _read_open_file(os.open(path, _OPEN_FLAGS), role, max_bytes)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise PictureError("file_missing", file=role) from error
    except PermissionError as error:
        raise PictureError("file_unreadable", file=role) from error
    except OSError as error:
        raise PictureError(_reason_of(error), file=role) from error
    except ValueError as error:  # a zero character in the path
        raise PictureError("file_missing", file=role) from error


def _reason_of(error: OSError) -> str:
    no_such_path = {errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL}
    return "file_missing" if error.errno in no_such_path else "file_unreadable"


def _refuse_special_file(status: os.stat_result, role: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise PictureError("format_unsupported", file=role, found="folder" if stat.S_ISDIR(status.st_mode) else "device")


def _read_open_file(descriptor: int, role: str, max_bytes: int) -> bytes:
    with os.fdopen(descriptor, "rb") as file:
        _refuse_special_file(os.fstat(descriptor), role)
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise PictureError("file_too_large", file=role, max_mb=max_bytes / 1e6)
    return data
