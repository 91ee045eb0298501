"""Finding a Python 3.11, whatever Python runs the script."""

from __future__ import annotations

import glob
import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from set_up.console import SetUpError
from set_up.places import PYTHON_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

# The base interpreter, never one inside an environment: an environment made from another dies with it.
_QUESTION = """
import importlib.util, json, os, platform, sys
print(json.dumps([getattr(sys, "_base_executable", sys.executable), platform.python_version(),
                  importlib.util.find_spec("ensurepip") is not None and importlib.util.find_spec("venv") is not None]))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python that answered: its path, its version (`3.11.7`), and whether it can make environments (Debian splits that off)."""

    path: Path
    version: str
    makes_environments: bool

    @property
    def fits(self) -> bool:
        """Whether it is the Python the product is locked for."""
        return tuple(int(part) for part in self.version.split(".")[:2]) == PYTHON_VERSION

    @property
    def of_the_system(self) -> bool:
        """Whether the system's package manager owns it, so that missing parts of it come from there."""
        return os.name != "nt" and Path("/usr/bin") == self.path.parent


def candidates() -> list[Path]:
    """Return the places a Python 3.11 may stand in, best first: the running one, the search path, pyenv's, Debian's."""
    name = "python{}.{}".format(*PYTHON_VERSION)
    pyenv = os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv"))
    found: list[Path] = [Path(sys.executable)]
    found += [Path(hit) for hit in (shutil.which(name), shutil.which("python3")) if hit is not None]
    # glob and os.path, not pathlib: a folder of another user (sudo and su keep PYENV_ROOT) is no answer, not an error.
    versions = glob.glob(f"{glob.escape(pyenv)}/versions/{'.'.join(map(str, PYTHON_VERSION))}.*/bin/python")  # noqa: PTH207
    found += [Path(hit) for hit in sorted(versions, reverse=True)]
    found += [Path("/usr/bin") / name, Path("/usr/local/bin") / name]
    return [path for path in dict.fromkeys(found) if os.path.exists(path)]  # noqa: PTH110


def ask(path: Path) -> Interpreter:
    """Ask a Python who it is.

    Raises
    ------
    SetUpError
        The program does not answer (a shim without a version behind it, a broken installation).
    """
    try:
        done = subprocess.run([str(path), "-I", "-c", _QUESTION], capture_output=True, text=True, timeout=60, check=False)
        base, version, complete = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise SetUpError(f"{path} does not answer as a Python") from error
    return Interpreter(Path(base), version, complete)


def find_python(places: Iterable[Path] | None = None) -> Interpreter:
    """Return the first Python 3.11 that can make environments, else the first Python 3.11.

    Raises
    ------
    SetUpError
        There is none; the text names what to install.
    """
    fitting: list[Interpreter] = []
    for place in candidates() if places is None else places:
        with suppress(SetUpError):  # the next place may answer
            answer = ask(place)
            if answer.fits and answer.makes_environments:
                return answer
            fitting += [answer] if answer.fits else []
    if fitting:
        return fitting[0]
    version = "{}.{}".format(*PYTHON_VERSION)
    raise SetUpError(
        f"no Python {version} was found (looked at this interpreter, the search path, pyenv and /usr/bin). Install it: "
        f"on Debian 12 `apt-get install python{version} python{version}-venv`, elsewhere from the system's packages or pyenv."
    )
