"""The plugin's own modules join the search path; network cameras that are programs; the plugin in its own process."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest

from teller_assist.demonstration.stand_ins.mjpeg_camera import Fault, MjpegCamera, drawn_pictures
from teller_assist.devices.camera import CameraDevice
from teller_assist.devices.opening import open_device
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.schema import DevicesSettings
from tests.stand_ins.authorities import AnyFiles

ROOT = Path(__file__).resolve().parents[3]
for folder in (ROOT, ROOT / "teller_assist" / "devices" / "sdk"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))

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
    devices: list[CameraDevice] = []

    def make(**settings: Any) -> CameraDevice:
        device = open_device(
            ROOT,
            "video_camera",
            CameraDevice,
            settings,
            devices_settings=DevicesSettings(restart_after_s=0.1),
            authority=AnyFiles(),
            limits=PictureLimits(2_000_000, 4_000_000),
            on_state=lambda kind, state: None,
        )
        devices.append(device)
        return device

    yield make
    for device in devices:
        device.close()
