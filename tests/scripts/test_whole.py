"""Two set-ups in one checkout wait for each other, also where one was killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from set_up.places import ROOT
from set_up.whole import one_at_a_time

HOLDER = """
import subprocess, sys, time
sys.path.append({scripts!r})
from pathlib import Path
from set_up.whole import one_at_a_time
from set_up.console import run
with one_at_a_time(Path({lock!r})):
    print("held", flush=True)
    run([sys.executable, "-c", "import time; print('child', flush=True); time.sleep(2)"], "child")
"""


@pytest.fixture
def held_lock(tmp_path: Path) -> tuple[Path, subprocess.Popen[str]]:
    """A lock file held by another process whose child (as pip would) runs for two seconds."""
    lock = tmp_path / "cache" / "set_up.lock"
    code = HOLDER.format(scripts=str(ROOT / "scripts"), lock=str(lock))
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert [holder.stdout.readline(), holder.stdout.readline()] == ["held\n", "child\n"]
    return lock, holder


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="signals and flock are POSIX")
def test_the_second_says_that_it_waits_and_goes_on_after_the_first(
    held_lock: tuple[Path, subprocess.Popen[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    lock, holder = held_lock
    with one_at_a_time(lock):
        assert holder.wait(timeout=10) == 0
    holder.communicate()
    assert "waiting for it to end" in capsys.readouterr().out


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="signals and flock are POSIX")
def test_a_killed_set_up_holds_the_lock_only_as_long_as_its_pip_still_writes(
    held_lock: tuple[Path, subprocess.Popen[str]],
) -> None:
    lock, holder = held_lock
    start_s = time.monotonic()
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    with one_at_a_time(lock):
        waited_s = time.monotonic() - start_s
    assert 0.5 < waited_s < 10


def test_a_free_lock_is_taken_without_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with one_at_a_time(tmp_path / "lock"):
        pass
    assert capsys.readouterr().out == ""
