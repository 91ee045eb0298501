"""The ID card reader: a card lies on it from a set moment until the process ends."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from teller_assist_sdk import DeviceProblem, IdCardReader

from .customer import card_record, read_holder
from .lying_card import LyingCard
from .travel_document import DOCUMENT_FILE


class SimulatedReader(IdCardReader):
    """Reads the card of one customer's folder."""

    def open(self) -> None:
        """Connect to the reader."""
        self._folder = Path(self.settings["folder"])
        # A foreigner has no ID card: nothing ever lies on this reader then.
        self._has_passport_alone = (self._folder / DOCUMENT_FILE).is_file() and not (self._folder / "chip.jpg").is_file()
        self._card = LyingCard(self.settings, lambda: not self._has_passport_alone)

    def status(self) -> dict[str, Any]:
        """Return whether a card lies there."""
        return {"card_present": self._card.is_there()}

    def selftest(self) -> list[dict[str, Any]]:
        """Check that the card can be read."""
        self._card.faults.strike()
        there = (self._folder / "chip.jpg").is_file() and (self._folder / "customer.toml").is_file()
        if self._has_passport_alone:
            return [{"check": "card_data", "passed": True, "detail": "no ID card filed"}]
        return [{"check": "card_data", "passed": there, "detail": "chip.jpg and customer.toml"}]

    def find_card(self) -> bool:
        """Return whether a card lies there."""
        return self._card.is_there()

    def read(self, cancel: threading.Event) -> dict[str, Any]:
        """Return the card's record, as slowly as a real reader."""
        self._card.be_there()
        self._card.take_time(cancel, "text not delivered")
        return card_record(read_holder(self._folder), self._portrait())

    def _portrait(self) -> bytes:
        try:
            return (self._folder / "chip.jpg").read_bytes()
        except OSError as error:
            raise DeviceProblem("card_unreadable", type(error).__name__) from error
