"""The reader as the product sees it: finds a bank card and reads it. Nothing that a card says is logged, or stands in a hint."""

from __future__ import annotations

import threading
from typing import Any

from teller_assist_pcsc import SmartCardReader
from teller_assist_sdk import BankCardReader

from .application import read_application
from .record import card_record

PURPOSE = "bank_card"


class PcscBankCardReader(BankCardReader):
    """A PC/SC reader for bank cards, with contacts or without."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._reader = SmartCardReader(PURPOSE, "")

    @classmethod
    def devices(cls, settings: dict[str, Any]) -> list[dict[str, str]]:
        """Return the readers that the settings allow."""
        return SmartCardReader.listed(PURPOSE, settings)

    def open(self) -> None:
        """See that the reader is there; the card is reached anew for each read."""
        self._reader = SmartCardReader(PURPOSE, self.identity)
        self._reader.open(self.settings)

    def status(self) -> dict[str, Any]:
        """Return what the reader is called, and whether a card is there."""
        return {"reader": self._reader.name, "card": self._reader.has_card()}

    def selftest(self) -> list[dict[str, Any]]:
        """Check service and reader."""
        return [
            {"check": "pcsc_service", "passed": True, "detail": f"reader: {self._reader.name}"},
            {"check": "reader", "passed": True, "detail": "card" if self._reader.has_card() else "no card"},
        ]

    def find_card(self) -> bool:
        """Return whether a card lies on, or stands in, the reader."""
        return self._reader.has_card()

    def read(self, cancel: threading.Event) -> dict[str, Any]:
        """Read the card within one transaction."""
        with self._reader.card(cancel) as card:
            name, values = read_application(card)
            return card_record(name, values, is_contactless=card.is_contactless)

    def close(self) -> None:
        """Let the service go."""
        self._reader.close()
