"""What SANE says, told as a problem."""

from __future__ import annotations

import pytest
from teller_assist_sdk import PROBLEM_CODES

from device_plugins.sane_scanner import problems
from device_plugins.sane_scanner.problems import may_be_lost, problem_while_opening, problem_while_scanning

SCANNING = {
    problems.JAMMED: "paper_jam",
    problems.COVER_OPEN: "cover_open",
    problems.NO_DOCUMENTS: "no_page",
    problems.CANCELLED: "scan_cancelled",
    problems.BUSY: "device_busy",
    problems.ACCESS_DENIED: "device_denied",
    problems.IO_ERROR: "plugin_failed",
    problems.NO_MEMORY: "plugin_failed",
    "Lamp not ready, please retry": "plugin_failed",
}
OPENING = {
    problems.INVALID: "device_missing",
    problems.IO_ERROR: "device_missing",
    problems.BUSY: "device_busy",
    problems.ACCESS_DENIED: "device_denied",
    problems.NO_MEMORY: "plugin_failed",
}


@pytest.mark.parametrize(("status", "code"), SCANNING.items())
def test_a_status_of_a_scan_is_told_by_its_code_and_its_words(status: str, code: str) -> None:
    problem = problem_while_scanning(RuntimeError(status))
    assert (problem.code, problem.hint) == (code, f"scan: {status}")
    assert code in PROBLEM_CODES


@pytest.mark.parametrize(("status", "code"), OPENING.items())
def test_a_status_of_opening_is_told_by_its_code(status: str, code: str) -> None:
    assert problem_while_opening(RuntimeError(status)).code == code


@pytest.mark.parametrize("status", [problems.IO_ERROR, problems.INVALID, problems.NO_DATA, "of a newer SANE"])
def test_after_what_may_be_a_pulled_plug_the_scanner_is_looked_for(status: str) -> None:
    assert may_be_lost(RuntimeError(status))


@pytest.mark.parametrize("status", [problems.JAMMED, problems.COVER_OPEN, problems.NO_DOCUMENTS, problems.BUSY])
def test_a_scanner_that_says_what_it_wants_is_there(status: str) -> None:
    assert not may_be_lost(RuntimeError(status))
