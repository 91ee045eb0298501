"""The scanner as the product sees it: stills, and previews of what lies under the lens."""

from __future__ import annotations

import threading
import time
from typing import Any

from teller_assist_sdk import DeviceProblem, DocumentScanner

from .addresses import HTTP, identity_of, service_address
from .http_service import HttpService
from .jpeg import preview_of
from .service import ScannerService, check
from .stream import PictureStream
from .websocket_service import WebSocketService

_PARTING_S = 0.3
_REOPENING_S = 2.0
_STILL_CHECK_S = 6.0
_NEVER = threading.Event()


class ServiceScanner(DocumentScanner):
    """One lens of a document camera, through its maker's service on this machine."""

    @classmethod
    def devices(cls, settings: dict[str, Any]) -> list[dict[str, str]]:
        """Return the lens, while the service is there and does not say that it is unplugged."""
        identity = identity_of(settings, f"lens {settings['lens']}")
        name = f"{settings['protocol']}, {settings['lens']} lens"
        return [{"identity": identity, "name": name}] if service_of(settings).has_lens() else []

    def open(self) -> None:
        """Open the lens and wait for its first picture: before that, a service takes no still."""
        self.previews = bool(self.settings["previews"])
        self._service = service_of(self.settings)
        self._stream: PictureStream[Any] = PictureStream(self._service.opened)
        try:
            self._stream.picture_after(0, float(self.settings["open_timeout_s"]), _NEVER)
        except DeviceProblem:
            self._stream.close(_PARTING_S)
            raise

    def status(self) -> dict[str, Any]:
        """Return where the service is, whether pictures come, and how often they were opened."""
        return {
            "protocol": self.settings["protocol"],
            "port": service_address(self.settings)[1],
            "lens": self.settings["lens"],
            "live": self._stream.is_live(float(self.settings["silence_s"])),
            "pictures": self._stream.taken,
            "connections": self._stream.connections,
        }

    def selftest(self) -> list[dict[str, Any]]:
        """Return what the service says about itself, and take a preview and a still."""
        lines = self._service.checks()
        width, height, _ = self.preview(_NEVER)
        lines.append(check("preview", True, f"{width}x{height} px"))
        began_s = time.monotonic()
        try:
            content = self._service.still(self._stream, self._limit_s(), _NEVER)
        except DeviceProblem as problem:
            return [*lines, check("still", False, problem.hint)]
        took_s = time.monotonic() - began_s
        return [*lines, check("still", took_s <= _STILL_CHECK_S, f"{len(content)} bytes in {took_s:.2f} s")]

    def scan(self, cancel: threading.Event) -> dict[str, Any]:
        """Take a still."""
        content = self._service.still(self._stream, self._limit_s(), cancel)
        return {"picture": {"format": "jpeg", "data": content}, "dpi": self.settings["dpi"]}

    def preview(self, cancel: threading.Event) -> tuple[int, int, bytes]:
        """Return the lens's next picture, made small; a lens that fell silent is waited for while it is opened again."""
        limit_s = float(self.settings["silence_s"]) + _REOPENING_S
        _, content = self._stream.picture_after(self._stream.taken, limit_s, cancel)
        return preview_of(content)

    def close(self) -> None:
        """Let the lens go."""
        self._stream.close(_PARTING_S)

    def _limit_s(self) -> float:
        return float(self.settings["command_timeout_s"])


def service_of(settings: dict[str, Any]) -> ScannerService:
    """Return what speaks the protocol that is set.

    Raises
    ------
    DeviceProblem
        plugin_failed: the settings do not fit each other.
    """
    if settings["protocol"] != HTTP:
        return WebSocketService(settings)
    if settings["resolution_index"] >= 0:
        raise DeviceProblem("plugin_failed", "resolution_index is for websocket_1818; set the resolution in the maker's program")
    return HttpService(settings)
