"""What a scanner's service does for us, whichever protocol it speaks."""

from __future__ import annotations

import threading
from typing import Any, Protocol

from .stream import PictureSource, PictureStream


def check(name: str, passed: bool, detail: str) -> dict[str, Any]:
    """Return one line of a self-test."""
    return {"check": name, "passed": passed, "detail": detail}


class ScannerService(Protocol):
    """One lens of a scanner, through its maker's service. What fails raises DeviceProblem."""

    def has_lens(self) -> bool:
        """Return whether the service is there and the lens is plugged in; quick."""

    def opened(self) -> PictureSource:
        """Open the lens and return its pictures."""

    def still(self, stream: PictureStream[Any], limit_s: float, cancel: threading.Event) -> bytes:
        """Take a still while the lens is open; return a whole JPEG file."""

    def checks(self) -> list[dict[str, Any]]:
        """Return what the service says about itself, as lines of a self-test."""
