"""The ID card reader behind a vendor's library. The host locks the port that is set, and starts anew where the reader is gone."""

from __future__ import annotations

import struct
import sys
import threading
from typing import Any

from teller_assist_sdk import DeviceProblem, IdCardReader

from .cvr import CvrReader
from .ports import reader_identity
from .sdt import SdtReader

_INTERFACES = {"sdt": SdtReader, "cvr": CvrReader}


class VendorReader(IdCardReader):
    """Reads citizens' cards through the library that came with the reader."""

    @classmethod
    def devices(cls, settings: dict[str, Any]) -> list[dict[str, str]]:
        """Return the reader at the port that is set: no library tells its number, and whether it is there shows in opening."""
        identity = reader_identity(int(settings["port"]))
        return [{"identity": identity, "name": identity}]

    def open(self) -> None:
        """Load the library and open the reader."""
        self._connected = False
        self._reader: Any = _INTERFACES[self.settings["interface"]](self.settings)
        self._connect()

    def status(self) -> dict[str, Any]:
        """Return what runs: interface, the library's hash, the interpreter and its width."""
        return {
            "interface": self.settings["interface"],
            "reader": self.identity,
            "library_sha256": self._reader.library.sha256,
            "bits": struct.calcsize("P") * 8,
            "python": sys.version.split()[0],
        }

    def selftest(self) -> list[dict[str, Any]]:
        """Check library, reader and portrait decoder; no card is read."""
        library = self._reader.library
        lines = [_line("library", True, f"{library.bits} bit, sha256 {library.sha256}")]
        decoder = getattr(self._reader, "decoder", None)
        if decoder is not None:
            detail = f"{decoder.library.bits} bit, sha256 {decoder.library.sha256}"
            lines.append(_line("photo_library", True, detail))
        try:
            number = self._reader.check()
        except DeviceProblem as problem:
            return [*lines, _line("reader", False, problem.hint)]
        return [*lines, _line("reader", True, number or "opened")]

    def find_card(self) -> bool:
        """Return whether a card lies there that was not read yet."""
        return bool(self._asked(self._reader.find))

    def read(self, cancel: threading.Event) -> dict[str, Any]:
        """Return the card's record. A call into the library cannot be cancelled: the host ends the process."""
        if cancel.is_set():
            raise DeviceProblem("device_timeout", "given up")
        record: dict[str, Any] = self._asked(self._reader.read)
        return record

    def close(self) -> None:
        """Close the reader."""
        self._disconnect()

    def _asked(self, ask: Any) -> Any:
        """Ask the reader; one that was lost is opened again and asked once more: nobody else sees a plug pulled and put back."""
        try:
            return ask()
        except DeviceProblem as problem:
            if problem.code != "device_missing":
                raise
        self._disconnect()
        self._connect()
        return ask()

    def _connect(self) -> None:
        self._reader.connect()
        self._connected = True

    def _disconnect(self) -> None:
        if self._connected:
            self._connected = False
            self._reader.disconnect()


def _line(check: str, passed: bool, detail: str) -> dict[str, Any]:
    return {"check": check, "passed": passed, "detail": detail}
