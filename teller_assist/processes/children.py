"""Starting a child process with nothing of ours, and killing it with everything that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

_TRIAL_LIMIT_S = 10.0
_ENCLOSURE = Path(__file__).parent / "enclosure.py"


class Reach(StrEnum):
    """What the Python code of a child may reach; see ``enclosure``."""

    NOTHING = "nothing"
    PROCESSES = "processes"  # it may start some of its own
    NETWORK = "network"


def start_enclosed(
    interpreter: Path,
    program: Path,
    reach: Reach,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    descriptors: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a Python program as ``start_child`` does, cut off from what ``reach`` does not grant before it begins.

    Parameters
    ----------
    interpreter
        A Python >= 3.8.

    Raises
    ------
    OSError
        The system refuses to start it.
    """
    arguments = [str(interpreter), "-I", "-B", str(_ENCLOSURE), reach.value, str(program)]
    return start_child(arguments, folder, environment, descriptors)


def network_denied_here() -> tuple[str, ...]:
    """Return by what this machine denies the network to an enclosed child: "guard", and "namespace" where that is permitted.

    Raises
    ------
    OSError, subprocess.SubprocessError
        It cannot be tried.
    """
    arguments = [sys.executable, "-I", "-B", str(_ENCLOSURE), Reach.PROCESSES.value]
    told = subprocess.run(arguments, env={}, capture_output=True, check=True, timeout=_TRIAL_LIMIT_S, close_fds=True)
    return tuple(told.stdout.decode("ascii").split())


def start_child(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None, descriptors: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start a process that has three pipes, its folder, an almost empty environment, and a process group of its own.

    Parameters
    ----------
    arguments
        Program and arguments; never a shell.
    folder
        Where it works and keeps temporary files.
    environment
        Variables beside those for its temporary files and its language.
    descriptors
        Descriptors that it inherits; none on Windows.

    Raises
    ------
    OSError
        The system refuses to start it.
    """
    if sys.platform == "win32":
        return subprocess.Popen(
            list(arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={"SYSTEMROOT": os.environ["SYSTEMROOT"], "TEMP": str(folder), "TMP": str(folder), **(environment or {})},
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW,
        )
    return subprocess.Popen(
        list(arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={"LANG": "C.UTF-8", "TMPDIR": str(folder), **(environment or {})},
        close_fds=True,
        pass_fds=tuple(descriptors),
        start_new_session=True,
    )


def kill_child(child: subprocess.Popen[bytes]) -> None:
    """Kill a child that was not waited for yet, and its whole group; once it was, its number may be another process's."""
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
