"""Libraries of devices that Linux builds from their source archives: tried, never required."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from set_up.console import say
from set_up.locks import sha256_of
from set_up.places import SOURCE_BUILT, STATION, lock_file, platform_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class DeviceLibrary:
    """One such library.

    Attributes
    ----------
    name
        Of its lock file, of its group of system packages, and of the record kept in the environment.
    distribution
        Name in the package index.
    devices
        What is not available without it, as the person at the terminal reads it.
    """

    name: str
    distribution: str
    devices: str


DEVICE_LIBRARIES = (
    DeviceLibrary("pcsc", "pyscard", "card readers"),
    DeviceLibrary("sane", "python-sane", "scanners that speak SANE"),
)


def try_all(root: Path, packages_missing: Mapping[str, Sequence[str]], offline: dict[str, str]) -> None:
    """Install every library that this platform has a lock for.

    Parameters
    ----------
    root
        The checkout.
    packages_missing
        By the library's name, the system packages for building it that could not be had.
    offline
        Variables that point pip at a wheelhouse.
    """
    for library in DEVICE_LIBRARIES:
        if lock_file(root, library.name, platform_name()).exists():
            try_library(root, library, packages_missing.get(library.name, ()), offline)


def try_library(root: Path, library: DeviceLibrary, packages_missing: Sequence[str], offline: dict[str, str]) -> None:
    """Install a library where it can be had, and say why where not.

    The outcome is kept in the environment (`pcsc.json`, `sane.json`), so that a failed build is not repeated at every start; it
    is tried again when the lock file or the system's packages changed, or that file is deleted.
    """
    lock = lock_file(root, library.name, platform_name())
    record = STATION.path(root) / f"{library.name}.json"
    question = {"lock": sha256_of(lock), "libraries_missing": list(packages_missing)}
    try:
        known = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    settled = all(known.get(key) == value for key, value in question.items())
    if not settled or not (known["why_not_available"] or _is_installed(root, library)):
        built = (platform_name(), library.name) in SOURCE_BUILT
        say(f"== {library.devices}: {'building' if built else 'installing'} {library.distribution}")
        known = {**question, "why_not_available": _install(root, lock, offline)}
        record.write_text(json.dumps(known, indent=1), encoding="utf-8")
        say("   done" if not known["why_not_available"] else "   failed")
    if known["why_not_available"]:
        why = known["why_not_available"]
        say(f"{library.devices}: not available, because {library.distribution} could not be installed: {why}")


def _is_installed(root: Path, library: DeviceLibrary) -> bool:
    """Whether its metadata stands in the environment; whether its files are whole is the environment's own check."""
    name = library.distribution.replace("-", "_")
    patterns = [f"{folder}/site-packages/{name}-*.dist-info" for folder in ("lib/*", "Lib")]
    return any(True for pattern in patterns for _ in STATION.path(root).glob(pattern))


def _install(root: Path, lock: Path, offline: dict[str, str]) -> str:
    """Return the reason why it failed, empty where it succeeded."""
    # Without build isolation: setuptools comes from the lock and swig from the system, so a wheelhouse is enough.
    command = [STATION.python(root), "-m", "pip", "install", "--no-deps", "--require-hashes", "--no-build-isolation", "-r", lock]
    variables = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **offline}
    done = subprocess.run(
        [str(a) for a in command], env=variables, capture_output=True, text=True, errors="replace", close_fds=False, check=False
    )
    if done.returncode == 0:
        return ""
    telling = [line.strip() for line in done.stderr.splitlines() if "error" in line.lower() or "not found" in line.lower()]
    return telling[0] if telling else f"pip ended with exit code {done.returncode}"
