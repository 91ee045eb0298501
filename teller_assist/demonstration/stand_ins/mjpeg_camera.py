"""A network camera that is a program: MJPEG over HTTP on this machine, with faults to switch on.

GET /video  ->  multipart/x-mixed-replace, one JPEG picture a part, without end
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator, Sequence
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import cv2
import numpy as np

from teller_assist.demonstration.stand_ins.cut_server import HOST, LOOK_S, CutServer, cut
from teller_assist.evidence.pictures import Pixels
from teller_assist.pictures.decode import PictureLimits, read_picture

PATH = "/video"
_BOUNDARY = "frame"
_JPEG_QUALITY = 85
_DRAWN_FRAMES = 50
_NOISE_DEVIATION = 1.6
_NOISE_ROOM_PX = 64
_SLOW_PIECES, _SLOW_PIECE_S = 5, 0.08
_NOISE_BYTES = 4000
_DAMAGED_EVERY = 3
_RESIZED_SCALE = 0.5
_SEED = 1


class Fault(StrEnum):
    """What is wrong with the camera."""

    NONE = "none"
    STALL = "stall"  # the connection stays, nothing comes any more
    CUT = "cut"  # the connection ends in the middle of a picture
    SLOW = "slow"  # two pictures a second, each in pieces
    NOISE = "noise"  # bytes that belong to nothing between the pictures, and every third picture damaged
    RESIZED = "resized"  # the pictures become smaller
    SILENT = "silent"  # it takes the connection and never answers
    REFUSED = "refused"  # it answers 503
    PAGE = "page"  # a web page in the place of the pictures


class MjpegCamera:
    """Listens from the moment it is made; ``serve`` answers until ``close``.

    Parameters
    ----------
    port
        0 to 65535; 0: a free one.
    pictures
        uint8, shape (height, width, 3), BGR; shown in turn, each time with other noise, as a sensor does.
    fault
        What is wrong; may be set while it runs.
    fault_after_s
        When that begins, from the start of each connection; silent, refused and page: from the start of the camera.

    Raises
    ------
    ResourceError
        "address_in_use".
    """

    def __init__(
        self,
        port: int,
        pictures: Sequence[Pixels],
        *,
        frames_per_s: float = 25.0,
        fault: Fault = Fault.NONE,
        fault_after_s: float = 0.0,
    ) -> None:
        self.pictures, self.frames_per_s = pictures, frames_per_s
        self.fault, self.fault_after_s = fault, fault_after_s
        self.began_s = time.monotonic()
        self._server = _Server(self, port)
        self.closing = self._server.closing

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Where its pictures are."""
        return f"http://{HOST}:{self.port}{PATH}"

    def serve(self) -> None:
        """Answer until ``close`` is called in another thread, or an interrupt ends it; no connection outlives it."""
        self._server.serve()

    def close(self) -> None:
        """Let the address go and cut every connection, as pulling the plug does; only once ``serve`` runs."""
        self._server.close()

    def is_due(self, fault: Fault, since_s: float) -> bool:
        """Return whether a fault is switched on and has begun."""
        return self.fault is fault and time.monotonic() - since_s >= self.fault_after_s


class _Server(CutServer):
    def __init__(self, camera: MjpegCamera, port: int) -> None:
        self.camera = camera
        super().__init__(port, _Answer)


