"""What conftest.py forbids really fails a test, and what it allows passes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

OFFENDERS = """
import logging, socket, threading, time
import pytest

OURS = logging.getLogger("teller_assist.made_up")

def test_leaks_a_thread():
    threading.Thread(target=time.sleep, args=(4,), name="forgotten").start()

def test_joins_its_thread():
    thread = threading.Thread(target=time.sleep, args=(0.01,))
    thread.start()
    thread.join()

def test_swallows_a_connection_to_another_machine():
    with socket.socket() as one:
        try:
            one.connect(("192.0.2.1", 9))
        except AssertionError:
            pass

@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_connects_to_itself(host):
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect((host, server.getsockname()[1]))
        server.accept()[0].close()

def test_logs_a_warning():
    OURS.warning("not announced")

@pytest.mark.logs_warnings
def test_logs_an_announced_warning():
    OURS.warning("announced")

def test_logs_an_information():
    OURS.info("nothing special")
"""


@pytest.mark.full
def test_threads_connections_and_log_records_are_watched(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_offenders.py").write_text(OFFENDERS, encoding="utf-8")
    command = (sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tmp_path))
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    verdicts = [line.split()[:2] for line in done.stdout.splitlines() if line.startswith(("ERROR test_", "FAILED test_"))]
    failed = {where.partition("::")[2] for _, where in verdicts}
    assert failed == {"test_leaks_a_thread", "test_swallows_a_connection_to_another_machine", "test_logs_a_warning"}, done.stdout
    assert "forgotten" in done.stdout
    assert "8 passed" in done.stdout
