"""pyscard, the card readers' library: tried, never required."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

from set_up.console import say
from set_up.locks import sha256_of
from set_up.places import STATION, lock_file, platform_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def try_pcsc(root: Path, libraries_missing: Sequence[str], offline: dict[str, str]) -> None:
    """Install pyscard where it can be had, and say why where not.

    The outcome is kept in the environment (`pcsc.json`), so that a failed build is not repeated at every start; it is tried
    again when the lock file or the system's libraries changed, or that file is deleted.
    """
    lock = lock_file(root, "pcsc", platform_name())
    record = STATION.path(root) / "pcsc.json"
    question = {"lock": sha256_of(lock), "libraries_missing": list(libraries_missing)}
    try:
        known = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    settled = all(known.get(key) == value for key, value in question.items())
    if not settled or not (known["why_not_available"] or _is_installed(root)):
        say("== card readers: building pyscard")
        known = {**question, "why_not_available": _install(root, lock, offline)}
        record.write_text(json.dumps(known, indent=1), encoding="utf-8")
        say("   done" if not known["why_not_available"] else "   failed")
    if known["why_not_available"]:
        say(f"card readers: not available, because pyscard could not be built: {known['why_not_available']}")


def _is_installed(root: Path) -> bool:
    """Whether pyscard's metadata stands in the environment; whether its files are whole is the environment's own check."""
    folder = STATION.path(root)
    return any(True for pattern in ("lib/*", "Lib") for _ in folder.glob(f"{pattern}/site-packages/pyscard-*.dist-info"))


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
