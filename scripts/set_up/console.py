"""Lines for the person at the terminal, and the one way to start a program."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path


class SetUpError(Exception):
    """The set-up cannot go on; the text says what is wrong and what to do."""


def say(text: str) -> None:
    """Print one line at once, also into a pipe: a person must see that it moves."""
    print(text, flush=True)


def as_typed(arguments: Sequence[object]) -> str:
    """Write a command the way a person would type it."""
    return " ".join(shlex.quote(str(argument)) for argument in arguments)


def run(
    arguments: Sequence[object], failure: str, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> None:
    """Run a program with its output on the terminal.

    Parameters
    ----------
    arguments
        Program and arguments, never a shell line.
    failure
        What could not be done, for the error's first sentence.
    environment
        Variables set in addition to this process's own.
    folder
        Working folder; this process's own by default.

    Raises
    ------
    SetUpError
        The program is missing or ended with an exit code other than 0.
    """
    try:
        # close_fds=False hands on what was made inheritable on purpose: the set-up's lock file. Where only this process is
        # killed, a pip that is still writing keeps the lock, and the next set-up waits for it.
        done = subprocess.run(
            [str(a) for a in arguments], env={**os.environ, **(environment or {})}, cwd=folder, close_fds=False, check=False
        )
    except OSError as error:
        raise SetUpError(f"{failure}: {arguments[0]} cannot be started ({error.strerror}).") from error
    if done.returncode != 0:
        raise SetUpError(f"{failure} (exit code {done.returncode}). The command was:\n    {as_typed(arguments)}")


@contextmanager
def timed(title: str) -> Iterator[None]:
    """Announce a phase, and say at its end how long it took."""
    say(f"== {title}")
    start_s = time.monotonic()
    yield
    say(f"   done in {time.monotonic() - start_s:.0f} s")


def script_main(body: Callable[[], int]) -> None:
    """End the process with the body's exit code; a SetUpError becomes its text on stderr and exit code 1."""
    try:
        code = body()
    except SetUpError as error:
        print(f"\nset-up stopped: {error}", file=sys.stderr, flush=True)
        code = 1
    except KeyboardInterrupt:
        print(
            "\ninterrupted. Run the same command again: it goes on, and repairs what is half done.", file=sys.stderr, flush=True
        )
        code = 130
    sys.exit(code)
