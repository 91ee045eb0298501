"""Files that only an administrator may change: whoever could write them could let his own code or thresholds count."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_ROOT_USER_ID = 0


def read_administrator_file(path: Path) -> bytes | None:
    """Read a file that only an administrator may change.

    On Linux the file and its folder belong to root or to whoever owns the program itself (who can change everything anyway), and
    neither group nor others may write them. On Windows the user who runs this must not be able to write the file, unless he is an
    administrator.

    Returns
    -------
    Its content; None where there is none.

    Raises
    ------
    PermissionError
        Somebody else may change it, or it is a link or no file.
    OSError
        It cannot be read.
    """
    try:
        regular = stat.S_ISREG(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not regular:
        raise PermissionError("a link or no file")
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        if sys.platform == "win32":
            _check_on_windows(path)
        else:
            for told in (os.fstat(descriptor), path.parent.stat()):
                _check_owner(told)
        return file.read()


def _check_owner(told: os.stat_result) -> None:
    owners = {_ROOT_USER_ID, Path(__file__).stat().st_uid}
    if told.st_uid not in owners or told.st_mode & _OTHERS_WRITE:
        raise PermissionError("others may change it")


def _check_on_windows(path: Path) -> None:
    if sys.platform != "win32":
        return
    import ctypes

    if ctypes.windll.shell32.IsUserAnAdmin():
        return
    try:
        path.open("r+b").close()
    except PermissionError:
        return
    raise PermissionError("this user may change it")
