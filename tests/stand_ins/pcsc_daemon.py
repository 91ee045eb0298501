"""A real PC/SC service of the tests' own, with one imitated reader of two slots (vpcd): Debian's pcscd and vsmartcard-vpcd.

A machine has one such service, at a fixed socket: who starts it holds a lock, and others wait. It runs as root only.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from teller_assist.demonstration.stand_ins.vpcd import VpcdSlot
from tests.stand_ins.postgres import REQUIRED

READER_NAME = "Teller Test Reader"
_DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_SOCKET = Path("/run/pcscd/pcscd.comm")
_LOCK = Path(tempfile.gettempdir()) / "teller-assist-test-pcscd.lock"  # one for all clones on a machine
_LOCK_LIMIT_S, _START_LIMIT_S, _STOP_LIMIT_S = 600.0, 20.0, 10.0
_PR_SET_PDEATHSIG = 1  # prctl(2)


class PcscDaemon:
    """The service; may be stopped, killed and started again.

    Attributes
    ----------
    port
        Of the reader's first slot; the second one's is the next.
    """

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder = program, folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _two_free_ports()
        self.equip(READER_NAME)

    def equip(self, name: str = "") -> None:
        """Name the reader that there is from the next start on (the driver knows one only); "": a service without a reader."""
        port = f"0x{self.port:X}"
        told = f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:{port}\nLIBPATH {_DRIVER}\nCHANNELID {port}\n'
        (self._folder / "vpcd").write_text(told if name else "", encoding="ascii")

    def start(self) -> None:
        """Start it, unless it runs, and wait until it answers."""
        if self._process is not None:
            return
        with suppress(FileNotFoundError):  # one that was killed leaves it behind
            _SOCKET.unlink()
        _SOCKET.parent.mkdir(exist_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "--foreground", "--config", str(self._folder)],
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,
            )
        end_s = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < end_s and self._process.poll() is None:
            if _answers():
                return
            time.sleep(0.02)
        raise AssertionError((self._folder / "log").read_text(errors="replace")[-2000:])

    def stop(self) -> None:
        """Stop it in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self._end(signal.SIGKILL)

    def slot(self, number: int = 0) -> VpcdSlot:
        """Return a slot of the reader, to put a card in."""
        return VpcdSlot(self.port + number)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:  # a silent card holds it
            process.kill()
            process.wait()


@contextmanager
def running_daemon() -> Iterator[PcscDaemon]:
    """Run the service; where it is not installed or cannot run the test is skipped, or fails where all parts are asked for."""
    program = _program()
    folder = Path(tempfile.mkdtemp(prefix="pcscd-"))
    with _LOCK.open("a") as lock:
        _wait_for(lock)
        daemon = PcscDaemon(program, folder)
        try:
            daemon.start()
            yield daemon
        finally:
            daemon.stop()
            shutil.rmtree(folder, ignore_errors=True)


def _program() -> str:
    program = shutil.which("pcscd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None or not _DRIVER.exists():
        _cannot("PC/SC is not installed (Debian: pcscd, vsmartcard-vpcd)")
    if os.geteuid() != 0:
        _cannot("the PC/SC service of the tests runs as root only")
    if importlib.util.find_spec("smartcard") is None:
        _cannot("pyscard is not installed")
    assert program is not None
    return program


def _cannot(why: str) -> None:
    assert not _is_required(), why
    pytest.skip(why)


def _is_required() -> bool:
    return any(os.environ.get(name) for name in REQUIRED)


def _wait_for(lock: Any) -> None:
    import fcntl  # not on Windows, where this module is imported, too

    end_s = time.monotonic() + _LOCK_LIMIT_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            assert time.monotonic() < end_s, "other tests keep the PC/SC service"
            time.sleep(0.1)
        else:
            break
    end_s = time.monotonic() + _STOP_LIMIT_S
    while _answers():  # one whose test was killed goes a moment later
        if time.monotonic() > end_s:
            _cannot("a PC/SC service runs already that is not the tests' own")
        time.sleep(0.1)


def _answers() -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(_SOCKET))
        except OSError:
            return False
        return True


def _two_free_ports() -> int:
    """Return the first of two ports in a row that nobody has."""
    for first in range(35_970, 36_900, 2):
        with suppress(OSError):
            for port in (first, first + 1):
                with socket.socket() as line:
                    line.bind(("", port))
            return first
    raise AssertionError("no free ports")


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
