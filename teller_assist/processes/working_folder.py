"""The private folder that a child process works in: in memory where the system offers that, wiped after each call.

A station that was killed cannot remove its folders. Each is named by its station's process and locked for as long as that lives;
whoever makes the next one removes those that nobody holds any more.
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
_MOUNTS = Path("/proc/self/mounts")
_MEMORY_TYPES = {"tmpfs", "ramfs"}
_ABANDONED_AFTER_S = 60.0  # longer than a living station needs from making a folder to locking it


def memory_folder() -> Path | None:
    """Return where working folders lie in memory; None where this machine has no such place, and they lie on the disk."""
    for folder in (RAM_BACKED, Path(f"/run/user/{os.getuid()}" if hasattr(os, "getuid") else "")):
        if os.access(folder, os.W_OK) and _lies_in_memory(folder):
            return folder
    return None


def _lies_in_memory(folder: Path) -> bool:
    """Ask the system's list of mounts: which one is the nearest above the folder."""
    try:
        mounts = [line.split()[1:3] for line in _MOUNTS.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return False
    above = [(Path(place), kind) for place, kind in mounts if folder.resolve().is_relative_to(place)]
    return bool(above) and max(above, key=lambda mount: len(mount[0].parts))[1] in _MEMORY_TYPES


class WorkingFolder:
    """One folder, readable by us alone.

    Raises
    ------
    OSError
        It cannot be made.
    """

    def __init__(self) -> None:
        parent = memory_folder() or Path(tempfile.gettempdir())
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
            if _station_is_gone(folder.name) or time.time() - folder.stat().st_mtime > _ABANDONED_AFTER_S:
                descriptor = _locked(folder)
                shutil.rmtree(folder, ignore_errors=True)
                os.close(descriptor)


def _station_is_gone(name: str) -> bool:
    number = name.removeprefix(PREFIX).partition("-")[0]
    if not number.isdecimal() or not hasattr(os, "getuid"):  # on Windows this would end the process
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # another user's
        return False
    return False


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
