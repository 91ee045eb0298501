"""The document scanner: the front of the card lies on its glass."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from teller_assist_sdk import DeviceProblem, DocumentScanner

from .faults import Faults

DPI = 300


class SimulatedScanner(DocumentScanner):
    """Scans ``card_front.jpg`` of one customer's folder."""

    def open(self) -> None:
        """Connect to the scanner."""
        self._picture = Path(self.settings["folder"]) / "card_front.jpg"
        self._faults = Faults(self.settings)
        self._faults.strike()

    def status(self) -> dict[str, Any]:
        """Return the resolution."""
        self._faults.strike()
        return {"dpi": DPI}

    def selftest(self) -> list[dict[str, Any]]:
        """Check that something lies on the glass."""
        self._faults.strike()
        return [{"check": "document", "passed": self._picture.is_file(), "detail": "card_front.jpg"}]

    def scan(self, cancel: threading.Event) -> dict[str, Any]:
        """Return the picture, as slowly as a real scanner."""
        self._faults.strike()
        if cancel.wait(float(self.settings["scan_s"])):
            raise DeviceProblem("device_timeout", "given up")
        try:
            data = self._picture.read_bytes()
        except OSError as error:
            raise DeviceProblem("card_unreadable", type(error).__name__) from error
        return {"picture": {"format": "jpeg", "data": data}, "dpi": DPI}
