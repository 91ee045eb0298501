"""Network cameras that are programs; the plugin in its own process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest

from teller_assist.demonstration.stand_ins.mjpeg_camera import Fault, MjpegCamera, drawn_pictures
from teller_assist.devices.camera import CameraDevice
from tests.stand_ins.plugin_devices import devices_of

ROOT = Path(__file__).resolve().parents[3]

MakeCamera = Callable[..., MjpegCamera]


@pytest.fixture
def make_camera() -> Iterator[MakeCamera]:
    """Start a network camera; all are unplugged at the end."""
    cameras: list[MjpegCamera] = []

    def make(fault: Fault = Fault.NONE, port: int = 0, size_px: tuple[int, int] = (320, 240), **others: Any) -> MjpegCamera:
        camera = MjpegCamera(port, drawn_pictures(*size_px), fault=fault, **others)
        threading.Thread(target=camera.serve, daemon=True).start()
        cameras.append(camera)
        return camera

    yield make
    for camera in cameras:
        if not camera.closing.is_set():
            camera.close()


@pytest.fixture(scope="session")
def video_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten drawn frames at 20 frames a second, 160x120."""
    path = tmp_path_factory.mktemp("video") / "counter.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 20.0, (160, 120))
    if not writer.isOpened():
        pytest.skip("this OpenCV cannot write a recording")
    for picture in drawn_pictures(160, 120)[:10]:
        writer.write(picture)
    writer.release()
    return path


@pytest.fixture
def opened() -> Iterator[Callable[..., CameraDevice]]:
    """Open the plugin's camera in its own process; every one is closed at the end."""
    with devices_of(ROOT, "video_camera") as open_one:
        yield lambda **settings: open_one(CameraDevice, settings)
