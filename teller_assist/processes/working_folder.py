"""The private folder that a child process works in: in memory where the system offers that, wiped after each call.

A station that was killed cannot remove its folders. Each is locked for as long as its station lives; whoever makes the next one
removes those that nobody holds any more.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

RAM_BACKED = Path("/dev/shm")  # noqa: S108 (a folder of our own is made in it, for us alone)
PREFIX = "teller-assist-"
_ABANDONED_AFTER_S = 60.0  # longer than another station needs from making a folder to locking it


class WorkingFolder:
    """One folder, readable by us alone.

    Raises
    ------
    OSError
        It cannot be made.
    """

    def __init__(self) -> None:
        parent = RAM_BACKED if os.access(RAM_BACKED, os.W_OK) else Path(tempfile.gettempdir())
        _remove_abandoned(parent)
        self.path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
        self._lock = _locked(self.path)

    def wipe(self) -> None:
        """Remove what lies in it. What cannot be removed now (a driver holds it) goes with the next call or at the end."""
        with contextlib.suppress(OSError):
            for entry in list(os.scandir(self.path)):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    _remove(Path(entry.path))

    def remove(self) -> bool:
        """Remove it with everything in it; return whether nothing is left. May be called twice."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
        return not self.path.exists()


def _locked(folder: Path) -> int:
    """Return a descriptor that holds the folder's lock; -1 on Windows, where folders have none.

    Raises
    ------
    BlockingIOError
        Somebody else holds it.
    """
    if sys.platform == "win32":
        return -1
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _remove_abandoned(parent: Path) -> None:
    if sys.platform == "win32":
        return
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, or held by its station
            if time.time() - folder.stat().st_mtime > _ABANDONED_AFTER_S:
                descriptor = _locked(folder)
                shutil.rmtree(folder, ignore_errors=True)
                os.close(descriptor)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
