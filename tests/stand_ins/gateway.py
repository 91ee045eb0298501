"""A bank's gateway to the networked verification on loopback: answers what a test tells it to, and keeps what it was asked."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MAPPING = """
schema = "netcheck-gateway/1"

[request]
path = "/verify"
date_format = "%Y%m%d"
valid_for_life = "长期"

[request.fields]
mode = "head.type"
number = "body.idNo"
name = "body.name"
valid_from = "body.from"
valid_until = "body.to"
live = "body.photo"

[request.modes]
number_name = "01"
number_name_live = "02"
number_name_validity = "03"
number_name_validity_live = "04"

[request.constants]
"head.channel" = "counter"

[answer.fields]
code = "result.code"
photo = "result.photo"
name = "result.name"

[answer.codes]
00 = "MATCH_PHOTO_SAME"
01 = "MATCH_PHOTO_DIFFERENT"
02 = "MATCH_NO_PHOTO"
10 = "NAME_MISMATCH"
20 = "NOT_FOUND"
30 = "CARD_LOST"
31 = "CARD_INVALID"
90 = "FORMAT_ERROR"
99 = "SERVICE_DOWN"
"""


@dataclass
class Told:
    """One answer: status, headers, body; ``wait`` is waited for before it is sent, ``byte_every_s`` after every byte of it."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: Callable[[], Any] | None = None
    byte_every_s: float = 0.0


class Gateway(ThreadingHTTPServer):
    """Gives the answers of a list in turn, the last one again and again."""

    daemon_threads = False

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answers: list[Told] = [Told({"result": {"code": "02"}})]
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: who asked may have gone."""


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        """Answer."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        told = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.server.asked.append({"path": self.path, **asked})
        self.server.headers.append(dict(self.headers))
        if told.wait is not None:
            told.wait()
        body = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
        self.send_response(told.status)
        for name, value in told.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # who asked may have gone
            if not told.byte_every_s:
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(told.byte_every_s)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def running_gateway(port: int = 0) -> Iterator[Gateway]:
    """Run one for a test."""
    with Gateway(port) as gateway:
        thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield gateway
        finally:
            gateway.shutdown()
            thread.join()
