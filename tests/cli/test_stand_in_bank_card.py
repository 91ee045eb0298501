from __future__ import annotations

import subprocess
import sys

import pytest

from teller_assist.cli import main
from teller_assist.cli.stand_in_bank_card import BANK_CARD_FAULTS
from teller_assist.demonstration.stand_ins.bank_card import CardContent
from teller_assist.demonstration.stand_ins.bank_card_faults import BankCardFault


def test_the_faults_that_are_offered_are_those_there_are() -> None:
    assert tuple(fault.value for fault in BankCardFault) == BANK_CARD_FAULTS


@pytest.mark.parametrize("port", ["0", "70000"])
def test_a_port_that_is_none_ends_with_its_reason(port: str) -> None:
    assert main(["stand-in", "bank-card", "--vpcd-port", port]) == 2


@pytest.mark.full
def test_it_says_its_number_and_obeys_lines() -> None:
    command = [sys.executable, "-m", "teller_assist", "stand-in", "bank-card", "--vpcd-port", "9", "--fault", "endless"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"card: {CardContent().number}\n"
        assert process.stdout.readline().startswith("lay: ")
        rest, _ = process.communicate("lift\nno-fault\nfault silent\nlook\nend\n")
        told = ["lift: done", "no-fault: done", "fault silent: done", "lay | lift | fault NAME | no-fault | end"]
        assert rest.splitlines() == told
        assert process.returncode == 0
