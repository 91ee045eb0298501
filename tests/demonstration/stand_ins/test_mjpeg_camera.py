"""The network camera that is a program: what it sends, and what each fault does to it. The plugin's tests look through it."""

from __future__ import annotations

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import IncompleteRead
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from teller_assist.demonstration.stand_ins.mjpeg_camera import Fault, MjpegCamera, drawn_pictures, filed_pictures
from teller_assist.errors import PictureError, ResourceError
from tests.conftest import LIMITS

Serve = Callable[..., MjpegCamera]


@pytest.fixture
def serve() -> Iterator[Serve]:
    cameras: list[MjpegCamera] = []

    def start(**options: Any) -> MjpegCamera:
        camera = MjpegCamera(0, drawn_pictures(160, 120), **options)
        threading.Thread(target=camera.serve, daemon=True).start()
        cameras.append(camera)
        return camera

    yield start
    for camera in cameras:
        camera.close()


def received(camera: MjpegCamera, for_s: float) -> bytes:
    """Return what comes from the camera within a time, or until it stops."""
    came, until_s = b"", time.monotonic() + for_s
    try:
        with urllib.request.urlopen(camera.url, timeout=0.3) as answer:  # noqa: S310 (our own address)
            while time.monotonic() < until_s and (piece := answer.read1(65_536)):
                came += piece
    except (TimeoutError, ConnectionError, IncompleteRead):
        pass
    return came


def test_parts_are_whole_pictures_of_the_told_length_and_no_two_are_the_same(serve: Serve) -> None:
    parts = received(serve(frames_per_s=50.0), 0.3).split(b"--frame\r\n")[1:-1]
    pictures = []
    for part in parts:
        head, _, body = part.partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body) - 2}".encode() in head
        pictures.append(body[:-2])
        picture = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape == (120, 160, 3)
    assert len(pictures) >= 5
    assert len(set(pictures)) == len(pictures), "a sensor's noise is another one each time"


def test_only_its_own_path_is_answered(serve: Serve) -> None:
    camera = serve()
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(camera.url + "/elsewhere", timeout=1.0)  # noqa: S310 (our own address)
    caught.value.close()
    assert caught.value.code == 404


def test_a_cut_ends_in_the_middle_of_a_picture(serve: Serve) -> None:
    assert not received(serve(fault=Fault.CUT), 1.0).endswith(b"\xff\xd9\r\n")


def test_a_stall_keeps_the_connection_and_ends_when_the_fault_does(serve: Serve) -> None:
    camera = serve(fault=Fault.STALL)
    with urllib.request.urlopen(camera.url, timeout=0.3) as answer, pytest.raises(TimeoutError):  # noqa: S310 (our own address)
        answer.read1(1)
    camera.fault = Fault.NONE
    assert b"image/jpeg" in received(camera, 0.2)


def test_noise_stands_between_the_parts(serve: Serve) -> None:
    between = received(serve(fault=Fault.NOISE, frames_per_s=50.0), 0.3).split(b"--frame\r\n")[0]
    assert len(between) > 1000


def test_a_fault_begins_when_it_is_told_to(serve: Serve) -> None:
    camera = serve(fault=Fault.CUT, fault_after_s=0.2)
    began_s = time.monotonic()
    assert received(camera, 2.0)
    assert 0.15 < time.monotonic() - began_s < 1.5


def test_unplugging_ends_every_connection_and_frees_the_port(serve: Serve) -> None:
    camera = MjpegCamera(0, drawn_pictures(160, 120))
    threading.Thread(target=camera.serve, daemon=True).start()
    viewer = threading.Thread(target=received, args=(camera, 30.0))
    viewer.start()
    time.sleep(0.1)
    camera.close()
    viewer.join(2.0)
    assert not viewer.is_alive()
    again = MjpegCamera(camera.port, drawn_pictures(160, 120))
    with pytest.raises(ResourceError) as caught:
        MjpegCamera(again.port, drawn_pictures(160, 120))
    assert caught.value.reason == "address_in_use"
    threading.Thread(target=again.serve, daemon=True).start()
    again.close()


def test_a_viewer_that_asks_for_nothing_is_cut_with_the_others_and_no_thread_remains(serve: Serve) -> None:
    camera = serve()
    with socket.create_connection(("127.0.0.1", camera.port), timeout=5.0) as silent:
        assert received(camera, 0.1)
        camera.close()
        assert silent.recv(1) == b""
    assert not [thread for thread in threading.enumerate() if "process_request_thread" in thread.name]


def test_a_folders_pictures_are_shown_in_their_order(tmp_path: Path) -> None:
    for number, shade in ((2, 200), (1, 100)):
        cv2.imwrite(str(tmp_path / f"live_{number}.jpg"), np.full((48, 64, 3), shade, np.uint8))
    assert [int(picture.mean()) for picture in filed_pictures(tmp_path, LIMITS)] == [100, 200]


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError) as caught:
        filed_pictures(tmp_path, LIMITS)
    assert caught.value.reason == "file_missing"
