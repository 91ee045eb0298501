from __future__ import annotations

from pathlib import Path

import pytest

from teller_assist.cli import main
from teller_assist.cli.netcheck_sandbox import FAULTS
from teller_assist.netcheck_sandbox.answering import Fault


def test_the_faults_that_are_offered_are_those_there_are() -> None:
    assert tuple(fault.value for fault in Fault) == FAULTS


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--delay-ms", "nan"], 2),
        (["--delay-ms", "-1"], 2),
        (["--host", "0.0.0.0"], 2),  # noqa: S104 (refused: plain http that others could reach)
        (["--customers", "/there/is/no/such/folder"], 3),
    ],
)
def test_what_cannot_be_served_ends_with_its_reason(arguments: list[str], code: int) -> None:
    assert main(["netcheck-sandbox", "--port", "0", *arguments]) == code


def test_a_port_that_is_none_and_certificates_that_are_none_are_the_callers_fault(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("no certificate")
    tls = ["--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "absent.pem")]
    assert main(["netcheck-sandbox", "--port", "99999"]) == 2
    assert main(["netcheck-sandbox", "--port", "0", *tls]) == 2
    assert main(["netcheck-sandbox", "--port", "0", *tls[:2]]) == 2
