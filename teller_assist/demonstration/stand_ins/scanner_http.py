"""A scanner's local HTTP service that is a program: commands by path, JSON answers, moving pictures as multipart MJPEG.

A lens is open while somebody looks at its pictures; only then a still is taken.
"""

from __future__ import annotations

import base64
import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from teller_assist.demonstration.stand_ins.cut_server import LOOK_S, CutServer, cut
from teller_assist.demonstration.stand_ins.scanner_card import CardFields
from teller_assist.demonstration.stand_ins.scanner_faults import ScannerFault
from teller_assist.demonstration.stand_ins.scanner_pages import ScannerPages

HUGE_BYTES = 20_000_000
_FRAMES_PER_S, _SLOW_FRAMES_PER_S = 25.0, 2.0
_SLOW_ANSWER_S = 1.5
_STREAM = "video=stream"
_SIZES = "2592*1944|1600*1200|1024*768"
_ELSEWHERE = "http://scanner.invalid/"

Told = dict[str, Any]
_UNKNOWN: Told = {"code": "2", "message": "unknown"}


class ScannerHttp:
    """Listens from the moment it is made; ``serve`` answers until ``close``.

    Parameters
    ----------
    port
        0 to 65535; 0: a free one.
    card
        What lies on its card reader.
    fault
        What is wrong; may be set while it runs.
    fault_after_s
        When that begins, from the start of the service; of the pictures' faults: from the start of each connection.

    Attributes
    ----------
    asked
        Every command and its body so far.

    Raises
    ------
    ResourceError
        "address_in_use".
    """

    def __init__(
        self,
        port: int,
        pages: ScannerPages,
        card: CardFields,
        *,
        fault: ScannerFault = ScannerFault.NONE,
        fault_after_s: float = 0.0,
    ) -> None:
        self.pages, self.card = pages, card
        self.fault, self.fault_after_s = fault, fault_after_s
        self.began_s = time.monotonic()
        self.looked_at: Counter[int] = Counter()
        self.asked: list[tuple[str, Told]] = []
        self._server = _Server(self, port)
        self.closing = self._server.closing
        self.port = int(self._server.server_address[1])

    def serve(self) -> None:
        """Answer until ``close`` is called in another thread, or an interrupt ends it; no connection outlives it."""
        with contextlib.suppress(_GoneError):
            self._server.serve()

    def close(self) -> None:
        """End the service and cut every connection; only once ``serve`` runs."""
        self._server.close()

    def is_due(self, fault: ScannerFault, since_s: float | None = None) -> bool:
        """Return whether a fault is switched on and has begun."""
        began_s = self.began_s if since_s is None else since_s
        return self.fault is fault and time.monotonic() - began_s >= self.fault_after_s

    def hang(self, fault: ScannerFault) -> None:
        """Return once a fault is over, or the service ends."""
        while self.is_due(fault) and not self.closing.wait(LOOK_S):
            pass


class _GoneError(Exception):
    """The service ends by itself."""


class _Server(CutServer):
    def __init__(self, scanner: ScannerHttp, port: int) -> None:
        self.scanner = scanner
        super().__init__(port, _Answer)

    def service_actions(self) -> None:
        """Look whether the service is to end by itself."""
        if self.scanner.is_due(ScannerFault.SERVICE_GONE):
            raise _GoneError


