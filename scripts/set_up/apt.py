"""The system's libraries: what is missing, and how it comes here."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from set_up.console import SetUpError, as_typed, run, say, timed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def read_groups(path: Path) -> dict[str, list[str]]:
    """Read `GROUP PACKAGE` lines into the packages of each group."""
    groups: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            group, package = line.split()
            groups.setdefault(group, []).append(package)
    return groups


def missing_of(wanted: Iterable[str], dpkg_listing: str) -> list[str]:
    """Return the wanted packages that are not installed, in their order.

    Parameters
    ----------
    wanted
        Package names.
    dpkg_listing
        Lines `STATUS<tab>PACKAGE<tab>PROVIDES` of dpkg-query. What an installed package provides counts as installed: later
        Debian releases renamed libraries (libglib2.0-0t64 provides libglib2.0-0).
    """
    present: set[str] = set()
    for line in dpkg_listing.splitlines():
        status, package, provides = [*line.split("\t"), "", ""][:3]
        if status == "installed":
            present.add(package)
            present.update(entry.split("(")[0].strip() for entry in provides.split(","))
    return [package for package in wanted if package not in present]


def dpkg_listing() -> str:
    """Return what is installed, one package a line: status, name, provided names."""
    command = ["dpkg-query", "--show", "--showformat", "${db:Status-Status}\t${Package}\t${Provides}\n"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def install_command(packages: Sequence[str]) -> list[str]:
    """Return the command that installs packages."""
    return ["apt-get", "install", "--yes", "--no-install-recommends", *packages]


def install(packages: Sequence[str]) -> None:
    """Install packages as root.

    Raises
    ------
    SetUpError
        apt-get failed.
    """
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    with timed(f"system libraries: installing {', '.join(packages)}"):
        run(["apt-get", "update", "-q"], "the package lists could not be fetched", quiet)
        run(install_command(packages), "the system libraries could not be installed", quiet)


def is_root() -> bool:
    """Whether this process may install packages."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def settle(needed: Sequence[str], optional: Sequence[str]) -> list[str]:
    """See that packages are there: as root by installing them, otherwise by naming the command.

    Returns
    -------
    The optional packages that are still missing.

    Raises
    ------
    SetUpError
        A needed package is missing and could not be installed here.
    """
    if shutil.which("dpkg-query") is None:
        say(
            "system libraries: no dpkg here, so they cannot be checked. Debian's names of what is needed:\n   " + " ".join(needed)
        )
        return list(optional)
    missing = missing_of([*needed, *optional], dpkg_listing())
    problem = ""
    if missing and is_root():
        try:
            install(missing)
        except SetUpError as error:
            problem = f"{error}\n"
        missing = missing_of(missing, dpkg_listing())
    needed_missing = [package for package in needed if package in missing]
    command = as_typed(["sudo", *install_command(missing)])
    if needed_missing:
        raise SetUpError(
            f"{problem}needed system packages are missing: {' '.join(needed_missing)}. Run this, then again:\n    {command}"
        )
    if missing:
        say(f"system libraries: optional ones are missing ({' '.join(missing)}); to have them:\n    {command}")
    return missing
