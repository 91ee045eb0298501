"""The window's process and the command that the core banking system calls, side by side."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.workflow.hand_off_channel import FILE
from tests.stand_ins.equipment import wait_until


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "TELLER_ASSIST__BRANCH__DATA_FOLDER": str(tmp_path)}


@pytest.fixture
def station(environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The docked window at a counter without devices."""
    command = [sys.executable, "-m", "teller_assist", "station"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: (tmp_path / FILE).exists() or process.poll() is not None, limit_s=60)
        yield process
    finally:
        process.kill()
        process.wait(20)


def asked(environment: dict[str, str], *arguments: str) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "teller_assist", "transaction", *arguments, "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    document: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, document


@pytest.mark.full
def test_the_command_reaches_the_window_that_runs_and_says_when_none_does(
    environment: dict[str, str], station: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    assert station.poll() is None
    code, document = asked(environment, "start", "--kind", "loss_report", "--ref", "CBS-1")
    assert (code, document["error"]["facts"]) == (3, {"why": "not_signed_on"})
    code, document = asked(environment, "status", "--ref", "CBS-1")
    assert (code, document["error"]["reason"]) == (3, "reference_unknown")
    station.send_signal(signal.SIGTERM)
    assert station.wait(30) == 0
    assert not (tmp_path / FILE).exists()
    code, document = asked(environment, "status", "--ref", "CBS-1")
    assert (code, document["error"]["reason"]) == (3, "station_not_running")
