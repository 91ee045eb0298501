"""The reader of bank cards: a card stands in it from a set moment until the process ends."""

from __future__ import annotations

import threading
import tomllib
from pathlib import Path
from typing import Any

from teller_assist_sdk import BankCardReader, DeviceProblem

from .lying_card import LyingCard

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
        self._card = LyingCard(self.settings, self._file.is_file)

    def status(self) -> dict[str, Any]:
        """Return whether a card stands in it."""
        return {"card_present": self._card.is_there()}

    def selftest(self) -> list[dict[str, Any]]:
        """Check that the reader answers; a customer without a bank card is no fault of it."""
        self._card.faults.strike()
        return [
            {"check": "card_data", "passed": True, "detail": f"{CARD_FILE} {'found' if self._file.is_file() else 'not filed'}"}
        ]

    def find_card(self) -> bool:
        """Return whether a card stands in it."""
        return self._card.is_there()

    def read(self, cancel: threading.Event) -> dict[str, Any]:
        """Return the card's record, as slowly as a real reader."""
        self._card.be_there()
        self._card.take_time(cancel, "no application answered")
        return self._record()

    def _record(self) -> dict[str, Any]:
        try:
            told = tomllib.loads(self._file.read_text(encoding="utf-8"))
            return {"number": str(told["number"]), **{name: str(told.get(name, usual)) for name, usual in _OPTIONAL.items()}}
        except (OSError, ValueError, KeyError) as error:
            raise DeviceProblem("card_unreadable", type(error).__name__) from error
