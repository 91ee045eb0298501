"""An authority for what does not ship and is not pinned."""

from __future__ import annotations

from pathlib import Path


class AnyFiles:
    """Lets every plugin pass."""

    def check(self, folder: Path) -> None:
        """Return."""
