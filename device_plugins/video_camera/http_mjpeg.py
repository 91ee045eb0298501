"""MJPEG over HTTP: one GET, then pictures without end."""

from __future__ import annotations

import base64
import http.client
import socket
import time
from urllib.parse import SplitResult, unquote, urlsplit

import cv2
import numpy as np
from teller_assist_sdk import DeviceProblem

from .jpeg_cutting import JpegCutter
from .stream import Pixels

_PIECE_BYTES = 65_536
_MOVING_PICTURES = ("multipart/", "video/", "application/octet-stream")
_FULLEST_QUEUE = 4  # pictures; where reading falls behind, the oldest are dropped


class HttpMjpegSource:
    """One connection.

    Parameters
    ----------
    address
        http://[USER:PASSWORD@]HOST[:PORT]/PATH.
    open_timeout_s, silence_s
        How long the connection and the first answer, then any piece of it, may take.

    Raises
    ------
    DeviceProblem
        device_missing: it does not answer, or refuses, or what it answers are no pictures.
    """

    def __init__(self, address: str, open_timeout_s: float, silence_s: float) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=open_timeout_s)
        try:
            self._response = _answer(self._connection, parts)
            if self._connection.sock is not None:
                self._connection.sock.settimeout(silence_s)
        except BaseException:
            self._connection.close()
            raise
        self._silence_s = silence_s
        self._cutter = JpegCutter()
        self._waiting: list[bytes] = []

    def read(self) -> Pixels | None:
        """Return the next picture; None where it is damaged."""
        until_s = time.monotonic() + self._silence_s
        while not self._waiting:
            if time.monotonic() >= until_s:
                raise DeviceProblem("device_missing", f"no whole picture for {self._silence_s:g} s")
            self._waiting = self._cutter.pictures(self._received())[-_FULLEST_QUEUE:]
        pixels = cv2.imdecode(np.frombuffer(self._waiting.pop(0), np.uint8), cv2.IMREAD_COLOR)
        return None if pixels is None else np.asarray(pixels, dtype=np.uint8)

    @property
    def dropped(self) -> int:
        """How many pictures were cut off or broken."""
        return self._cutter.dropped

    def release(self) -> None:
        """Close the connection."""
        self._response.close()
        self._connection.close()

    def _received(self) -> bytes:
        try:
            received = self._response.read1(_PIECE_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise DeviceProblem("device_missing", f"the stream broke off: {type(error).__name__}") from error
        if not received:
            raise DeviceProblem("device_missing", "the stream ended")
        return received


def _answer(connection: http.client.HTTPConnection, parts: SplitResult) -> http.client.HTTPResponse:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Accept": "multipart/x-mixed-replace, video/*", "Cache-Control": "no-cache"}
    if parts.username is not None:
        named = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(named.encode("utf-8")).decode("ascii")
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        why = "no answer in time" if isinstance(error, socket.timeout) else type(error).__name__
        raise DeviceProblem("device_missing", f"no connection: {why}") from error
    refusal = _refusal(response)
    if refusal:
        response.close()
        raise DeviceProblem("device_missing", refusal)
    return response


def _refusal(response: http.client.HTTPResponse) -> str:
    media_type = (response.getheader("Content-Type") or "").strip().lower()
    if response.status != 200:
        return f"HTTP status {response.status}"
    return "" if media_type.startswith(_MOVING_PICTURES) else f"no pictures: {media_type.split(';')[0][:60]}"
