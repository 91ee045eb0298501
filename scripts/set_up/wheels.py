"""Asking pip, for a platform, about the files that lock files name."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from set_up.locks import Requirement, read_lock
from set_up.places import pip_platform


def without_wheel(python: Path, lock: Path, platform_folder: str) -> list[str]:
    """Return what pip could not install from a lock on a platform, as `name==version`; empty where all is well.

    One dry run of the whole lock; only if that fails is each requirement asked about alone, to name the guilty ones.
    """
    if _dry_run(python, lock, platform_folder):
        return []
    found = []
    for requirement in read_lock(lock):
        with tempfile.TemporaryDirectory() as folder:
            alone = Path(folder) / "alone.txt"
            alone.write_text(requirement.line(), encoding="utf-8")
            if not _dry_run(python, alone, platform_folder):
                found.append(_pin(requirement))
    return found or ["the lock as a whole: each of its requirements alone can be installed"]


def _pin(requirement: Requirement) -> str:
    return f"{requirement.name}=={requirement.version}"


def _dry_run(python: Path, lock: Path, platform_folder: str) -> bool:
    with tempfile.TemporaryDirectory() as target:
        command = [str(python), "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--target", target]
        command += [*pip_platform(platform_folder), "--only-binary=:all:", "--no-deps", "--require-hashes", "-r", str(lock)]
        environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
