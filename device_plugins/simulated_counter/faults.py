"""Faults to be shown, chosen when the process starts. Nothing that goes back to the station says which one."""

from __future__ import annotations

import ctypes
import time
from typing import Any


class Faults:
    """The one fault of this process and when it begins.

    Parameters
    ----------
    settings
        The plugin's settings; ``fault_after_s`` counts from now.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        self._fault = str(settings["fault"])
        self._begins_s = time.monotonic() + float(settings["fault_after_s"])

    def due(self, fault: str) -> bool:
        """Return whether this fault is chosen and has begun."""
        return self._fault == fault and time.monotonic() >= self._begins_s

    def strike(self) -> None:
        """End the process as a driver's fault would, or never return; otherwise do nothing."""
        if self.due("crash"):
            ctypes.string_at(0)  # reads address 0: the system ends the process
        while self.due("hang"):
            time.sleep(60.0)
