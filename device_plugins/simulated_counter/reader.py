"""The ID card reader: a card lies on it from a set moment until the process ends."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from teller_assist_sdk import DeviceProblem, IdCardReader

from .customer import card_record, read_holder
from .faults import Faults
from .travel_document import DOCUMENT_FILE


class SimulatedReader(IdCardReader):
    """Reads the card of one customer's folder."""

    def open(self) -> None:
        """Connect to the reader."""
        self._folder = Path(self.settings["folder"])
        # A foreigner has no ID card: nothing ever lies on this reader then.
        self._has_passport_alone = (self._folder / DOCUMENT_FILE).is_file() and not (self._folder / "chip.jpg").is_file()
        self._faults = Faults(self.settings)
        self._card_comes_s = time.monotonic() + float(self.settings["card_delay_s"])
        self._faults.strike()
        if self._faults.due("reader_busy"):
            raise DeviceProblem("device_busy", "exclusive access refused")

    def status(self) -> dict[str, Any]:
        """Return whether a card lies there."""
        self._faults.strike()
        return {"card_present": self._card_lies_there()}

    def selftest(self) -> list[dict[str, Any]]:
        """Check that the card can be read."""
        self._faults.strike()
        there = (self._folder / "chip.jpg").is_file() and (self._folder / "customer.toml").is_file()
        if self._has_passport_alone:
            return [{"check": "card_data", "passed": True, "detail": "no ID card filed"}]
        return [{"check": "card_data", "passed": there, "detail": "chip.jpg and customer.toml"}]

    def find_card(self) -> bool:
        """Return whether a card lies there."""
        self._faults.strike()
        return self._card_lies_there()

    def read(self, cancel: threading.Event) -> dict[str, Any]:
        """Return the card's record, as slowly as a real reader."""
        self._faults.strike()
        if not self._card_lies_there():
            raise DeviceProblem("card_removed", "no card in the field")
        read_s = float(self.settings["read_s"])
        pulled = self._faults.due("card_pulled")
        if cancel.wait(read_s / 2 if pulled else read_s):
            raise DeviceProblem("device_timeout", "given up")
        if pulled:
            raise DeviceProblem("card_removed", "answer ended early")
        if self._faults.due("card_unreadable"):
            raise DeviceProblem("card_unreadable", "text not delivered")
        return card_record(read_holder(self._folder), self._portrait())

    def _card_lies_there(self) -> bool:
        return time.monotonic() >= self._card_comes_s and not self._has_passport_alone

    def _portrait(self) -> bytes:
        try:
            return (self._folder / "chip.jpg").read_bytes()
        except OSError as error:
            raise DeviceProblem("card_unreadable", type(error).__name__) from error
