"""The steps of scripts/test.py."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from set_up.places import ROOT
from set_up.steps import Step, run_all, steps


def test_pytest_is_last_and_takes_the_fast_tier_unless_full() -> None:
    fast, full = steps(False, ["-k", "gauge"]), steps(True, [])
    assert [step.name for step in fast] == ["ruff check", "ruff format", "mypy", "imports", "pytest"]
    assert fast[-1].command[1:7] == ("-m", "pytest", "-m", "not full", "-n", "2")
    assert fast[-1].command[-2:] == ("-k", "gauge")
    assert fast[-1].displays == 2
    assert [step.name for step in full] == [
        "ruff check",
        "ruff format",
        "mypy",
        "imports",
        "Windows locks",
        "pytest",
        "pytest, full",
        "pytest, alone",
    ]
    assert full[-3] == steps(False, [])[-1], "the fast tier, as it is run by itself"
    assert full[-2].command[1:6] == ("-m", "pytest", "-m", "full and not alone", "-n")
    assert full[-2].displays == 2
    assert full[-1].command[1:] == ("-m", "pytest", "-m", "full and alone")
    assert full[-1].displays == 1, "what looks through the whole machine must see no other test's files"


def test_of_chosen_tests_the_full_ones_run_beside_the_others() -> None:
    assert steps(True, ["tests/alerts"])[-1].command[1:] == ("-m", "pytest", "tests/alerts")


def test_every_step_runs_and_one_failure_fails_the_whole(capfd: pytest.CaptureFixture[str]) -> None:
    to_run = [
        Step("first", (sys.executable, "-c", "raise SystemExit(3)")),
        Step("absent", ("no-such-program-here",)),
        Step("last", (sys.executable, "-c", "print('last ran')")),
    ]
    assert run_all(to_run) == 1
    captured = capfd.readouterr()
    assert captured.out.rstrip().endswith("last ran")
    assert "FAILED: first, absent" in captured.err


@pytest.mark.full
def test_a_crashed_process_ends_the_run_as_failed_instead_of_leaving_it_to_wait(tmp_path: Path) -> None:
    for name in ("test_a.py", "test_b.py"):
        (tmp_path / name).write_text(
            "import os\n\ndef test_one():\n    pass\n\ndef test_crash():\n    os.abort()\n\ndef test_last():\n    pass\n"
        )
    command = [argument for argument in steps(False, [])[-1].command if argument != "-ra"]
    done = subprocess.run(
        [*command, "-c", os.devnull, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert "crashed" in done.stdout


def test_all_passed_is_zero_and_names_each_time(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_all([Step("one", (sys.executable, "-c", "")), Step("two", (sys.executable, "-c", ""))]) == 0
    assert "passed  one" in capfd.readouterr().out


@pytest.mark.parametrize("path", sorted((ROOT / "scripts" / "set_up").glob("*.py")), ids=lambda path: path.name)
def test_what_runs_before_python_311_is_found_is_written_for_python_38(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))
    assert "from __future__ import annotations" in path.read_text(encoding="utf-8") or path.name == "__init__.py"
