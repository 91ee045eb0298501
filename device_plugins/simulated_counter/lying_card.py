"""What the simulated readers share: something lies on them from a set moment, and is read as slowly as by a real one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from teller_assist_sdk import DeviceProblem

from .faults import Faults


class LyingCard:
    """A card or document on a reader, until the process ends; made when the reader is opened.

    Parameters
    ----------
    settings
        The plugin's.
    is_filed
        Says whether the customer has one.

    Raises
    ------
    DeviceProblem
        device_busy, by a fault.
    """

    def __init__(self, settings: dict[str, Any], is_filed: Callable[[], bool]) -> None:
        self.faults = Faults(settings)
        self._is_filed = is_filed
        self._comes_s = time.monotonic() + float(settings["card_delay_s"])
        self._read_s = float(settings["read_s"])
        self.faults.strike()
        if self.faults.due("reader_busy"):
            raise DeviceProblem("device_busy", "exclusive access refused")

    def is_there(self) -> bool:
        """Return whether it lies there now."""
        self.faults.strike()
        return time.monotonic() >= self._comes_s and self._is_filed()

    def be_there(self) -> None:
        """Return if it lies there now, or raise DeviceProblem card_removed."""
        if not self.is_there():
            raise DeviceProblem("card_removed", "nothing in the field")

    def take_time(self, cancel: threading.Event, unreadable: str) -> None:
        """Return once it has been read.

        Parameters
        ----------
        unreadable
            The hint of the fault that it cannot be read.

        Raises
        ------
        DeviceProblem
            device_timeout: given up; card_removed, card_unreadable: by a fault.
        """
        pulled = self.faults.due("card_pulled")
        if cancel.wait(self._read_s / 2 if pulled else self._read_s):
            raise DeviceProblem("device_timeout", "given up")
        if pulled:
            raise DeviceProblem("card_removed", "answer ended early")
        if self.faults.due("card_unreadable"):
            raise DeviceProblem("card_unreadable", unreadable)
