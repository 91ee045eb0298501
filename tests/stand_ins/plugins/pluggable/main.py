"""A plugin whose devices are plugged in and out by a test: each file of a folder is a port, its text the serial number there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from teller_assist_sdk import Camera, Device, DeviceProblem, IdCardReader

from .sight import what_is_seen


class Plugged(Device):
    """Finds its device by the serial number, at whatever port it is now."""

    @classmethod
    def devices(cls, settings: dict[str, Any]) -> Any:
        if settings["lists"] == "nonsense":
            return [{"identity": 7}]
        found = [{"identity": port.read_text(), "name": f"reader at {port.name}"} for port in Path(settings["bus"]).iterdir()]
        return found * 2 if settings["lists"] == "twice" else found

    def open(self) -> None:
        self.check()

    def check(self) -> None:
        """Raise where the device is not at any port."""
        if self.identity not in [one["identity"] for one in self.devices(self.settings)]:
            raise DeviceProblem("device_missing", "no answer")

    def status(self) -> dict[str, Any]:
        return {"device": self.identity, "seen": what_is_seen(self.settings["port"])}

    def selftest(self) -> list[dict[str, Any]]:
        return [{"check": "there", "passed": True, "detail": ""}]


class Reader(Plugged, IdCardReader):
    """Reads nothing, but notices when it is gone."""

    def find_card(self) -> bool:
        self.check()
        return True

    def read(self, cancel: threading.Event) -> Any:
        while not cancel.wait(0.01):
            self.check()
        raise DeviceProblem("device_timeout", "told to stop")


class PluggedCamera(Plugged, Camera):
    """Plays black frames until it is gone."""

    def frames(self, stop: threading.Event) -> Iterator[tuple[int, int, Any]]:
        while not stop.wait(0.02):
            self.check()
            yield 64, 48, bytes(64 * 48 * 3)


DEVICES = {"camera": PluggedCamera, "id_card_reader": Reader}
