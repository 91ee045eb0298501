"""The reader as the product sees it: finds a travel document and reads it. What it says is never logged nor hinted at."""

from __future__ import annotations

import datetime
import threading
from typing import Any

from teller_assist_pcsc import SmartCardReader
from teller_assist_sdk import DeviceProblem, TravelDocumentReader

from .access import access_items
from .chip import SHORT_PIECE_BYTES, Chip
from .issuers import Issuers, read_issuers
from .record import read_record

PURPOSE = "travel_document"


class PcscTravelDocumentReader(TravelDocumentReader):
    """A contactless PC/SC reader for passports and travel permits."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._reader = SmartCardReader(PURPOSE, "")
        self._issuers = Issuers({})

    @classmethod
    def devices(cls, settings: dict[str, Any]) -> list[dict[str, str]]:
        """Return the readers that the settings allow."""
        return SmartCardReader.listed(PURPOSE, settings)

    def open(self) -> None:
        """See that the reader is there, and read the bank's certificates; the document is reached anew for each read."""
        try:
            self._issuers = read_issuers(str(self.settings["csca_folder"]))
        except OSError as error:
            raise DeviceProblem("plugin_failed", f"csca_folder: {type(error).__name__}") from None
        self._reader = SmartCardReader(PURPOSE, self.identity)
        self._reader.open(self.settings)

    def status(self) -> dict[str, Any]:
        """Return what the reader is called, whether something lies there, and how many certificates are kept."""
        return {"reader": self._reader.name, "card": self._reader.has_card(), "issuers": self._issuers.count}

    def selftest(self) -> list[dict[str, Any]]:
        """Check service, reader and certificates."""
        issuers = self._issuers
        kept = (
            f"{issuers.count} of {len(issuers.by_country)} states" if self.settings["csca_folder"] else "no folder: not checked"
        )
        refused = "; no such certificate: " + ", ".join(issuers.refused) if issuers.refused else ""
        return [
            {"check": "pcsc_service", "passed": True, "detail": f"reader: {self._reader.name}"},
            {"check": "reader", "passed": True, "detail": "card" if self._reader.has_card() else "no card"},
            {"check": "csca", "passed": not issuers.refused, "detail": kept + refused},
        ]

    def find_card(self) -> bool:
        """Return whether something lies on the reader."""
        return self._reader.has_card()

    def read(self, cancel: threading.Event, access: dict[str, str]) -> dict[str, Any]:
        """Read the document within one transaction."""
        items = access_items(access)
        with self._reader.card(cancel) as card:
            chip = Chip(card, int(self.settings["piece_bytes"]) if card.protocol == 1 else SHORT_PIECE_BYTES)
            return read_record(chip, items, self._issuers, datetime.date.today())

    def close(self) -> None:
        """Let the service go."""
        self._reader.close()
