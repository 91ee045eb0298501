"""One HTTP connection to the service. Its socket stays in hand: a limit or a cancel cuts it off in the middle of an answer.

No proxy, no redirect, no compression: whatever environment or service say, the bytes go to this machine and nowhere else.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator

from teller_assist_sdk import DeviceProblem

from .addresses import Address, connected
from .answers import LARGEST_ANSWER_BYTES

PIECE_BYTES = 65_536
_LOOK_S = 0.05
_BODY_TYPE = "application/x-www-form-urlencoded"  # what every published client sends, though the body is JSON
_DONE = 200
_REDIRECTS = range(300, 400)


class Connection:
    """One question and its answer.

    Raises
    ------
    DeviceProblem
        device_missing: nothing listens there.
    """

    def __init__(self, address: Address) -> None:
        self._socket = connected(address)
        self._http = http.client.HTTPConnection(*address)
        self._http.sock = self._socket
        self._response: http.client.HTTPResponse | None = None

    def ask(self, method: str, path: str, body: bytes, limit_s: float) -> http.client.HTTPResponse:
        """Send the question and return the answer as far as its headers.

        Raises
        ------
        DeviceProblem
            device_missing, device_timeout, plugin_failed (a redirect, a compressed answer, no HTTP).
        """
        headers = {"Accept-Encoding": "identity", "Cache-Control": "no-cache"}
        if body:
            headers["Content-Type"] = _BODY_TYPE
        self._socket.settimeout(limit_s)
        with telling_what_failed():
            self._http.request(method, path, body=body or None, headers=headers)
            self._response = self._http.getresponse()
        if self._response.status in _REDIRECTS:
            raise DeviceProblem("plugin_failed", f"HTTP status {self._response.status}: a redirect is not followed")
        if self._response.status != _DONE:
            raise DeviceProblem("device_missing", f"HTTP status {self._response.status}")
        if self._response.getheader("Content-Encoding", "identity").strip().lower() != "identity":
            raise DeviceProblem("plugin_failed", "a compressed answer is not read")
        return self._response

    def limit_silence(self, silence_s: float) -> None:
        """Set how long any piece of the answer may take from now on."""
        self._socket.settimeout(silence_s)

    def cut(self) -> None:
        """End it, from another thread."""
        with contextlib.suppress(OSError):  # it ended by itself
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let it go."""
        if self._response is not None:
            self._response.close()
        self._http.close()
        self._socket.close()


def whole_body(response: http.client.HTTPResponse) -> bytes:
    """Return the body of an answer.

    Raises
    ------
    DeviceProblem
        plugin_failed: it has more than 12 MB; device_missing, device_timeout: it stopped.
    """
    body = bytearray()
    with telling_what_failed():
        while piece := response.read1(PIECE_BYTES):
            body += piece
            if len(body) > LARGEST_ANSWER_BYTES:
                raise DeviceProblem("plugin_failed", f"an answer of more than {LARGEST_ANSWER_BYTES} bytes")
        if response.length:  # read1 does not mind that the end is missing
            raise DeviceProblem("device_missing", "the connection ended in the middle of an answer")
    return bytes(body)


@contextlib.contextmanager
def telling_what_failed() -> Iterator[None]:
    """Turn what a connection raises into DeviceProblem: device_timeout, device_missing, or plugin_failed where it is no HTTP."""
    try:
        yield
    except TimeoutError as error:
        raise DeviceProblem("device_timeout", "no answer in time") from error
    except (OSError, http.client.IncompleteRead) as error:
        raise DeviceProblem("device_missing", f"the connection ended: {type(error).__name__}") from error
    except http.client.HTTPException as error:
        raise DeviceProblem("plugin_failed", f"what answers speaks no HTTP: {type(error).__name__}") from error


@contextlib.contextmanager
def cut_off(connection: Connection, what: str, limit_s: float, cancel: threading.Event) -> Iterator[None]:
    """Cut the connection at the limit, or once ``cancel`` is set.

    Raises
    ------
    DeviceProblem
        device_timeout, in the place of whatever the cut connection made of it.
    """
    until_s = time.monotonic() + limit_s
    done, was_cut = threading.Event(), threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK_S):
            if cancel.is_set() or time.monotonic() >= until_s:
                was_cut.set()
                connection.cut()
                return

    watcher = threading.Thread(target=watch, name="limit", daemon=True)
    watcher.start()
    try:
        yield
    except DeviceProblem:
        if not was_cut.is_set():
            raise
    finally:
        done.set()
        watcher.join()
    if was_cut.is_set():
        raise DeviceProblem("device_timeout", "given up" if cancel.is_set() else f"{what}: no whole answer within {limit_s:g} s")
