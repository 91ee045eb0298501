"""What can go wrong, by name."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from teller_assist_sdk import Channel, DeviceProblem

_LONG_S = 60


def happen(fault: str, text: str, cancel: threading.Event) -> Any:
    """Let one fault happen; some return a result that is wrong in itself."""
    return _FAULTS[fault](text, cancel)


def _sends(line: bytes) -> None:
    channel = next(one for one in gc.get_objects() if isinstance(one, Channel))
    with channel._lock:
        channel._outgoing.write(line)
        channel._outgoing.flush()


def _none(text: str, cancel: threading.Event) -> Any:
    return json.loads(text) if text else None


def _hang(text: str, cancel: threading.Event) -> Any:
    time.sleep(_LONG_S)


def _hang_holding_the_interpreter(text: str, cancel: threading.Event) -> Any:
    ctypes.PyDLL(None).sleep(_LONG_S)


def _wait_for_cancel(text: str, cancel: threading.Event) -> Any:
    cancel.wait(_LONG_S)
    raise DeviceProblem("device_timeout", "told to stop")


def _file_until_cancel(text: str, cancel: threading.Event) -> Any:
    Path("page.bmp").write_bytes(b"BM")
    _wait_for_cancel(text, cancel)


def _segfault(text: str, cancel: threading.Event) -> Any:
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(_LONG_S)  # another thread may take the signal, a moment later


def _null(text: str, cancel: threading.Event) -> Any:
    ctypes.string_at(0)


def _exit(text: str, cancel: threading.Event) -> Any:
    os._exit(0)


def _raise(text: str, cancel: threading.Event) -> Any:
    raise ValueError(text)


def _problem(text: str, cancel: threading.Event) -> Any:
    raise DeviceProblem(text, "SW 69\n82 " + "x" * 500)


def _missing_until(text: str, cancel: threading.Event) -> Any:
    if not Path(text).exists():
        raise DeviceProblem("device_missing", "not plugged in")


def _no_such_driver(text: str, cancel: threading.Event) -> Any:
    import no_such_driver  # type: ignore[import-not-found]  # noqa: F401


def _chatter(text: str, cancel: threading.Event) -> Any:
    print("from Python " * 100)  # noqa: T201 (that is the fault)
    os.write(1, b'{"id": 1, "ok": true, "result": null}\n' * 1000)
    library = ctypes.CDLL(None)
    library.puts(b"from C " * 100)
    library.fflush(None)
    sys.stderr.write("and an error " * 10_000)
    sys.stdin.read()
    return {"told": "after all that"}


def _nonsense(text: str, cancel: threading.Event) -> Any:
    _sends(text.encode() + b"\n")
    time.sleep(_LONG_S)


def _bytes(text: str, cancel: threading.Event) -> Any:
    _sends(bytes.fromhex(text) + b"\n")
    time.sleep(_LONG_S)


def _long_line(text: str, cancel: threading.Event) -> Any:
    _sends(b"x" * 9_000_000)
    time.sleep(_LONG_S)


def _two_answers(text: str, cancel: threading.Event) -> Any:
    return _sends(b'{"id": 3, "ok": true, "result": 1}\n' * 2)


def _not_json(text: str, cancel: threading.Event) -> Any:
    return {"told": object()}


def _grandchild(text: str, cancel: threading.Event) -> Any:
    child = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({_LONG_S})"])
    return {"pid": child.pid}


def _files(text: str, cancel: threading.Event) -> Any:
    folder = Path("folder/in/folder")
    folder.mkdir(parents=True)
    (folder / "page.bmp").write_bytes(b"BM")
    Path("link").symlink_to(text)
    return {"folder": str(Path.cwd())}


def _host_descriptors(text: str, cancel: threading.Event) -> Any:
    """Name what the process holds open beside its own three and the channel."""
    return {"open": [str(one.readlink()) for one in Path("/proc/self/fd").iterdir() if one.exists()]}


def _lie(text: str, cancel: threading.Event) -> Any:
    _sends(json.dumps({"event": "frame", "sequence": 4, **json.loads(text)}).encode() + b"\n")
    cancel.wait(_LONG_S)


def _end_of_frames(text: str, cancel: threading.Event) -> Any:
    return None


def _frame_of_wrong_size(text: str, cancel: threading.Event) -> Any:
    return 64, 48, bytes(10)


def _frame_too_large(text: str, cancel: threading.Event) -> Any:
    return 640, 480, bytes(640 * 480 * 3)


_FAULTS: dict[str, Callable[[str, threading.Event], Any]] = {
    name.lstrip("_"): function for name, function in list(globals().items()) if name.startswith("_") and callable(function)
}
