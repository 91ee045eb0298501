"""The steps of `scripts/test.py`: all run, each with its time; pytest last, so that its closing line ends the output."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from set_up.console import SetUpError, as_typed, say
from set_up.display import private_displays
from set_up.places import ROOT, STATION, program

PROCESSES = 2


@dataclass(frozen=True)
class Step:
    """One check: what it is called, what is run, and how many of its processes open windows."""

    name: str
    command: tuple[str, ...]
    displays: int = 0


def steps(full: bool, for_pytest: list[str]) -> list[Step]:
    """Return the steps of one run, in their order.

    Parameters
    ----------
    full
        Also what takes minutes: tests marked `full`, and the lock files of the other platform.
    for_pytest
        Arguments handed on to pytest.
    """
    python = str(STATION.python(ROOT))
    found = [
        Step("ruff check", (python, "-m", "ruff", "check", ".")),
        Step("ruff format", (python, "-m", "ruff", "format", "--check", ".")),
        Step("mypy", (python, "-m", "mypy")),
        Step("imports", (str(program(STATION.path(ROOT), "lint-imports")),)),
    ]
    if full:
        found.append(Step("Windows locks", (python, str(ROOT / "scripts" / "check_wheels.py"), "win_amd64")))
    return [*found, *_pytest(python, full, for_pytest)]


def _pytest(python: str, full: bool, for_pytest: list[str]) -> list[Step]:
    """Return the tests: the fast ones, those marked `full` after them, and at last those that must be alone.

    Files of tests, not tests, are dealt out to several processes: what a file sets up once is set up once. They keep their
    order: xdist's own would put files of few tests last, and those are the longest.
    A process that crashed is not replaced: the run would wait for ever for what the dead one had still to do.
    """
    dealt_out = ("-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart", "0")
    if full and for_pytest:  # some tests, of either kind
        return [Step("pytest", (python, "-m", "pytest", *for_pytest), displays=1)]
    fast = Step("pytest", (python, "-m", "pytest", "-m", "not full", *dealt_out, *for_pytest), displays=PROCESSES)
    if not full:
        return [fast]
    slow = Step("pytest, full", (python, "-m", "pytest", "-m", "full and not alone", *dealt_out), displays=PROCESSES)
    return [fast, slow, Step("pytest, alone", (python, "-m", "pytest", "-m", "full and alone"), displays=1)]


def run_all(to_run: list[Step]) -> int:
    """Run every step even after a failure; returns 0 if all passed, else 1."""
    failed: list[str] = []
    times: list[str] = []
    for step in to_run:
        if step is to_run[-1] and times:
            say("\n" + "\n".join(times))
        start_s = time.monotonic()
        passed = _run(step)
        times.append(f"{'passed' if passed else 'FAILED'}  {step.name:<14} {time.monotonic() - start_s:6.1f} s")
        if not passed:
            failed.append(step.name)
    if failed:
        print(f"FAILED: {', '.join(failed)}", file=sys.stderr, flush=True)
    return 1 if failed else 0


def _run(step: Step) -> bool:
    say(f"\n== {step.name}: {as_typed(step.command)}")
    on_linux = sys.platform.startswith("linux")
    display: AbstractContextManager[dict[str, str]] = (
        private_displays(step.displays) if step.displays and on_linux else nullcontext({})
    )
    try:
        with display as variables:
            environment = {**os.environ, **variables}
            return subprocess.run(step.command, cwd=ROOT, env=environment, check=False).returncode == 0
    except (OSError, SetUpError) as error:
        print(f"{step.name} could not run: {error}", file=sys.stderr, flush=True)
        return False
