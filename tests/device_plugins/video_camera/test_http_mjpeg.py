"""MJPEG over HTTP against cameras that are programs, each with one fault."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from teller_assist_sdk import DeviceProblem

from device_plugins.video_camera.http_mjpeg import HttpMjpegSource
from teller_assist.demonstration.stand_ins.mjpeg_camera import Fault, MjpegCamera

MakeCamera = Callable[..., MjpegCamera]


def source_of(camera: MjpegCamera, silence_s: float = 1.0) -> HttpMjpegSource:
    return HttpMjpegSource(camera.url, 0.5, silence_s)


def read_until_lost(source: HttpMjpegSource) -> tuple[int, DeviceProblem]:
    """Return how many pictures came, all of them whole, and why no more did."""
    came = 0
    try:
        while True:
            pixels = source.read()
            assert pixels is not None
            assert pixels.shape == (240, 320, 3)
            # The lowest rows of the drawn picture are never grey, as those of a half picture are.
            assert int(pixels[-4:, -40:].mean()) > 180
            came += 1
    except DeviceProblem as problem:
        return came, problem
    finally:
        source.release()


def test_pictures_come_at_the_cameras_pace(make_camera: MakeCamera) -> None:
    source = source_of(make_camera(frames_per_s=20.0))
    began_s = time.monotonic()
    pictures = [source.read() for _ in range(11)]
    source.release()
    assert all(picture is not None and picture.shape == (240, 320, 3) for picture in pictures)
    assert 0.35 < time.monotonic() - began_s < 1.5


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        (Fault.SILENT, "no connection: no answer in time"),
        (Fault.REFUSED, "HTTP status 503"),
        (Fault.PAGE, "no pictures: text/html"),
    ],
)
def test_a_camera_that_does_not_answer_with_pictures_is_told_as_it_is(make_camera: MakeCamera, fault: Fault, hint: str) -> None:
    camera = make_camera(fault)
    with pytest.raises(DeviceProblem, match="device_missing") as caught:
        source_of(camera)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("fault", "hint"),
    [(Fault.STALL, "the stream broke off: TimeoutError"), (Fault.CUT, "the stream ended")],
)
def test_a_stream_that_stops_is_lost_and_no_half_picture_is_shown(make_camera: MakeCamera, fault: Fault, hint: str) -> None:
    camera = make_camera(fault, fault_after_s=0.2, size_px=(320, 240))
    came, problem = read_until_lost(source_of(camera, silence_s=0.4))
    assert (problem.code, problem.hint) == ("device_missing", hint)
    assert came >= 3


def test_noise_between_pictures_and_damaged_pictures_are_passed_over(make_camera: MakeCamera) -> None:
    source = source_of(make_camera(Fault.NOISE, frames_per_s=50.0))
    came = [source.read() for _ in range(20)]
    source.release()
    assert sum(picture is not None for picture in came) >= 15
    assert source.dropped >= 3, "every third picture was overwritten in its middle"


def test_slow_pieces_are_waited_for(make_camera: MakeCamera) -> None:
    source = source_of(make_camera(Fault.SLOW))
    assert source.read() is not None
    source.release()


def test_a_stream_that_carries_no_whole_picture_is_lost(dripping: Callable[[bytes], str]) -> None:
    address = dripping(b"no picture at all ")
    source = HttpMjpegSource(address, 1.0, 0.3)
    began_s = time.monotonic()
    with pytest.raises(DeviceProblem, match="device_missing") as caught:
        source.read()
    source.release()
    assert caught.value.hint == "no whole picture for 0.3 s"
    assert time.monotonic() - began_s < 1.5


def test_name_and_password_are_sent_and_never_told(dripping: Callable[..., str]) -> None:
    asked: list[bytes] = []
    address = dripping(b"", asked, status=b"401 Unauthorized")
    with pytest.raises(DeviceProblem) as caught:
        HttpMjpegSource(address.replace("http://", "http://teller:p%40ss@"), 1.0, 1.0)
    assert caught.value.hint == "HTTP status 401"
    assert b"Authorization: Basic " + base64.b64encode(b"teller:p@ss") in asked[0]


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/video", "http://no.such.host.invalid/video"])
def test_nobody_there_is_a_missing_device(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror

    if "invalid" in address:
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(DeviceProblem, match="device_missing"):
        HttpMjpegSource(address, 0.5, 0.5)


@pytest.fixture
def dripping() -> Any:
    """A server that answers its one visitor with a few bytes every 20 ms."""
    listeners: list[socket.socket] = []

    def make(piece: bytes, asked: list[bytes] | None = None, status: bytes = b"200 OK") -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=_drip, args=(listener, piece, asked, status), daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/video"

    yield make
    for listener in listeners:
        listener.close()


def _drip(listener: socket.socket, piece: bytes, asked: list[bytes] | None, status: bytes) -> None:
    try:
        visitor, _ = listener.accept()
        with visitor:
            request = visitor.recv(4096)
            if asked is not None:
                asked.append(request)
            visitor.sendall(b"HTTP/1.0 " + status + b"\r\nContent-Type: multipart/x-mixed-replace; boundary=x\r\n\r\n")
            while piece:
                visitor.sendall(piece)
                time.sleep(0.02)
    except OSError:
        return
