"""The reader of chip passports and travel permits: a document lies on it from a set moment until the process ends."""

from __future__ import annotations

import datetime
import threading
import tomllib
from pathlib import Path
from typing import Any

from teller_assist_sdk import DeviceProblem, TravelDocumentReader

from .lying_card import LyingCard

DOCUMENT_FILE, PORTRAIT_FILE = "passport.toml", "passport.jpg"
_TEXTS = ("document_type", "issuing_state", "nationality", "number", "primary_identifier", "secondary_identifier", "sex")
_CHECKS = {"data_groups": "passed", "signature": "passed", "issuer": "not_checked"}
# Which check fails by which fault.
_FORGED = {"document_altered": "data_groups", "document_forged": "signature", "issuer_unknown": "issuer"}


class SimulatedTravelDocumentReader(TravelDocumentReader):
    """Reads the chip of one customer's passport or travel permit."""

    def open(self) -> None:
        """Connect to the reader."""
        self._folder = Path(self.settings["folder"])
        self._document = LyingCard(self.settings, (self._folder / DOCUMENT_FILE).is_file)

    def status(self) -> dict[str, Any]:
        """Return whether a document lies there."""
        return {"card_present": self._document.is_there()}

    def selftest(self) -> list[dict[str, Any]]:
        """Check that the reader answers; a customer without a passport is no fault of it."""
        self._document.faults.strike()
        there = (self._folder / DOCUMENT_FILE).is_file()
        return [{"check": "document_data", "passed": True, "detail": f"{DOCUMENT_FILE} {'found' if there else 'not filed'}"}]

    def find_card(self) -> bool:
        """Return whether a document lies there."""
        return self._document.is_there()

    def read(self, cancel: threading.Event, access: dict[str, str]) -> dict[str, Any]:
        """Return the document's record, as slowly as a real reader, where the chip opens."""
        self._document.be_there()
        record = _record(self._folder)
        if access != _opened_by(record):
            raise DeviceProblem("access_refused", "mutual authentication refused")
        self._document.take_time(cancel, "the file system ends early")
        for fault, check in _FORGED.items():
            if self._document.faults.due(fault):
                record["checks"][check] = "failed"
        return record


def _record(folder: Path) -> dict[str, Any]:
    """Return the record as the SDK describes it; raises DeviceProblem card_unreadable where the files are absent or malformed."""
    try:
        told = tomllib.loads((folder / DOCUMENT_FILE).read_text(encoding="utf-8"))
        born, valid_until = told.get("birth_date", ""), told["valid_until"]
        return {
            **{name: str(told[name]) for name in _TEXTS},
            "birth_date": born if born == "" else _day(born).isoformat(),
            "valid_until": _day(valid_until).isoformat(),
            "optional_data": str(told.get("optional_data", "")),
            "portrait": {"format": "jpeg", "data": (folder / PORTRAIT_FILE).read_bytes(), "orientation_known": True},
            "access_by": "bac",
            "checks": {**_CHECKS, **told.get("checks", {})},
        }
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DeviceProblem("card_unreadable", type(error).__name__) from error


def _day(value: object) -> datetime.date:
    if type(value) is not datetime.date:
        raise ValueError("no date")
    return value


def _opened_by(record: dict[str, Any]) -> dict[str, str]:
    """Return what opens the chip: three items of its zone, years as two digits; an open birth date stands there as fillers."""
    born = record["birth_date"]
    return {
        "document_number": record["number"],
        "birth_date": "<<<<<<" if born == "" else f"{datetime.date.fromisoformat(born):%y%m%d}",
        "expiry_date": f"{datetime.date.fromisoformat(record['valid_until']):%y%m%d}",
    }
