"""A private X server with a window manager: window tests run on the real xcb plugin, on no one's desktop."""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from set_up.console import SetUpError

if TYPE_CHECKING:
    from collections.abc import Iterator

SCREEN = "1920x1080x24"
DISPLAYS_VARIABLE = "TELLER_ASSIST_TEST_DISPLAYS"  # one display per test process, parted by blanks; tests/conftest.py chooses
_START_LIMIT_S = 30.0


@contextmanager
def private_displays(count: int) -> Iterator[dict[str, str]]:
    """Run as many X servers as test processes: two windows on one screen would take each other's keyboard.

    Yields
    ------
    The variables a program needs to open its windows on the first one, and the list of all.

    Raises
    ------
    SetUpError
        A server cannot be started.
    """
    with ExitStack() as stack:
        environments = [stack.enter_context(private_display()) for _ in range(count)]
        yield {**environments[0], DISPLAYS_VARIABLE: " ".join(environment["DISPLAY"] for environment in environments)}


@contextmanager
def private_display() -> Iterator[dict[str, str]]:
    """Run Xvfb and openbox as long as the block runs.

    Yields
    ------
    The variables a program needs to open its windows there.

    Raises
    ------
    SetUpError
        The server cannot be started.
    """
    with tempfile.TemporaryDirectory() as folder:
        runtime = Path(folder) / "runtime"
        runtime.mkdir(mode=0o700)  # Qt warns about any wider mode
        with (Path(folder) / "server.log").open("w+", encoding="utf-8") as log:
            server, number = _start_server(log.fileno())
            environment = {
                "DISPLAY": f":{number}",
                "XDG_RUNTIME_DIR": str(runtime),
                "QT_QPA_PLATFORM": "xcb",
                "WAYLAND_DISPLAY": "",
            }
            try:
                manager = subprocess.Popen(["openbox"], env={**os.environ, **environment}, stdout=log, stderr=log)
                try:
                    yield environment
                finally:
                    _end(manager)
            finally:
                _end(server)


def _start_server(log_descriptor: int) -> tuple[subprocess.Popen[bytes], int]:
    """Start Xvfb on a display number of its own choice, which it writes to a pipe once it accepts connections."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-dpi", "96", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
    try:
        server = subprocess.Popen(command, pass_fds=[writing], stdout=log_descriptor, stderr=log_descriptor)
    except OSError as error:
        os.close(reading)
        raise SetUpError(f"Xvfb cannot be started: {error.strerror}. On Debian: `apt-get install xvfb openbox`.") from error
    finally:
        os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        number = pipe.readline().strip()  # ends with the server's line, or empty when the server ends
    if not number:
        raise SetUpError(f"Xvfb ended at its start with exit code {server.wait(timeout=_START_LIMIT_S)}.")
    return server, int(number)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
