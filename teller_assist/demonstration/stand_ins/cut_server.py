"""An HTTP server of a stand-in, which ends as a device does whose plug is pulled: every connection is cut, no thread remains."""

from __future__ import annotations

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from teller_assist.errors import ResourceError

HOST = "127.0.0.1"
LOOK_S = 0.05


class CutServer(ThreadingHTTPServer):
    """Listens on this machine from the moment it is made; ``serve`` answers until ``close``.

    Parameters
    ----------
    port
        0 to 65535; 0: a free one.

    Raises
    ------
    ResourceError
        "address_in_use".
    """

    daemon_threads = False  # the interpreter would end while one of them is inside OpenCV, which aborts the program

    def __init__(self, port: int, answer: type[BaseHTTPRequestHandler]) -> None:
        self.closing = threading.Event()
        self._connections: set[socket.socket] = set()
        self._going = threading.Lock()
        try:
            super().__init__((HOST, port), answer)
        except OSError as error:
            raise ResourceError("address_in_use", port=port) from error

    def serve(self) -> None:
        """Answer until ``close`` is called in another thread, or an interrupt ends it; no connection outlives it."""
        try:
            self.serve_forever(LOOK_S)
        finally:
            self._let_go()

    def close(self) -> None:
        """Let the address go and cut every connection; only once ``serve`` runs."""
        self.closing.set()
        self.shutdown()
        self._let_go()

    def process_request(self, request: Any, client_address: object) -> None:
        """Know the connection before its thread begins: also one that never asks for anything is to be cut."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def close_request(self, request: Any) -> None:
        """Forget a connection that has ended."""
        self._connections.discard(request)
        super().close_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error."""

    def _let_go(self) -> None:
        self.closing.set()
        with self._going:  # whoever comes second waits as well
            for connection in list(self._connections):
                cut(connection)
            self.server_close()  # waits for the threads that answer


def cut(connection: socket.socket) -> None:
    """End a connection that another thread may be using."""
    with contextlib.suppress(OSError):  # it ended by itself
        connection.shutdown(socket.SHUT_RDWR)
