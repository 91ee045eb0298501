from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from teller_assist.cli import main
from teller_assist.cli.stand_in_passport import PASSPORT_FAULTS
from teller_assist.demonstration.stand_ins.passport_content import Holder
from teller_assist.demonstration.stand_ins.passport_faults import PassportFault


def test_the_faults_that_are_offered_are_those_there_are() -> None:
    assert tuple(fault.value for fault in PassportFault) == PASSPORT_FAULTS


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--vpcd-port", "0"], 2),
        (["--vpcd-port", "70000"], 2),
        (["--csca-folder", "/there/is/no/such/folder"], 2),
        (["--portrait", "/there/is/no/such/picture.jpg"], 3),
    ],
)
def test_what_cannot_be_served_ends_with_its_reason(arguments: list[str], code: int) -> None:
    assert main(["stand-in", "passport", *arguments]) == code


@pytest.mark.full
def test_it_prints_its_zone_and_gives_the_states_certificate(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "teller_assist", "stand-in", "passport", "--vpcd-port", "9", "--csca-folder", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert [process.stdout.readline().strip() for _ in range(2)] == list(Holder().passport_zone())
        assert process.stdout.readline().startswith("lay: ")
        rest, _ = process.communicate("lift\nlook\nend\n")
        assert rest.splitlines() == ["lift: done", "look: unknown; lay, lift or end"]
        assert process.returncode == 0
    assert (tmp_path / "utopia.der").stat().st_size > 300
