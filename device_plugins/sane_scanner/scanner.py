"""A scanner that speaks SANE, as a document scanner of the counter."""

from __future__ import annotations

import threading
from typing import Any

from teller_assist_sdk import DeviceProblem, DocumentScanner

from .library import SaneLibrary
from .listing import ListedScanner
from .options import apply
from .page import PageScan, as_jpeg, judged_size
from .problems import may_be_lost, problem_while_scanning, sane_errors, status_of

_LIBRARY = SaneLibrary()  # SANE has one state in a process
_MM_PER_INCH = 25.4
_UNIT_MM = 3  # SANE Standard 1.06, 4.2.9.5


class SaneScanner(DocumentScanner):
    """Scans one page when asked. Between two scans the scanner stays open, unless it may be lost."""

    _handle: Any = None
    _scanner: ListedScanner
    _dpi = 0.0
    _size_px = (0, 0)

    @classmethod
    def devices(cls, settings: dict[str, Any]) -> list[dict[str, str]]:
        """List the scanners that the settings allow."""
        return [scanner.told() for scanner in _LIBRARY.scanners(settings)]

    def open(self) -> None:
        """Open the scanner and set what a scan is to be."""
        self._scanner, self._handle = _LIBRARY.open(self.settings, self.identity)
        try:
            apply(self._handle, self.settings)
            self._size_px = judged_size(self._handle)
            self._dpi = resolution_dpi(self._handle)
        except DeviceProblem:
            self._let_go()
            raise
        except sane_errors() as error:
            self._let_go()
            raise problem_while_scanning(error) from error

    def status(self) -> dict[str, Any]:
        """Return which scanner it is and what it scans; asks the scanner nothing."""
        words = {"name": self._scanner.name, "vendor": self._scanner.vendor, "model": self._scanner.model}
        return {**words, "type": self._scanner.kind, "dpi": self._dpi, "sane": _LIBRARY.version}

    def selftest(self) -> list[dict[str, Any]]:
        """Check that the scanner is there and takes the settings; scans nothing, a feeder would draw the page in."""
        handle = self._opened()
        listed = _LIBRARY.scanners(self.settings)
        there = "; ".join(f"{one.identity} = {one.name}" for one in listed)
        width, height = self._size_px
        lines = [
            ("library", True, f"SANE {_LIBRARY.version}"),
            ("listed", any(one.identity == self.identity for one in listed), there),
            ("page", True, f"{width}x{height} pixels, {self._dpi:g} dpi"),
        ]
        lines += [(name, True, f"{getattr(handle, name)} of {handle[name].constraint}") for name in _words_of(handle)]
        return [{"check": check, "passed": passed, "detail": detail} for check, passed, detail in lines]

    def scan(self, cancel: threading.Event) -> dict[str, Any]:
        """Return one page."""
        handle = self._opened()
        try:
            picture = PageScan(handle, cancel).run()
        except sane_errors() as error:
            raise self._judged(error) from error
        return {"picture": {"format": "jpeg", "data": as_jpeg(picture, self._dpi)}, "dpi": self._dpi}

    def close(self) -> None:
        """Let the scanner go, and SANE with it."""
        self._let_go()
        _LIBRARY.end()

    def _opened(self) -> Any:
        if self._handle is None:
            self.open()
        return self._handle

    def _let_go(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            _LIBRARY.release(handle)

    def _judged(self, error: Exception) -> DeviceProblem:
        """Return the problem of a scan; after an error that may mean so, look whether the scanner is still there."""
        if may_be_lost(error):
            self._let_go()
            if self.identity not in {one.identity for one in _LIBRARY.scanners(self.settings)}:
                return DeviceProblem("device_missing", f"scan: {status_of(error)}; SANE lists it no more")
        return problem_while_scanning(error)


def resolution_dpi(handle: Any) -> float:
    """Return the resolution that a scan will have, which need not be the one that was asked for.

    Raises
    ------
    DeviceProblem
        plugin_failed: the scanner tells neither resolution nor measures.
    """
    option = handle.opt.get("resolution")
    if option is not None and option.is_active():
        return round(float(handle.resolution), 2)
    if "br_x" in handle.opt and handle["br_x"].unit == _UNIT_MM and handle.br_x > handle.tl_x:
        return round(float(judged_size(handle)[0] / (handle.br_x - handle.tl_x) * _MM_PER_INCH), 2)
    raise DeviceProblem("plugin_failed", "neither resolution nor measures are told")


def _words_of(handle: Any) -> list[str]:
    return [name for name in ("mode", "source") if name in handle.opt and handle[name].is_active()]
