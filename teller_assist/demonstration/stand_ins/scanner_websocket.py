"""A scanner's local WebSocket service that is a program: text commands, pictures as bare base64, answers in Begin and End."""

from __future__ import annotations

import base64
import contextlib
import logging
import re
import socket
import threading
import time
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from websockets.exceptions import WebSocketException
from websockets.sync.server import ServerConnection, serve

from teller_assist.demonstration.stand_ins.cut_server import HOST, LOOK_S, cut
from teller_assist.demonstration.stand_ins.scanner_faults import ScannerFault
from teller_assist.demonstration.stand_ins.scanner_http import spoilt_still
from teller_assist.demonstration.stand_ins.scanner_pages import ScannerPages
from teller_assist.errors import ResourceError

if TYPE_CHECKING:
    from websockets.http11 import Request, Response

_FRAMES_PER_S, _SLOW_FRAMES_PER_S = 25.0, 2.0
_SLOW_ANSWER_S = 1.5
_OPEN_S = 2.0
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,39}")
_STARTS = {"bStartPlay": 0, "bStartPlayRotate": 0, "bStartPlay2": 1}
_STILLS = ("bSaveJPGEx", "sGetBase64")
_DONE_AT_ONCE = ("vSetResolution", "bSetMode", "vSetSkewFlag")
_ELSEWHERE = "ws://scanner.invalid/"


class ScannerWebSocket:
    """Listens from the moment it is made; ``serve`` answers until ``close``. Parameters and errors as ``ScannerHttp``."""

    def __init__(
        self, port: int, pages: ScannerPages, *, fault: ScannerFault = ScannerFault.NONE, fault_after_s: float = 0.0
    ) -> None:
        self.pages = pages
        self.fault, self.fault_after_s = fault, fault_after_s
        self.began_s = time.monotonic()
        self.closing = threading.Event()
        self.asked: list[str] = []
        self._sockets: WeakSet[socket.socket] = WeakSet()
        silent = logging.Logger("stand-in")  # what a client does is no concern of the program's log
        silent.disabled = True
        try:
            self._server = serve(
                self._attend,
                HOST,
                port,
                process_request=self._kept_away,
                compression=None,
                ping_interval=None,
                open_timeout=_OPEN_S,
                close_timeout=LOOK_S,
                create_connection=self._known_connections(),
                logger=silent,
            )
        except OSError as error:
            raise ResourceError("address_in_use", port=port) from error
        self.port = int(self._server.socket.getsockname()[1])

    def serve(self) -> None:
        """Answer until ``close`` is called in another thread, or an interrupt ends it; no connection outlives it."""
        threading.Thread(target=self._go_when_due, name="fault").start()
        try:
            self._server.serve_forever()
        finally:
            self.close()

    def close(self) -> None:
        """End the service and cut every connection; may be called twice."""
        self.closing.set()
        for connection in list(self._sockets):
            cut(connection)
        self._server.shutdown()

    def is_due(self, fault: ScannerFault, since_s: float | None = None) -> bool:
        """Return whether a fault is switched on and has begun."""
        began_s = self.began_s if since_s is None else since_s
        return self.fault is fault and time.monotonic() - began_s >= self.fault_after_s

    def _go_when_due(self) -> None:
        while not self.closing.wait(LOOK_S):
            if self.is_due(ScannerFault.SERVICE_GONE):
                self.close()

    def _kept_away(self, connection: ServerConnection, _request: Request) -> Response | None:
        """Do what a service does that answers nothing, before the handshake."""
        while self.is_due(ScannerFault.SILENT) and not self.closing.wait(LOOK_S):
            pass
        if self.is_due(ScannerFault.REDIRECT):
            response = connection.respond(307, "")
            response.headers["Location"] = _ELSEWHERE
            return response
        return connection.respond(503, "") if self.is_due(ScannerFault.REFUSED) else None

    def _attend(self, connection: ServerConnection) -> None:
        with contextlib.suppress(WebSocketException, OSError):  # the client is gone
            _Client(self, connection).attend()

    def _known_connections(self) -> type[ServerConnection]:
        """Return the class of the connections: each is known before its handshake, so that one that never asks is cut, too."""
        sockets, closing = self._sockets, self.closing

        class Connection(ServerConnection):
            def __init__(self, own: socket.socket, *others: Any, **named: Any) -> None:
                sockets.add(own)
                if closing.is_set():
                    cut(own)
                super().__init__(own, *others, **named)

        return Connection


class _Client:
    """One connection: commands are obeyed as they come, and a picture is sent when it is due."""

    def __init__(self, scanner: ScannerWebSocket, connection: ServerConnection) -> None:
        self._scanner, self._connection = scanner, connection
        self._lens: int | None = None
        self._began_s = time.monotonic()
        self._number = 0

    def attend(self) -> None:
        """Serve until one of both ends it."""
        due_s = time.monotonic()
        while not self._scanner.closing.is_set():
            try:
                command = self._connection.recv(timeout=max(0.0, due_s - time.monotonic()))
            except TimeoutError:
                slow = self._scanner.is_due(ScannerFault.SLOW)
                due_s = time.monotonic() + 1 / (_SLOW_FRAMES_PER_S if slow else _FRAMES_PER_S)
                self._show()
            else:
                self._obey(command if isinstance(command, str) else "")

    def _show(self) -> None:
        scanner = self._scanner
        if self._lens is None or scanner.is_due(ScannerFault.STALLED_STREAM, self._began_s):
            return
        text = base64.b64encode(scanner.pages.moving(self._lens, self._number)).decode("ascii")
        self._number += 1
        if scanner.is_due(ScannerFault.CUT, self._began_s):
            cut(self._connection.socket)
        if scanner.is_due(ScannerFault.WRONG_MESSAGES):
            self._connection.send("BarCodeTransferBegin12345BarCodeTransferEnd")
            self._connection.send(b"\xff\xd8\xff")
        self._connection.send(text)

    def _obey(self, command: str) -> None:
        scanner = self._scanner
        scanner.asked.append(command)
        found = _NAME.match(command)
        name = found.group() if found else ""
        if scanner.is_due(ScannerFault.SLOW):
            scanner.closing.wait(_SLOW_ANSWER_S)
        if name in _STARTS:
            is_open = not scanner.is_due(ScannerFault.BUSY)
            self._lens = _STARTS[name] if is_open else None
            self._answer(name, "true" if is_open else "false")
        elif name in _STILLS and not scanner.is_due(ScannerFault.STILL_UNANSWERED):
            lens = self._lens
            self._answer(name, "false" if lens is None else spoilt_still(scanner.pages.still(lens), scanner.is_due))
        elif name == "bStopPlay":
            self._lens = None
            self._answer(name, "true")
        elif name in _DONE_AT_ONCE:
            self._answer(name, "true")

    def _answer(self, name: str, value: str) -> None:
        self._connection.send(f"Begin{name}{value}End{name}")
