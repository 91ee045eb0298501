"""The scanner's ID card reader: its service gives the card's text, and the chip's photo already decoded."""

from __future__ import annotations

import threading
import time
from typing import Any

from teller_assist_sdk import DeviceProblem, IdCardReader

from .addresses import HTTP, identity_of, service_address
from .answers import Answer
from .card_record import card_record
from .http_service import HttpService
from .service import check

_COMMAND = "card=idcard"
_FRESH_S = 5.0
_QUICK_S = 1.0
_NEVER = threading.Event()


class ServiceCardReader(IdCardReader):
    """Reads a card through the HTTP service; the other protocol has no cards."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._found: Answer | None = None
        self._found_s = 0.0
        self._reads = 0

    @classmethod
    def devices(cls, settings: dict[str, Any]) -> list[dict[str, str]] | None:
        """Return the reader, while the service is there."""
        if settings["protocol"] != HTTP:
            return None  # opening it says why not
        identity = identity_of(settings, "card reader")
        return [{"identity": identity, "name": f"{HTTP}, card reader"}] if _answers(settings) else []

    def open(self) -> None:
        """Hear from the service."""
        if self.settings["protocol"] != HTTP:
            raise DeviceProblem("plugin_failed", "only the service http_38088 reads cards")
        self._service = HttpService(self.settings)
        self._service.ask("video=status", {}, self._limit_s(), _NEVER)

    def status(self) -> dict[str, Any]:
        """Return where the service is."""
        return {"protocol": HTTP, "port": service_address(self.settings)[1], "reads": self._reads}

    def selftest(self) -> list[dict[str, Any]]:
        """Check that the service answers, and what it says where it is asked for a card; nothing of a card is told."""
        host, port = service_address(self.settings)
        kind = self._service.ask("device=getequipmenttype", {}, _QUICK_S, _NEVER).word("data")
        answer = self._service.ask(_COMMAND, {}, self._limit_s(), _NEVER)
        said = "a card was read" if answer.is_done else f"code {answer.code}: no card, or no reader"
        return [
            check("service", True, f"HTTP, {host} port {port}"),
            check("type", True, kind or "not told"),
            check("card", True, said),
        ]

    def find_card(self) -> bool:
        """Return whether a card lies there. The service has no other way to tell than to read it; that is kept for ``read``."""
        self._found = None
        answer = self._service.ask(_COMMAND, {}, self._limit_s(), _NEVER)
        if answer.is_done:
            self._found, self._found_s = answer, time.monotonic()
        return answer.is_done

    def read(self, cancel: threading.Event) -> dict[str, Any]:
        """Return the card that was found a moment ago, or read the one that lies there now."""
        found, self._found = self._found, None
        if found is None or time.monotonic() - self._found_s > _FRESH_S:
            found = self._service.ask(_COMMAND, {}, self._limit_s(), cancel)
        if not found.is_done:
            raise DeviceProblem("card_removed", f"{_COMMAND}: code {found.code}")
        record = card_record(found)
        self._reads += 1
        return record

    def close(self) -> None:
        """Forget what was found."""
        self._found = None

    def _limit_s(self) -> float:
        return float(self.settings["command_timeout_s"])


def _answers(settings: dict[str, Any]) -> bool:
    try:
        HttpService(settings).ask("video=status", {}, _QUICK_S, _NEVER)
    except DeviceProblem as problem:
        return problem.code != "device_missing"  # as for a lens
    return True
