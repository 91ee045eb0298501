"""Names in a package, how large it may be, and which paths it may hold: the same on Linux and Windows."""

from __future__ import annotations

import re
import unicodedata

PACKAGE_SUFFIX = ".tadp"
SIGNATURE_NAME = "signature.json"
WHEELS_FOLDER = "wheels"

LARGEST_PACKAGE_BYTES = 256_000_000
LARGEST_CONTENT_BYTES = 512_000_000  # unpacked, all files together
LARGEST_MANIFEST_BYTES = 4_000_000
MOST_FILES = 10_000

_LONGEST_PATH = 180  # below the 260 characters of a Windows path, with room for the folder before it
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def is_safe_path(path: str) -> bool:
    """Return whether a path stays below the plugin's folder and names the same file on every system."""
    parts = path.split("/")
    return len(path) <= _LONGEST_PATH and all(_is_safe_name(part) for part in parts)


def _is_safe_name(name: str) -> bool:
    return (
        name not in ("", ".", "..")
        and _FORBIDDEN.search(name) is None
        and not name.endswith((".", " "))
        and not name.startswith(" ")
        and _WINDOWS_DEVICE.fullmatch(name) is None
        and name == unicodedata.normalize("NFC", name)
        and name.isprintable()
    )


def first_clash(paths: list[str]) -> str | None:
    """Return a path that another one stands in the way of on some system (same name, or a file where a folder is); None: none."""
    seen: set[str] = set()
    folders: set[str] = set()
    for path in paths:
        folded = path.casefold()
        parents = {folded[:index] for index, character in enumerate(folded) if character == "/"}
        if folded in seen or folded in folders or parents & seen:
            return path
        seen.add(folded)
        folders |= parents
    return None
