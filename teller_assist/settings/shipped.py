"""Files that ship with the product and decide what it says (policy, calibrations ...), pinned by sha256 in the package.

A changed threshold must not pass unnoticed: a file whose hash is not in the pins is refused.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import resources
from pathlib import Path

from teller_assist.errors import BugError, SettingsFileError

PINNED = (
    "config/defaults.toml",
    "config/policy.toml",
    "config/review.toml",
    "config/pad.toml",
    "config/quality.toml",
    "config/mesh.toml",
    "config/netcheck_sandbox.toml",
    "config/issuing_banks.toml",
    "config/back_end/*.json",
    "config/calibration/**/*.json",
    "device_plugins/*/**/*",
)
_PINS_NAME = "shipped_files.json"


def read_shipped(root: Path, relative: str) -> bytes:
    """Read a file of the installation that must be the one that shipped.

    Parameters
    ----------
    root
        The installation root.
    relative
        Path below it, with forward slashes.

    Raises
    ------
    SettingsFileError
        "settings_unreadable": it is not there or cannot be read; "settings_altered": its hash is not the pinned one.
    """
    try:
        content = (root / relative).read_bytes()
    except OSError as error:
        raise SettingsFileError("settings_unreadable", file=relative) from error
    # Git may have turned line ends on a Windows checkout; the content is the same.
    if content_sha256(content) != shipped_pins().get(relative):
        raise SettingsFileError("settings_altered", file=relative)
    return content


def content_sha256(content: bytes) -> str:
    """Return the sha256 of a file's content; a text's with line ends as on Linux, a library's or picture's as it is."""
    is_text = b"\0" not in content  # what Git, who turns line ends, goes by as well
    return hashlib.sha256(content.replace(b"\r\n", b"\n") if is_text else content).hexdigest()


@cache
def shipped_pins() -> dict[str, str]:
    """Return the pinned sha256 by path relative to the installation root."""
    text = resources.files("teller_assist.settings").joinpath(_PINS_NAME).read_text(encoding="utf-8")
    pins = json.loads(text)
    if not isinstance(pins, dict):
        raise BugError("the pins are not a table")
    return {str(path): str(pin) for path, pin in pins.items()}


def pins_of(root: Path) -> dict[str, str]:
    """Return the pins that the files of an installation have now, for the script that renews them and the test that compares."""
    found = {path for pattern in PINNED for path in root.glob(pattern) if path.is_file() and "__pycache__" not in path.parts}
    paths = sorted(found)
    return {path.relative_to(root).as_posix(): content_sha256(path.read_bytes()) for path in paths}
