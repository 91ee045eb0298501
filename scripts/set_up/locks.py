"""Reading lock files: one requirement a line pair, `name==version` and the sha256 of the one file that is installed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from set_up.console import SetUpError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_LINE = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+) --hash=sha256:(?P<sha256>[0-9a-f]{64})$")


@dataclass(frozen=True)
class Requirement:
    """One locked distribution: canonical name, version, sha256 of its file."""

    name: str
    version: str
    sha256: str

    def line(self) -> str:
        """Return the requirement as it stands in a lock file."""
        return f"{self.name}=={self.version} \\\n    --hash=sha256:{self.sha256}\n"


def canonical(name: str) -> str:
    """Return a distribution's name in the form the packaging standards compare by: lower case, runs of -_. as one dash."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(path: Path) -> list[Requirement]:
    """Read a lock file.

    Raises
    ------
    SetUpError
        The file is missing, or a line is no pinned requirement with exactly one hash.
    """
    if not path.is_file():
        raise SetUpError(f"lock file {path} is missing; the checkout is not complete.")
    text = re.sub(r"\s*\\\n\s*", " ", path.read_text(encoding="utf-8"))
    found = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.match(line.strip())
        if match is None:
            raise SetUpError(f"{path}: no pinned requirement with one sha256: {line.strip()[:120]}")
        found.append(Requirement(match["name"], match["version"], match["sha256"]))
    return found


def write_lock(path: Path, header: str, requirements: Iterable[Requirement]) -> None:
    """Write a lock file, sorted by name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = "".join(requirement.line() for requirement in sorted(requirements, key=lambda r: r.name))
    path.write_text(f"# {header}\n{body}", encoding="utf-8")


def sha256_of(path: Path) -> str:
    """Return a file's sha256 as 64 hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
