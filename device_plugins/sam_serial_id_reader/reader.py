"""The reader as the product sees it: finds a card and reads it once; a reader that was pulled out is found again by the host."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from teller_assist_sdk import DeviceProblem, IdCardReader

from .commands import NO_CARD, NOT_SELECTED, RETRIED, CorruptedError, RefusedError
from .photo import NoDecoder, PhotoDecoder, photo_decoder, portrait_of
from .port import Port
from .ports import fitting_ports, opened_port
from .record import card_record
from .sam import GivenUpError, SecurityModule
from .text_block import read_text, read_text_block

_LEAVES_PORT_OPEN = (RefusedError, CorruptedError, GivenUpError)


class SamSerialReader(IdCardReader):
    """A reader with a security module (SAM_V) on a serial line."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(settings)
        self._decoder: PhotoDecoder = NoDecoder()
        self._port: Port | None = None
        self._module: SecurityModule | None = None
        self._is_found = False

    @classmethod
    def devices(cls, settings: dict[str, Any]) -> list[dict[str, str]]:
        """Return the serial ports that the settings allow."""
        return [{"identity": port.identity, "name": port.place} for port in fitting_ports(settings)]

    def open(self) -> None:
        """Open the port and hear from the module."""
        self._decoder = photo_decoder(self.settings)
        with self._talking():
            pass

    def status(self) -> dict[str, Any]:
        """Return the port, the module's number and what decodes photos."""
        with self._talking() as module:
            module.check()
            return {
                "port": self.identity,
                "sam_id": module.sam_id(),
                "photo_decoder": self.settings["photo_decoder"],
            }

    def selftest(self) -> list[dict[str, Any]]:
        """Check module and photo decoder."""
        with self._talking() as module:
            module.check()
            number = module.sam_id()
        decoder = str(self.settings["photo_decoder"])
        return [
            {"check": "port", "passed": True, "detail": self.identity},
            {"check": "sam_self_test", "passed": True, "detail": "status 90"},
            {"check": "sam_id", "passed": True, "detail": number},
            {"check": "photo_decoder", "passed": not isinstance(self._decoder, NoDecoder), "detail": decoder},
        ]

    def find_card(self) -> bool:
        """Return whether a card lies there; the module hides one that was read until it is lifted."""
        with self._talking() as module:
            self._is_found = module.find()
        return self._is_found

    def read(self, cancel: threading.Event) -> dict[str, Any]:
        """Read the card, after a reset once more where that may help."""
        with self._talking() as module:
            try:
                blocks = self._read_once(module, cancel)
            except (RefusedError, CorruptedError) as error:
                if isinstance(error, RefusedError) and error.word not in RETRIED:
                    raise
                blocks = self._read_again(module, cancel, error)
        text, photo, newest_address = blocks
        return card_record(read_text_block(text), portrait_of(photo, self._decoder), read_text(newest_address))

    def close(self) -> None:
        """Let the port go."""
        port, self._port, self._module = self._port, None, None
        if port is not None:
            port.close()

    def _read_once(self, module: SecurityModule, cancel: threading.Event) -> tuple[bytes, bytes, bytes]:
        """Return text block, photo block and, where it is asked for, the newest address."""
        is_found, self._is_found = self._is_found, False
        if not is_found:
            self._find(module, cancel)
        try:
            module.select(cancel)
        except RefusedError as error:
            if error.word != NOT_SELECTED:
                raise
            self._find(module, cancel)  # it was moved since it was found
            module.select(cancel)
        text, photo = module.read(cancel)
        newest = module.newest_address(cancel) if self.settings["newest_address"] else b""
        return text, photo, newest

    def _read_again(self, module: SecurityModule, cancel: threading.Event, first: DeviceProblem) -> tuple[bytes, bytes, bytes]:
        module.reset(cancel)
        try:
            return self._read_once(module, cancel)
        except DeviceProblem as second:
            if isinstance(first, CorruptedError) and second.code == "card_removed":
                raise first from second  # it lies there still; the module counts it as read
            raise

    @staticmethod
    def _find(module: SecurityModule, cancel: threading.Event) -> None:
        if not module.find(cancel):
            raise DeviceProblem("card_removed", f"find: status {NO_CARD:02X}; no card, or one that was read and not lifted")

    @contextmanager
    def _talking(self) -> Iterator[SecurityModule]:
        """Give the module, opening the port where it is not; after silence the next call opens it anew."""
        try:
            yield self._module or self._connected()
        except _LEAVES_PORT_OPEN:
            raise
        except DeviceProblem as problem:
            if problem.code == "device_timeout":
                self._is_found = False
                self.close()
            raise

    def _connected(self) -> SecurityModule:
        self._port = Port(opened_port(self.settings, self.identity).place, int(self.settings["baud_rate"]))
        module = SecurityModule(self._port)
        try:
            module.check()
        except DeviceProblem as problem:
            self.close()
            if problem.code == "device_timeout":
                raise DeviceProblem("device_missing", "the port is there, the module does not answer") from problem
            raise
        self._module = module
        return module
