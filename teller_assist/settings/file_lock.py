"""The operating system's lock on a file: it ends with the process that holds it, killed or not."""

from __future__ import annotations

import sys
from typing import IO


def lock_at_once(file: IO[bytes]) -> None:
    """Take the lock of an open file; it is given back when the file is closed.

    Raises
    ------
    OSError
        Somebody else holds it.
    """
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