class _Answer(BaseHTTPRequestHandler):
    server: _Server
    server_version, sys_version = "stand-in", ""
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged: standard error belongs to the command, and what is asked for is a person's card."""

    def do_GET(self) -> None:
        """Show the pictures of a lens: ``/video=stream&camidx=0``; what follows a question mark is there against caches."""
        named = dict(part.partition("=")[::2] for part in self.path.strip("/?").split("?")[0].split("&"))
        lens = named.get("camidx", "0")
        if self._is_kept_away():
            return
        if named.get("video") != "stream" or lens not in map(str, range(self.server.scanner.pages.count)):
            self._tell(_UNKNOWN)
        elif self._does(ScannerFault.BUSY) or self._does(ScannerFault.LENS_UNPLUGGED):
            self._tell({"code": "1", "message": "open camera failed"})
        else:
            self._show(int(lens))

    def do_POST(self) -> None:
        """Obey a command."""
        scanner, command = self.server.scanner, self.path.strip("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._is_kept_away():
            return
        if self._does(ScannerFault.SLOW):
            scanner.closing.wait(_SLOW_ANSWER_S)
        try:
            told = json.loads(body)
        except ValueError:
            self._send("text/xml", b"<error/>")  # as services are said to do
            return
        scanner.asked.append((command, told))
        if self._does(ScannerFault.WRONG_JSON):
            self._send("application/json", b'{"code":"0",')
        elif command == "video=grabimage":
            self._grab(told)
        else:
            self._tell(_ANSWERS[command](scanner, told) if command in _ANSWERS else _UNKNOWN)

    def _does(self, fault: ScannerFault) -> bool:
        return self.server.scanner.is_due(fault)

    def _is_kept_away(self) -> bool:
        """Do what a service does that answers nothing."""
        scanner = self.server.scanner
        if self._does(ScannerFault.SILENT):
            scanner.hang(ScannerFault.SILENT)
        elif self._does(ScannerFault.REFUSED):
            self.send_error(503)
        elif self._does(ScannerFault.REDIRECT):
            self.send_response(307)
            self.send_header("Location", _ELSEWHERE)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            return False
        self.close_connection = True
        return True

    def _tell(self, told: Told) -> None:
        self._send("application/json; charset=utf-8", json.dumps(told, ensure_ascii=False).encode("utf-8"))

    def _send(self, media_type: str, body: bytes) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # the client is gone
            self.wfile.write(body)

    def _grab(self, told: Told) -> None:
        scanner, lens = self.server.scanner, int(told.get("camidx", "0"))
        if scanner.looked_at[lens] == 0:
            self._tell({"code": "1", "message": "camera not open"})
            return
        if self._does(ScannerFault.STILL_UNANSWERED):
            scanner.hang(ScannerFault.STILL_UNANSWERED)
            return
        self._tell({"code": "0", "message": "ok", "photoBase64": spoilt_still(scanner.pages.still(lens), scanner.is_due)})

    def _show(self, lens: int) -> None:
        scanner = self.server.scanner
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.send_header("Connection", "close")
        self.end_headers()
        scanner.looked_at[lens] += 1
        try:
            with contextlib.suppress(OSError):  # the viewer is gone
                self._play(scanner, lens)
        finally:
            scanner.looked_at[lens] -= 1

    def _play(self, scanner: ScannerHttp, lens: int) -> None:
        began_s, number = time.monotonic(), 0
        while not self._does(ScannerFault.LENS_UNPLUGGED):
            pace = _SLOW_FRAMES_PER_S if self._does(ScannerFault.SLOW) else _FRAMES_PER_S
            if scanner.closing.wait(1 / pace):
                return
            if scanner.is_due(ScannerFault.STALLED_STREAM, began_s):
                continue
            jpeg = scanner.pages.moving(lens, number)
            number += 1
            part = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg) + jpeg + b"\r\n"
            if scanner.is_due(ScannerFault.CUT, began_s):
                self.wfile.write(part[: len(part) // 2])
                cut(self.connection)
                return
            self.wfile.write(part)


def _status(scanner: ScannerHttp, _told: Told) -> Told:
    states = {}
    for lens in range(2):
        is_there = lens < scanner.pages.count and not scanner.is_due(ScannerFault.LENS_UNPLUGGED)
        states[f"video{lens}"] = ("run" if scanner.looked_at[lens] else "ok") if is_there else "no"
    return {"code": "0", **states}


def _card(scanner: ScannerHttp, _told: Told) -> Told:
    if scanner.is_due(ScannerFault.CARD_ABSENT):
        return {"code": "1", "message": "read failed"}
    unknown = {"sex": "?", "sexCode": "7", "birthday": "0315/90"} if scanner.is_due(ScannerFault.CARD_UNKNOWN) else {}
    return {"code": "0", "message": "ok", "IDCardInfo": {**scanner.card, **unknown}}


_ANSWERS: dict[str, Callable[[ScannerHttp, Told], Told]] = {
    "video=status": _status,
    "video=close": lambda _, __: {"code": "0", "message": "ok"},
    "device=getresolution": lambda _, __: {"code": "0", "data": _SIZES},
    "device=getequipmenttype": lambda _, __: {"code": "0", "data": "STAND-IN"},
    "card=idcard": _card,
}


def spoilt_still(jpeg: bytes, is_due: Callable[[ScannerFault], bool]) -> str:
    """Return a still as base64, spoilt as the faults want it."""
    if is_due(ScannerFault.HUGE_ANSWER):
        return "A" * HUGE_BYTES
    if is_due(ScannerFault.NOT_A_JPEG):
        return base64.b64encode(b"GIF89a" + jpeg[6:200]).decode("ascii")
    text = base64.b64encode(jpeg).decode("ascii")
    return text[:400] + "*" + text[400:] if is_due(ScannerFault.BAD_BASE64) else text
