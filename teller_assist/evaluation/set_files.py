"""Names of files in a set: a set made elsewhere must not reach out of its folder, on Windows neither."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath


def safe_path(text: str) -> str | None:
    """Return a path below a set's folder in one spelling; None where it could lead elsewhere."""
    path, windows = PurePosixPath(text), PureWindowsPath(text)
    outside = path.is_absolute() or ".." in path.parts or bool(windows.drive) or bool(windows.root)
    if outside or not path.parts or "\\" in text or any(ord(character) < 32 for character in text):
        return None
    return str(path)


def file_problem(real_root: Path, path: str) -> str:
    """Return why a set's file cannot be used: "path_unsafe" (a link that leads out), "picture_missing", or nothing."""
    try:
        real = (real_root / path).resolve()
        present = real.is_file()
    except (OSError, RuntimeError):  # a circular link, a name too long
        return "picture_missing"
    if not real.is_relative_to(real_root):
        return "path_unsafe"
    return "" if present else "picture_missing"
