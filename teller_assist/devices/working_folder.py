"""The private folder that a plugin's process works in: in memory where the system offers that, wiped after each call."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

RAM_BACKED = Path("/dev/shm")  # noqa: S108 (a folder of our own is made in it, for us alone)
PREFIX = "teller-assist-"


class WorkingFolder:
    """One folder, readable by us alone.

    Raises
    ------
    OSError
        It cannot be made.
    """

    def __init__(self) -> None:
        parent = RAM_BACKED if os.access(RAM_BACKED, os.W_OK) else None
        self.path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))

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
        return not self.path.exists()


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
