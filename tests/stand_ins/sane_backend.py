"""SANE's backend named test: scanners that are part of SANE itself, driven through the real library.

They are there, or not, by a folder of configuration of their own; their faults are options of the backend (sane-test(5)).
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import pytest

REQUIRED = ("CI", "TELLER_ASSIST_ALL_PARTS")
_BACKENDS = ("usr/lib/*/sane", "usr/lib/sane", "usr/lib64/sane")


class SaneTestBackend:
    """A folder of configuration with scanners of the test backend; skips the test where SANE or python-sane is missing.

    Parameters
    ----------
    count
        How many scanners are plugged in.
    """

    def __init__(self, folder: Path, count: int = 1) -> None:
        _require()
        folder.mkdir()
        self._folder = folder
        self.plug(count)

    def plug(self, count: int = 1) -> None:
        """Plug scanners in; "test:0" is the first one's name."""
        (self._folder / "test.conf").write_text(f"number_of_devices {count}\n", encoding="ascii")
        (self._folder / "dll.conf").write_text("test\n", encoding="ascii")

    def unplug(self) -> None:
        """Pull all plugs."""
        (self._folder / "dll.conf").write_text("", encoding="ascii")

    def settings(self, **others: Any) -> dict[str, Any]:
        """Return the plugin's settings for it: a small page in colours."""
        small = {"width_mm": 80, "height_mm": 60, "resolution_dpi": 100, "options": "test-picture=Color pattern"}
        return {"config_folder": str(self._folder), **small, **others}

    def fault(self, status: str) -> dict[str, Any]:
        """Return settings with which every read fails with a status of SANE: "JAMMED".

        The page is so small that the backend has sent it before the first read: its thread is not there any more when it would
        be cancelled. One that is cancelled at work takes the process along now and then.
        """
        small = {"width_mm": 50, "height_mm": 40, "resolution_dpi": 75}
        return self.settings(**small, options=f"select-fd=yes; read-return-value=SANE_STATUS_{status}")

    def slow(self) -> dict[str, Any]:
        """Return settings with which a page takes most of a minute."""
        large = {"width_mm": 200, "height_mm": 200, "resolution_dpi": 300}
        return self.settings(**large, options="read-delay=yes; read-delay-duration=200000")


def _require() -> None:
    """Skip where a part is missing, unless the run must have all of them."""
    lacking = [name for name, there in (("python-sane", _has_library()), ("libsane1", _has_backend())) if not there]
    if not lacking:
        return
    reason = f"{' and '.join(lacking)} is not installed"
    if sys.platform.startswith("linux") and any(os.environ.get(name) for name in REQUIRED):
        pytest.fail(reason)
    pytest.skip(reason)


def _has_library() -> bool:
    return importlib.util.find_spec("sane") is not None


def _has_backend() -> bool:
    return any(True for folder in _BACKENDS for _ in Path("/").glob(f"{folder}/libsane-test.so*"))
