"""The whole set-up, in its order: interpreter, system libraries, environments, models."""

from __future__ import annotations

import argparse
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from set_up import apt
from set_up.console import SetUpError, run, say, timed
from set_up.environment import Builder, offline_variables
from set_up.interpreter import Interpreter, find_python
from set_up.places import DOCUMENTS, ROOT, STATION, platform_name, program
from set_up.source_built import DEVICE_LIBRARIES, try_all

if TYPE_CHECKING:
    from collections.abc import Iterator


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that every script with a set-up has."""
    named = os.environ.get("TELLER_ASSIST_WHEELHOUSE")
    parser.add_argument(
        "--wheelhouse",
        type=Path,
        metavar="DIR",
        default=Path(named) if named else None,
        help="install from this folder only (made by scripts/build_wheelhouse.py); also TELLER_ASSIST_WHEELHOUSE",
    )


def set_up(wheelhouse: Path | None, for_tests: bool) -> None:
    """Make everything a checkout needs; seconds where it is all there.

    Parameters
    ----------
    wheelhouse
        Folder that packages come from; None takes the configured package index.
    for_tests
        Also the test tools and a private X server.

    Raises
    ------
    SetUpError
        Something cannot be had here; the text says what to do.
    """
    start_s = time.monotonic()
    platform_name()
    offline = offline_variables(wheelhouse)
    with one_at_a_time(ROOT / ".cache" / "set_up.lock"):
        interpreter, missing = _python_and_libraries(for_tests)
        Builder(ROOT, STATION, interpreter, offline).prepare(["development"] if for_tests else [])
        try_all(ROOT, missing, offline)
        Builder(ROOT, DOCUMENTS, interpreter, offline).prepare()
        with timed("models"):
            command = [program(STATION.path(ROOT), "teller-assist"), "models", "fetch"]
            run(command, "the models could not be fetched", offline)
    say(f"set-up ready after {time.monotonic() - start_s:.0f} s\n")


def _python_and_libraries(for_tests: bool) -> tuple[Interpreter, dict[str, list[str]]]:
    """Return the interpreter, and by device library the packages for building it that are missing."""
    groups = apt.read_groups(ROOT / "scripts" / "requirements" / "apt.txt")
    if sys.platform == "win32":
        return find_python(), {}
    interpreter = _interpreter(groups["python"])
    needed = groups["window"] + (groups["test"] if for_tests else [])
    building = {library.name: groups[library.name] for library in DEVICE_LIBRARIES}
    if interpreter.of_the_system:
        needed = groups["python"] + needed
    else:  # another build of Python brings its own headers
        building = {name: [p for p in packages if not p.startswith("python3")] for name, packages in building.items()}
    optional = [package for packages in building.values() for package in packages] + (groups["parts"] if for_tests else [])
    missing = apt.settle(needed, list(dict.fromkeys(optional)))
    missing_of = {name: [package for package in packages if package in missing] for name, packages in building.items()}
    return (find_python() if interpreter.of_the_system else interpreter), missing_of


def _interpreter(packages: list[str]) -> Interpreter:
    """Find Python 3.11; on a Debian without it, root installs it."""
    try:
        return find_python()
    except SetUpError:
        apt.settle(packages, [])  # python3.11-venv depends on python3.11; raises where it cannot be had
        return find_python()


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Hold a lock file; a second set-up in the same checkout says that it waits."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a", encoding="utf-8") as file:
        if not _locked(file, wait=False):
            say(f"another set-up is at work in this folder ({lock}); waiting for it to end")
            _locked(file, wait=True)
        os.set_inheritable(file.fileno(), True)  # a pip that outlives this process keeps it, see console.run
        yield


def _locked(file: TextIO, wait: bool) -> bool:
    """Take the operating system's lock on an open file; it ends with the last process that has the file open, killed or not."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return _locked(file, wait) if wait else False
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True
