"""Run by an environment's own interpreter: is everything that its lock files name installed, whole, and with one OpenCV?

    ENVIRONMENT/bin/python probe.py LOCK [LOCK ...]

Prints one JSON document: `python` (version), `faults` (sentences; empty means healthy), `cv2_owners` (distribution names).
Imports nothing of what it checks, so that it takes well under a second.
"""

from __future__ import annotations

import json
import platform
import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from set_up.locks import canonical, read_lock


def damaged_files(distribution: metadata.Distribution) -> list[str]:
    """Return the files of a distribution that are missing or have another size than recorded; byte code does not count."""
    found = []
    for file in distribution.files or []:
        if file.suffix == ".pyc":
            continue
        try:
            size = Path(str(distribution.locate_file(file))).stat().st_size
        except OSError:
            size = -1
        if size < 0 or (file.size is not None and size != file.size):
            found.append(str(file))
    return found


def cv2_owners(distributions: list[metadata.Distribution]) -> list[str]:
    """Return the names of the distributions that carry files of the `cv2` package."""
    return sorted(d.metadata["Name"] for d in distributions if any(file.parts[0] == "cv2" for file in d.files or []))


def faults(locks: list[Path], distributions: list[metadata.Distribution]) -> list[str]:
    """Return what is wrong, one sentence each."""
    installed = {canonical(d.metadata["Name"] or ""): d.version for d in distributions}
    found = []
    for requirement in [r for lock in locks for r in read_lock(lock)]:
        version = installed.get(requirement.name, "not installed")
        if version != requirement.version:
            found.append(f"{requirement.name}: {version}, locked {requirement.version}")
    for distribution in distributions:
        damaged = damaged_files(distribution)
        if damaged:
            found.append(f"{distribution.metadata['Name']}: {len(damaged)} damaged files, the first {damaged[0]}")
    return found


def main() -> None:
    """Print the report about the environment this interpreter belongs to."""
    distributions = list(metadata.distributions(path=[p for p in sys.path if p.startswith(sys.prefix)]))
    found = faults([Path(argument) for argument in sys.argv[1:]], distributions)
    print(json.dumps({"python": platform.python_version(), "faults": found, "cv2_owners": cv2_owners(distributions)}))


if __name__ == "__main__":
    main()
