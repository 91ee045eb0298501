"""Child processes get nothing of ours and end with everything that they started."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from teller_assist.processes.children import kill_child, start_child

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX's")


def test_a_child_has_its_folder_and_an_almost_empty_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", "1")
    code = "import os; print(os.getcwd(), sorted(os.environ.items()), os.getsid(0) == os.getpid())"
    with start_child([sys.executable, "-I", "-c", code], tmp_path, {"HOME": "/h"}) as child:
        told = child.communicate(timeout=10)[0].decode()
    given = {"HOME": "/h", "LANG": "C.UTF-8", "TMPDIR": str(tmp_path)}
    assert told.strip() == f"{tmp_path} {sorted(given.items())} True"


def test_killing_a_child_ends_what_it_started(tmp_path: Path) -> None:
    code = "import subprocess; print(subprocess.Popen(['sleep', '60']).pid, flush=True); input()"
    with start_child([sys.executable, "-I", "-c", code], tmp_path) as child:
        assert child.stdout is not None
        grandchild = int(child.stdout.readline())
        kill_child(child)
        assert child.wait(10) == -signal.SIGKILL
    until_s = time.monotonic() + 5.0
    while _runs(grandchild) and time.monotonic() < until_s:
        time.sleep(0.01)
    assert not _runs(grandchild)


def test_killing_a_child_that_ended_is_no_error(tmp_path: Path) -> None:
    with start_child([sys.executable, "-I", "-c", ""], tmp_path) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        kill_child(child)
        assert child.wait(10) == 0


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
