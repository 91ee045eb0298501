"""The checkout's places: its environments, their lock files, and the programs in them."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from set_up.console import SetUpError

ROOT = Path(__file__).resolve().parents[2]
PYTHON_VERSION = (3, 11)

# uv and pip name a platform differently. Linux means glibc 2.28 or newer (Debian 10, Kylin V10, UOS 20), for x86_64 only:
# PyQt5 has no wheel for another processor.
LINUX_GLIBC_MINOR = 28

# Lock files that hold source archives: what they name has no wheel for that platform and is built where it is installed.
SOURCE_BUILT = {("linux", "pcsc"), ("linux", "sane")}


@dataclass(frozen=True)
class Environment:
    """One virtual environment of the checkout.

    Parameters
    ----------
    folder
        Its folder below the checkout.
    lock
        Name of the lock file it cannot be without.
    imports
        Modules that must import for it to count as built; few and quick ones.
    editable
        Whether the checkout's own package is installed into it.
    """

    folder: str
    lock: str
    imports: tuple[str, ...]
    editable: bool = True

    def path(self, root: Path) -> Path:
        """Return its folder below a checkout."""
        return root / self.folder

    def python(self, root: Path) -> Path:
        """Return its interpreter."""
        return program(self.path(root), "python")


STATION = Environment(".venv", "station", ("cv2", "onnxruntime", "PyQt5.QtWidgets"))
DOCUMENTS = Environment(".venv-documents", "documents", ("cv2", "onnxruntime"))
TRAINING = Environment(".venv-training", "training", ("torch", "onnx"), editable=False)


def program(environment: Path, name: str) -> Path:
    """Return a program of an environment: `bin/NAME`, on Windows `Scripts/NAME.exe`."""
    return environment / "Scripts" / f"{name}.exe" if os.name == "nt" else environment / "bin" / name


def platform_name() -> str:
    """Return the name of this machine's lock folder, `linux` or `win_amd64`.

    Raises
    ------
    SetUpError
        No lock file was made for this machine.
    """
    machine = platform.machine().lower()
    if machine in {"x86_64", "amd64"}:
        if sys.platform.startswith("linux"):
            return "linux"
        if sys.platform == "win32":
            return "win_amd64"
    raise SetUpError(
        f"no lock file for {sys.platform} on {machine or 'an unknown processor'}: "
        "the product is locked for Linux and Windows on x86_64 (PyQt5 has no wheel for other processors)."
    )


def lock_file(root: Path, name: str, platform_folder: str) -> Path:
    """Return the path of a lock file, for example `requirements/linux/station.txt`."""
    return root / "scripts" / "requirements" / platform_folder / f"{name}.txt"


def pip_platform(platform_folder: str) -> list[str]:
    """Return pip's options that choose files for a platform other than the running one.

    pip takes `--platform` literally and does not add the older manylinux tags that a system of the wanted age also runs.
    """
    tags = ["win_amd64"]
    if platform_folder == "linux":
        tags = [f"manylinux_2_{minor}_x86_64" for minor in range(LINUX_GLIBC_MINOR, 4, -1)]
        tags += ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64"]
    version = ".".join(str(part) for part in PYTHON_VERSION)
    return [option for tag in tags for option in ("--platform", tag)] + ["--python-version", version, "--implementation", "cp"]
