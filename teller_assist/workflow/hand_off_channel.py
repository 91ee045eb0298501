"""The way from a program on this machine to the running station: loopback, one JSON line each way, a token per start.

The station writes port and token to a file that only its own user can read; a program that cannot read it is not heard.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from teller_assist.errors import HandOffError, KnownError, SessionError, UsageError
from teller_assist.settings.logs import Subject, logger_for

FILE = "hand_off.json"
HOST = "127.0.0.1"
_LINE_MOST_BYTES = 4096
_REST_MOST_BYTES = 1 << 20  # of a line that is too long
_PATIENCE_S = 2.0  # with one caller; the next one waits so long at most
_ANSWER_S = 10.0

Answer = Callable[[Mapping[str, str]], Mapping[str, Any]]


class HandOffServer:
    """Listens for as long as the station runs.

    Parameters
    ----------
    folder
        Gets the file with port and token; the caller made it private.
    answer
        Carries out one request, on the server's thread; a ``KnownError`` of it reaches the caller.

    Raises
    ------
    OSError
        No port, or the file cannot be written.
    """

    def __init__(self, folder: Path, answer: Answer) -> None:
        self._file = folder / FILE
        self._token = secrets.token_hex(32)
        self._answer = answer
        self._server = _Server((HOST, 0), self._handler())
        try:
            self._write()
        except OSError:
            self._server.server_close()
            raise
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="hand-off")
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop listening and take the file away, unless a later station has written its own; may be called twice."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        with suppress(OSError, ValueError):
            if json.loads(self._file.read_text(encoding="utf-8")).get("token") == self._token:
                self._file.unlink()

    def _write(self) -> None:
        content = json.dumps({"port": self.port, "token": self._token}).encode("utf-8")
        passing = self._file.with_suffix(".new")
        passing.unlink(missing_ok=True)
        handle = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        passing.replace(self._file)

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        answer_line = self._answer_line

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):  # who hangs up or dawdles is not answered
                    self.request.sendall(answer_line(_line_of(self.request)) + b"\n")
                    _hang_up(self.request)

        return Handler

    def _answer_line(self, line: bytes) -> bytes:
        try:
            request = _as_request(line)
            if not hmac.compare_digest(request.pop("token", "").encode(), self._token.encode()):
                raise HandOffError("station_not_running", why="wrong_token")
            body: dict[str, Any] = {"done": True, **self._answer(request)}
        except KnownError as error:
            body = {"done": False, "reason": error.reason, "facts": dict(error.facts)}
        return json.dumps(body, ensure_ascii=False).encode("utf-8")


class _Server(socketserver.TCPServer):
    allow_reuse_address = False

    def handle_error(self, _request: object, _client_address: object) -> None:
        """Note that something of ours failed, without what was sent; the caller gets no answer."""
        logger_for(Subject.COMMANDS).exception("a request of the core system failed")


def _line_of(connection: socket.socket) -> bytes:
    """Return the line that comes within the patience for it as a whole: one that drips holds up the next caller no longer."""
    end_s = time.monotonic() + _PATIENCE_S
    line = b""
    while not line.endswith(b"\n") and len(line) < _LINE_MOST_BYTES:
        connection.settimeout(max(0.001, end_s - time.monotonic()))
        part = connection.recv(_LINE_MOST_BYTES - len(line))
        if not part:
            break
        line += part
    connection.settimeout(_PATIENCE_S)
    return line


def _hang_up(connection: socket.socket) -> None:
    """Take what is still on its way before closing: closed over unread bytes, the answer would be lost with them."""
    connection.shutdown(socket.SHUT_WR)
    end_s, left = time.monotonic() + _PATIENCE_S, _REST_MOST_BYTES
    while left > 0:
        connection.settimeout(max(0.001, end_s - time.monotonic()))
        part = connection.recv(_LINE_MOST_BYTES)
        if not part:
            return
        left -= len(part)


def _as_request(line: bytes) -> dict[str, str]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise HandOffError("station_not_running", why="not_understood") from error
    if not isinstance(request, dict) or not all(isinstance(value, str) for value in request.values()):
        raise HandOffError("station_not_running", why="not_understood")
    return request


def ask_station(folder: Path, request: Mapping[str, str]) -> dict[str, Any]:
    """Send one request to the station that runs on this machine and return its answer.

    Raises
    ------
    HandOffError
        "station_not_running": no station runs for this user, or it does not answer; "reference_unknown", "reference_invalid".
    SessionError
        "not_now"
    UsageError
        The station does not know what was asked.
    """
    try:
        place = json.loads((folder / FILE).read_text(encoding="utf-8"))
        line = json.dumps({**request, "token": place["token"]}).encode("utf-8") + b"\n"
        with socket.create_connection((HOST, int(place["port"])), timeout=_ANSWER_S) as connection:
            connection.sendall(line)
            with connection.makefile("rb") as answered:
                answer = json.loads(answered.readline(_LINE_MOST_BYTES))
        done, told = bool(answer.pop("done")), dict(answer)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise HandOffError("station_not_running") from error
    if done:
        return told
    raise _error(str(told.get("reason", "")), told.get("facts", {}))


def _error(reason: str, facts: Mapping[str, Any]) -> KnownError:
    if reason in SessionError.reasons:
        return SessionError(**facts)
    if reason in HandOffError.reasons:
        return HandOffError(reason, **facts)
    return UsageError(**facts) if reason in UsageError.reasons else HandOffError("station_not_running")
