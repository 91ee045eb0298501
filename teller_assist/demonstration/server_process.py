"""One of our own HTTP programs in a process of its own, for as long as a demonstration runs."""

from __future__ import annotations

import ctypes
import re
import signal
import subprocess
import sys

from teller_assist.errors import BranchUnreachableError

_LISTENING = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")
_END_WAIT_S = 5.0
_PR_SET_PDEATHSIG = 1  # prctl(2)


class ServerProcess:
    """A program that prints where it listens; may be stopped and started again at the same port.

    Parameters
    ----------
    command
        The subcommand and its arguments, all but the port.
    """

    def __init__(self, *command: str) -> None:
        self._command = command
        self._port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The program's address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The process's number; 0: it does not run."""
        return 0 if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the process, at the same port as before.

        Raises
        ------
        BranchUnreachableError
            It did not start.
        """
        command = [sys.executable, "-m", "teller_assist", *self._command, "--port", str(self._port)]
        # A demonstration that is killed takes its programs along.
        dies_with_us = _die_with_parent if sys.platform == "linux" else None
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=dies_with_us)
        line = "" if self._process.stdout is None else self._process.stdout.readline()
        listening = _LISTENING.search(line)
        if listening is None:
            self.stop()
            raise BranchUnreachableError(why="server_did_not_start")
        self._port = int(listening[1])

    def stop(self) -> None:
        """End the process; may be called twice."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_END_WAIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
