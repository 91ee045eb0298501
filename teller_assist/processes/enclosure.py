"""Encloses this process before its program begins: no network, no core file, no rights to gain. Python 3.8, its library only.

    INTERPRETER -I -B enclosure.py REACH [PROGRAM]

``REACH`` is what Python code of the program may do: "nothing" (reach out, start processes), "processes" (start processes) or
"network" (everything). The program becomes the main one of this process and finds this module as ``sys.modules["enclosure"]``;
without one, by what the network is denied is printed.

The network is denied twice. On Linux the process moves into a user and network namespace of its own, where there is no network
interface, whoever asks, native code as well. Always, an audit hook that cannot be removed refuses what Python code tries.
"""

from __future__ import annotations

import contextlib
import os
import sys
import types
from typing import Any, Dict, List, Tuple

NAME = "enclosure"
REACHES = ("nothing", "processes", "network")
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
# Beginnings of the names of Python's audit events: to reach out, to look a name up, to start a process.
_REACHES_OUT = ("socket.connect", "socket.bind", "socket.send", "socket.get")
_STARTS = ("subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.system", "os.startfile", "_winapi.Create")

# By what the network is denied to this process: "namespace", "guard", both or nothing; and how often the guard refused what.
network_denied_by: List[str] = []
denied: Dict[str, int] = {}


def enclose(reach: str) -> None:
    """Deny what ``reach`` does not grant, try whether it is denied, leave no trace.

    Raises
    ------
    ConnectionError
        A trial got through.
    """
    if reach != "network":
        _deny(reach == "processes")
    _leave_no_trace()


def _deny(may_start_processes: bool) -> None:
    import socket

    network_denied_by[:] = ["namespace", "guard"] if _enter_empty_network() else ["guard"]
    sys.addaudithook(_guard_of(may_start_processes, getattr(socket, "AF_UNIX", None)))

    def connect() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
            trial.connect(("127.0.0.1", 9))

    for trial in (connect, lambda: socket.getaddrinfo("localhost", 9)):
        with contextlib.suppress(PermissionError):
            trial()
            raise ConnectionError("the network is not denied")
    denied.clear()


def _guard_of(may_start_processes: bool, local_family: Any) -> Any:
    refused = _REACHES_OUT if may_start_processes else _REACHES_OUT + _STARTS

    def guard(event: str, arguments: Tuple[Any, ...]) -> None:
        if event.startswith(refused) and not (may_start_processes and _is_local(event, arguments, local_family)):
            denied[event] = denied.get(event, 0) + 1
            raise PermissionError(event)

    return guard


def _is_local(event: str, arguments: Tuple[Any, ...], family: Any) -> bool:
    """Return whether something of this machine is meant: a service of the system, or only its own name."""
    return event == "socket.gethostname" or (family is not None and getattr(arguments[0], "family", None) == family)


def _enter_empty_network() -> bool:
    """Move into a network namespace of our own; it needs a user namespace, which some systems refuse to users."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        import ctypes
    except ImportError:  # an interpreter that was cut down
        return False
    user, group = os.getuid(), os.getgid()
    if ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    # The same numbers inside as outside: without them every file would seem to be nobody's.
    with contextlib.suppress(OSError):
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(os.path.join("/proc/self", name), "w", encoding="ascii") as file:
                file.write(text)
    return True


def _leave_no_trace() -> None:
    """Write no core file, show no box on the screen, be no process that others may look into, gain no rights."""
    if sys.platform == "win32":
        import ctypes

        # SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX
        ctypes.windll.kernel32.SetErrorMode(0x0001 | 0x0002 | 0x8000)
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        with contextlib.suppress(ImportError):
            import ctypes

            library = ctypes.CDLL(None)
            library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
            library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def take_pipe() -> Tuple[int, int]:
    """Take descriptors 0 and 1 for the host alone and return (incoming, outgoing); no driver reads or prints there any more."""
    incoming, outgoing = os.dup(0), os.dup(1)  # not inherited by processes that the program starts
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (incoming, outgoing):
            msvcrt.setmode(descriptor, os.O_BINARY)
    return incoming, outgoing


def run_program(path: str) -> None:
    """Run a program as the main one of this process."""
    sys.modules[NAME] = sys.modules[__name__]
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"], sys.argv[:] = main, [path]
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec")
    exec(code, main.__dict__)


if __name__ == "__main__":
    enclose(sys.argv[1])
    if len(sys.argv) > 2:
        run_program(sys.argv[2])
    else:
        print(*network_denied_by)  # noqa: T201 (the answer to who asks what this machine permits)
