"""A network camera that speaks RTSP: JPEG pictures in RTP packets (RFC 2435) on the connection of RTSP itself (RFC 2326)."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from io import BytesIO

from PIL import Image

from teller_assist.evidence.pictures import Pixels

_PAYLOAD_TYPE_JPEG = 26
_TYPE_420 = 1
_TABLES_IN_BAND = 255
_CLOCK_HZ = 90_000
_PACKET_BYTES = 1400
_SOURCE = 0x5A5A5A5A


class RtspCamera:
    """Listens from the moment it is made.

    Parameters
    ----------
    pictures
        uint8, shape (height, width, 3), BGR; sides are multiples of 16.
    stalls_after
        Pictures after which nothing more is sent on a connection; 0: never.
    """

    def __init__(self, pictures: Sequence[Pixels], *, port: int = 0, frames_per_s: float = 25.0, stalls_after: int = 0) -> None:
        self._jpegs = [_jpeg(picture) for picture in pictures]
        self._size_px = (pictures[0].shape[1], pictures[0].shape[0])
        self._frames_per_s, self._stalls_after = frames_per_s, stalls_after
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = int(self._listener.getsockname()[1])
        self._closing = threading.Event()
        self._visitors: list[socket.socket] = []
        self.asked: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where its pictures are."""
        return f"rtsp://127.0.0.1:{self.port}/video"

    def close(self) -> None:
        """Let the address go and cut every connection."""
        self._closing.set()
        for one in (self._listener, *self._visitors):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                visitor, _ = self._listener.accept()
                self._visitors.append(visitor)
                threading.Thread(target=self._answer, args=(visitor,), daemon=True).start()

    def _answer(self, visitor: socket.socket) -> None:
        with contextlib.suppress(OSError), visitor, visitor.makefile("rb") as lines:
            while request := lines.readline().decode("ascii", "replace").split():
                head = {}
                while (line := lines.readline().decode("ascii", "replace").strip()) != "":
                    name, _, value = line.partition(":")
                    head[name.lower()] = value.strip()
                self.asked.append(request[0])
                visitor.sendall(self._reply(request[0], head))
                if request[0] == "PLAY":
                    self._play(visitor)

    def _reply(self, method: str, head: dict[str, str]) -> bytes:
        more, body = "Session: 1\r\n", ""
        if method == "OPTIONS":
            more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        elif method == "DESCRIBE":
            body = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=made up\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:track1\r\n"
            more = f"Content-Base: {self.url}/\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        elif method == "SETUP":
            more += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        return f"RTSP/1.0 200 OK\r\nCSeq: {head.get('cseq', '0')}\r\n{more}\r\n{body}".encode("ascii")

    def _play(self, visitor: socket.socket) -> None:
        sequence = sent = 0
        while not self._closing.wait(1 / self._frames_per_s):
            if self._stalls_after and sent >= self._stalls_after:
                continue
            moment = round(time.monotonic() * _CLOCK_HZ) & 0xFFFFFFFF
            for payload, is_last in _payloads(self._jpegs[sent % len(self._jpegs)], self._size_px):
                marker = 0x80 if is_last else 0
                packet = struct.pack(">BBHII", 0x80, marker | _PAYLOAD_TYPE_JPEG, sequence & 0xFFFF, moment, _SOURCE) + payload
                visitor.sendall(struct.pack(">cBH", b"$", 0, len(packet)) + packet)
                sequence += 1
            sent += 1


def _jpeg(picture: Pixels) -> bytes:
    file = BytesIO()
    Image.fromarray(picture[:, :, ::-1]).save(file, "JPEG", quality=85, subsampling="4:2:0")
    return file.getvalue()


def _payloads(jpeg: bytes, size_px: tuple[int, int]) -> Iterator[tuple[bytes, bool]]:
    """Yield the pieces of a picture's scan, each with its header, and whether it is the last."""
    tables, scan = _tables_and_scan(jpeg)
    for start in range(0, len(scan), _PACKET_BYTES):
        place = struct.pack(">I", start)[1:]
        head = b"\0" + place + bytes((_TYPE_420, _TABLES_IN_BAND, size_px[0] // 8, size_px[1] // 8))
        if start == 0:
            head += struct.pack(">BBH", 0, 0, len(tables)) + tables
        yield head + scan[start : start + _PACKET_BYTES], start + _PACKET_BYTES >= len(scan)


def _tables_and_scan(jpeg: bytes) -> tuple[bytes, bytes]:
    at, tables = 2, b""
    while True:
        marker, (length,) = jpeg[at + 1], struct.unpack_from(">H", jpeg, at + 2)
        segment = jpeg[at + 4 : at + 2 + length]
        at += 2 + length
        if marker == 0xDB:
            tables += b"".join(segment[start + 1 : start + 65] for start in range(0, len(segment), 65))
        elif marker == 0xDA:
            return tables, jpeg[at:-2]
