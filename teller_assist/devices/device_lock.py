"""One device is opened once on this machine, whoever runs the programs: a lock per identity, and who holds it.

The lock is the system's own on an open file: it goes when its holder ends, however that ends. What the file says about the holder
is for a message only; a file that was written by somebody else is believed no further.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teller_assist.devices.kinds import DeviceKind
from teller_assist.errors import DeviceBusyError

# Where every user may lay a file down and nobody remove another's; the first one that is so is the same for all users.
_COMMON_FOLDERS = (Path("/run/lock"), Path("/dev/shm"), Path("/tmp"))  # noqa: S108
_PREFIX = "teller-assist-device-"
_LARGEST_RECORD_BYTES = 500
_LONGEST_TEXT = 60
_TRIES, _BETWEEN_TRIES_S = 5, 0.01


@dataclass(frozen=True)
class Holder:
    """Who holds a device.

    Attributes
    ----------
    program, user
        Printable, at most 60 characters; not empty.
    """

    program: str
    user: str
    process_id: int


class DeviceLock:
    """Held from its making until ``release`` or the end of this process.

    Parameters
    ----------
    identity
        What the device is known by, the same for every program that may open it.
    kind
        For the message.

    Raises
    ------
    DeviceBusyError
        "held": by whom say ``program``, ``user`` and ``process_id``; "held_by_unknown": the system tells no more.
    OSError
        The system has no place for the lock.
    """

    def __init__(self, identity: str, kind: DeviceKind) -> None:
        self._descriptor = _taken(_path_of(identity), kind)
        with contextlib.suppress(OSError):  # only the message would lack the holder
            _tell(self._descriptor, _ourselves())

    def release(self) -> None:
        """Let it go; may be called twice."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, 0)
            os.close(descriptor)


def _path_of(identity: str) -> Path:
    return _common_folder() / f"{_PREFIX}{hashlib.sha256(identity.encode()).hexdigest()[:32]}.lock"


def _common_folder() -> Path:
    if sys.platform == "win32":
        folder = Path(os.environ["PROGRAMDATA"]) / "teller-assist"
        folder.mkdir(exist_ok=True)
        return folder
    for folder in _COMMON_FOLDERS:
        with contextlib.suppress(OSError):
            mode = folder.stat().st_mode
            if mode & stat.S_ISVTX and mode & stat.S_IWOTH:
                return folder
    raise OSError("no folder that all users share")


def _taken(path: Path, kind: DeviceKind) -> int:
    """Return the descriptor that holds the lock."""
    if sys.platform == "win32":  # the file is there for as long as its holder: nobody else may make it meanwhile
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_TEMPORARY | os.O_NOINHERIT)
        except (FileExistsError, PermissionError) as error:
            raise DeviceBusyError(device=kind.value, why="held_by_unknown") from error
    import fcntl

    descriptor = _opened(path, kind)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = _told(descriptor)
        os.close(descriptor)
        raise _busy(kind, holder) from error
    return descriptor


def _opened(path: Path, kind: DeviceKind) -> int:
    """Open the lock's file, or make it for all users; a link or anything else in its place is not followed."""
    kept_out: OSError | None = None
    for _ in range(_TRIES):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            # without O_CREAT above: systems keep users from "making" another's file in such a folder
            with contextlib.suppress(FileExistsError):
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
                os.fchmod(descriptor, 0o666)  # whatever this user's mask is: the next holder may be another user
                return descriptor
        except OSError as error:
            kept_out = error  # another user is just making it, or means to keep us out
            time.sleep(_BETWEEN_TRIES_S)
        else:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return descriptor
            os.close(descriptor)
    raise DeviceBusyError(device=kind.value, why="held_by_unknown") from kept_out


def _busy(kind: DeviceKind, holder: Holder | None) -> DeviceBusyError:
    if holder is None:
        return DeviceBusyError(device=kind.value, why="held_by_unknown")
    return DeviceBusyError(device=kind.value, why="held", program=holder.program, user=holder.user, process_id=holder.process_id)


def _ourselves() -> Holder:
    program = Path(sys.argv[0])
    name = program.parent.name if program.stem == "__main__" else program.stem  # it was started as ``python -m``
    words = [name, *(word for word in sys.argv[1:2] if not word.startswith("-"))]
    return Holder(" ".join(words)[:_LONGEST_TEXT] or "python", _user_name()[:_LONGEST_TEXT], os.getpid())


def _user_name() -> str:
    if sys.platform == "win32":
        return os.environ.get("USERNAME", "?")
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _tell(descriptor: int, holder: Holder) -> None:
    record = {"program": holder.program, "user": holder.user, "process_id": holder.process_id}
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, json.dumps(record).encode("ascii"))


def _told(descriptor: int) -> Holder | None:
    """Return who says to hold it; the record comes a moment after the lock."""
    for _ in range(_TRIES):
        os.lseek(descriptor, 0, os.SEEK_SET)
        with contextlib.suppress(ValueError, RecursionError):
            return _holder(json.loads(os.read(descriptor, _LARGEST_RECORD_BYTES)))
        time.sleep(_BETWEEN_TRIES_S)
    return None


def _holder(told: Any) -> Holder:
    """Raise ValueError where it is none."""
    if not isinstance(told, dict) or told.keys() != {"program", "user", "process_id"}:
        raise ValueError("record")
    program, user, process_id = told["program"], told["user"], told["process_id"]
    texts = all(isinstance(text, str) and text.isprintable() and 0 < len(text) <= _LONGEST_TEXT for text in (program, user))
    if not texts or type(process_id) is not int or not 0 < process_id < 2**32:
        raise ValueError("record")
    return Holder(program, user, process_id)
