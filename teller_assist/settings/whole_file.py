"""A file that is written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from teller_assist.errors import ResourceError

_FULL = (errno.ENOSPC, errno.EDQUOT)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place, then move it there; what stood there before stands until then.

    Raises
    ------
    ResourceError
        "disk_full" or "folder_not_writable".
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise as_resource_error(error, path.name) from error


def as_resource_error(error: OSError, file: str) -> ResourceError:
    """Return what the system's refusal to write is called."""
    return ResourceError("disk_full" if error.errno in _FULL else "folder_not_writable", file=file)
