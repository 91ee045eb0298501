from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request

import pytest

from teller_assist.cli import main
from teller_assist.cli.stand_in import MJPEG_FAULTS
from teller_assist.demonstration.stand_ins.mjpeg_camera import Fault


def test_the_faults_that_are_offered_are_those_there_are() -> None:
    assert tuple(fault.value for fault in Fault) == MJPEG_FAULTS


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--frames-per-s", "nan"], 2),
        (["--frames-per-s", "0"], 2),
        (["--fault-after-s", "-1"], 2),
        (["--port", "99999"], 2),
        (["--pictures", "/there/is/no/such/folder"], 3),
    ],
)
def test_what_cannot_be_served_ends_with_its_reason(arguments: list[str], code: int) -> None:
    assert main(["stand-in", "mjpeg", *arguments]) == code


@pytest.mark.full
def test_it_says_where_it_is_serves_and_ends_when_told() -> None:
    command = [sys.executable, "-m", "teller_assist", "stand-in", "mjpeg"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("listening on ").strip()
        with urllib.request.urlopen(address, timeout=5.0) as answer:  # noqa: S310 (our own address)
            assert answer.read1(100).startswith(b"--frame")
        process.send_signal(signal.SIGTERM)
        assert process.wait(5.0) == 0