class _Answer(BaseHTTPRequestHandler):
    server: _Server
    server_version, sys_version = "stand-in", ""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged: standard error belongs to the command."""

    def do_GET(self) -> None:
        camera = self.server.camera
        with contextlib.suppress(OSError):  # the viewer is gone, or the plug was pulled
            if camera.is_due(Fault.SILENT, camera.began_s):
                camera.closing.wait()
            elif self.path != PATH:
                self.send_error(404)
            elif camera.is_due(Fault.REFUSED, camera.began_s):
                self.send_error(503)
            elif camera.is_due(Fault.PAGE, camera.began_s):
                self._answer("text/html", b"<html><body>the camera's settings</body></html>")
            else:
                self._answer(f"multipart/x-mixed-replace; boundary={_BOUNDARY}", b"")
                self._play(camera)

    def _answer(self, media_type: str, body: bytes) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.end_headers()
        self.wfile.write(body)

    def _play(self, camera: MjpegCamera) -> None:
        began_s = due_s = time.monotonic()
        for number, picture in enumerate(_exposed(camera.pictures)):
            if camera.closing.wait(max(0.0, due_s - time.monotonic())):
                return
            while camera.is_due(Fault.STALL, began_s) and not camera.closing.is_set():
                camera.closing.wait(LOOK_S)
            due_s = max(due_s, time.monotonic() - 1.0) + 1 / camera.frames_per_s
            resized = camera.is_due(Fault.RESIZED, began_s)
            jpeg = _jpeg(cv2.resize(picture, None, fx=_RESIZED_SCALE, fy=_RESIZED_SCALE) if resized else picture)
            if camera.is_due(Fault.CUT, began_s):
                self.wfile.write(_part(jpeg)[: len(jpeg) // 2])
                cut(self.connection)
                return
            self._send(camera, _part(jpeg), number, began_s)

    def _send(self, camera: MjpegCamera, part: bytes, number: int, began_s: float) -> None:
        if camera.is_due(Fault.SLOW, began_s):
            size = -(-len(part) // _SLOW_PIECES)
            for start in range(0, len(part), size):
                self.wfile.write(part[start : start + size])
                camera.closing.wait(_SLOW_PIECE_S)
        elif camera.is_due(Fault.NOISE, began_s):
            self.wfile.write(_noisy(part, number))
        else:
            self.wfile.write(part)


def drawn_pictures(width_px: int, height_px: int) -> list[Pixels]:
    """Return a moving test picture: a grey wedge, a disc that goes round, the picture's number.

    Returns
    -------
    uint8, shape (height_px, width_px, 3), BGR; 50 of them.
    """
    wedge = np.tile(np.linspace(30, 220, width_px, dtype=np.uint8)[None, :, None], (height_px, 1, 3))
    pictures = []
    for number in range(_DRAWN_FRAMES):
        picture = wedge.copy()
        angle = 2 * np.pi * number / _DRAWN_FRAMES
        middle = (round(width_px * (0.5 + 0.3 * np.cos(angle))), round(height_px * (0.5 + 0.3 * np.sin(angle))))
        cv2.circle(picture, middle, height_px // 8, (60, 120, 200), -1, cv2.LINE_AA)
        cv2.putText(picture, f"{number:02d}", (8, height_px - 12), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (20, 20, 20), 2)
        pictures.append(picture)
    return pictures


def filed_pictures(folder: Path, limits: PictureLimits) -> list[Pixels]:
    """Return the pictures ``live_*.jpg`` of a customer's folder, by name.

    Returns
    -------
    uint8, shape (height, width, 3), BGR.

    Raises
    ------
    PictureError
        One of them cannot be used; file_missing: there is none.
    """
    paths = sorted(folder.glob("live_*.jpg")) or [folder / "live_1.jpg"]
    return [read_picture(path, role="probe", limits=limits).pixels for path in paths]


def _exposed(pictures: Sequence[Pixels]) -> Iterator[Pixels]:
    """Repeat the pictures for ever, each time with other noise: no sensor delivers one picture twice."""
    rng = np.random.default_rng()
    height, width = (max(picture.shape[axis] for picture in pictures) + _NOISE_ROOM_PX for axis in (0, 1))
    noise = (_NOISE_DEVIATION * rng.standard_normal((height, width, 3), np.float32)).astype(np.int16)
    while True:
        for picture in pictures:
            down, right = rng.integers(0, _NOISE_ROOM_PX, 2)
            piece = noise[down : down + picture.shape[0], right : right + picture.shape[1]]
            yield np.clip(picture + piece, 0, 255).astype(np.uint8)


def _jpeg(picture: cv2.typing.MatLike) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()


def _part(jpeg: bytes) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
    return head.encode("ascii") + jpeg + b"\r\n"


def _noisy(part: bytes, number: int) -> bytes:
    """Return a part with bytes before it that belong to nothing; every third one has its middle overwritten, too."""
    rng = random.Random(_SEED + number)  # noqa: S311 (noise, no secret)
    if number % _DAMAGED_EVERY == 0:
        middle, length = len(part) // 2, min(_NOISE_BYTES, len(part) // 4)
        part = part[:middle] + rng.randbytes(length) + part[middle + length :]
    return rng.randbytes(_NOISE_BYTES) + b"\r\n" + part
