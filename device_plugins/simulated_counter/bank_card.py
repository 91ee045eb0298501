"""The reader of bank cards: a card stands in it from a set moment until the process ends."""

from __future__ import annotations

import threading
import time
import tomllib
from pathlib import Path
from typing import Any

from teller_assist_sdk import BankCardReader, DeviceProblem

from .faults import Faults

CARD_FILE = "bank_card.toml"
_APPLICATION = "A000000333010101"
_OPTIONAL = {
    "valid_until": "", "holder_name": "", "sequence_number": "", "application": _APPLICATION, "interface": "contact",
}  # fmt: skip


class SimulatedBankCardReader(BankCardReader):
    """Reads one customer's bank card."""

    def open(self) -> None:
        """Connect to the reader."""
        self._file = Path(self.settings["folder"]) / CARD_FILE
        self._faults = Faults(self.settings)
        self._card_comes_s = time.monotonic() + float(self.settings["card_delay_s"])
        self._faults.strike()
        if self._faults.due("reader_busy"):
            raise DeviceProblem("device_busy", "exclusive access refused")

    def status(self) -> dict[str, Any]:
        """Return whether a card stands in it."""
        self._faults.strike()
        return {"card_present": self._stands_there()}

    def selftest(self) -> list[dict[str, Any]]:
        """Check that the reader answers; a customer without a bank card is no fault of it."""
        self._faults.strike()
        return [
            {"check": "card_data", "passed": True, "detail": f"{CARD_FILE} {'found' if self._file.is_file() else 'not filed'}"}
        ]

    def find_card(self) -> bool:
        """Return whether a card stands in it."""
        self._faults.strike()
        return self._stands_there()

    def read(self, cancel: threading.Event) -> dict[str, Any]:
        """Return the card's record, as slowly as a real reader."""
        self._faults.strike()
        if not self._stands_there():
            raise DeviceProblem("card_removed", "no card in the reader")
        read_s = float(self.settings["read_s"])
        pulled = self._faults.due("card_pulled")
        if cancel.wait(read_s / 2 if pulled else read_s):
            raise DeviceProblem("device_timeout", "given up")
        if pulled:
            raise DeviceProblem("card_removed", "answer ended early")
        if self._faults.due("card_unreadable"):
            raise DeviceProblem("card_unreadable", "no application answered")
        return self._record()

    def _record(self) -> dict[str, Any]:
        try:
            told = tomllib.loads(self._file.read_text(encoding="utf-8"))
            return {"number": str(told["number"]), **{name: str(told.get(name, usual)) for name, usual in _OPTIONAL.items()}}
        except (OSError, ValueError, KeyError) as error:
            raise DeviceProblem("card_unreadable", type(error).__name__) from error

    def _stands_there(self) -> bool:
        return time.monotonic() >= self._card_comes_s and self._file.is_file()
