"""The camera through the product's own plugin host, in its own process, with the plug pulled at every moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from teller_assist.demonstration.stand_ins.mjpeg_camera import Fault, MjpegCamera, drawn_pictures
from teller_assist.devices.camera import CameraDevice
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import DeviceMissingError, KnownError, PluginFailedError
from tests.stand_ins.rtsp_camera import RtspCamera

Opener = Callable[..., CameraDevice]
MakeCamera = Callable[..., MjpegCamera]
READY_S = 20.0
QUICK = {"source": "http_mjpeg", "open_timeout_s": 1.0, "silence_s": 0.5}


def ready(device: CameraDevice) -> CameraDevice:
    device.wait_until_ready(READY_S)
    return device


def frame_within(device: CameraDevice, limit_s: float) -> float:
    """Return how long the next frame took; a device that is down meanwhile is asked again."""
    began_s = time.monotonic()
    while True:
        try:
            device.next_frame(0.5)
        except KnownError:
            assert time.monotonic() - began_s < limit_s
            time.sleep(0.05)
        else:
            return time.monotonic() - began_s


def no_more_frames(device: CameraDevice, silence_s: float = 0.4) -> None:
    """Wait until frames stop."""
    until_s = time.monotonic() + 5
    while time.monotonic() < until_s:
        try:
            device.next_frame(silence_s)
        except KnownError:
            return
    pytest.fail("frames went on")


def test_it_delivers_what_the_camera_shows(opened: Opener, make_camera: MakeCamera) -> None:
    device = ready(opened(**QUICK, address=make_camera().url))
    frame = device.next_frame(2.0)
    assert frame.pixels.shape == (240, 320, 3)
    assert int(frame.pixels[:, -20:].mean()) > int(frame.pixels[:, :20].mean()) + 100, "the wedge rises to the right"
    assert device.status()["live"] is True


@pytest.mark.full
def test_a_large_picture_is_made_smaller_and_keeps_its_shape(opened: Opener, make_camera: MakeCamera) -> None:
    camera = make_camera(size_px=(960, 720), frames_per_s=10.0)
    device = ready(opened(**QUICK, address=camera.url, width_px=640, height_px=360))
    height, width = device.next_frame(2.0).pixels.shape[:2]
    assert width * height <= 640 * 360
    assert width / height == pytest.approx(4 / 3, abs=0.02)


@pytest.mark.full
def test_a_camera_unplugged_while_it_streams_comes_back_without_a_restart(opened: Opener, make_camera: MakeCamera) -> None:
    camera = make_camera()
    device = ready(opened(**QUICK, address=camera.url))
    device.next_frame(2.0)
    process = device.process
    camera.close()
    no_more_frames(device)
    assert device.state is DeviceState.READY
    make_camera(port=camera.port)
    assert frame_within(device, 6.0) < 6.0
    assert device.process is process, "the same process"
    assert device.status()["connections"] == 2


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_camera_that_stays_away_is_told_as_missing_and_comes_back(opened: Opener, make_camera: MakeCamera) -> None:
    camera = make_camera()
    device = ready(opened(**QUICK, address=camera.url, reconnect_s=0.5))
    camera.close()
    until_s = time.monotonic() + 5
    while device.state is DeviceState.READY and time.monotonic() < until_s:
        time.sleep(0.05)
    assert isinstance(device.problem, DeviceMissingError)
    make_camera(port=camera.port)
    assert frame_within(device, 10.0) < 10.0


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_camera_that_is_plugged_in_after_the_start_is_found(opened: Opener, make_camera: MakeCamera) -> None:
    camera = make_camera()
    camera.close()
    device = opened(**QUICK, address=camera.url)
    with pytest.raises(DeviceMissingError):
        device.wait_until_ready(READY_S)
    make_camera(port=camera.port)
    assert frame_within(device, 6.0) < 6.0


@pytest.mark.full
@pytest.mark.parametrize("fault", [Fault.STALL, Fault.CUT])
def test_a_stream_that_stops_again_and_again_is_connected_again_and_again(
    opened: Opener, make_camera: MakeCamera, fault: Fault
) -> None:
    device = ready(opened(**QUICK, address=make_camera(fault, fault_after_s=0.4).url))
    process = device.process
    until_s = time.monotonic() + 4
    taken = 0
    while time.monotonic() < until_s:
        try:
            device.next_frame(0.3)
            taken += 1
        except KnownError:
            assert device.state is DeviceState.READY
    assert device.process is process
    assert device.status()["connections"] >= 3
    assert taken >= 15


@pytest.mark.full
def test_noise_on_the_line_does_not_stop_the_picture(opened: Opener, make_camera: MakeCamera) -> None:
    device = ready(opened(**QUICK, address=make_camera(Fault.NOISE).url))
    for _ in range(10):
        device.next_frame(1.0)
    assert device.status()["connections"] == 1


def test_a_size_that_changes_is_followed(opened: Opener, make_camera: MakeCamera) -> None:
    device = ready(opened(**QUICK, address=make_camera(Fault.RESIZED, fault_after_s=0.2).url))
    shapes: set[tuple[int, ...]] = set()
    until_s = time.monotonic() + 5
    while len(shapes) < 2 and time.monotonic() < until_s:
        shapes.add(device.next_frame(1.0).pixels.shape)
    assert shapes == {(240, 320, 3), (120, 160, 3)}


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    "fault", [Fault.REFUSED, Fault.PAGE, *(pytest.param(fault, marks=pytest.mark.full) for fault in (Fault.SILENT, Fault.STALL))]
)
def test_a_camera_without_pictures_is_missing_though_it_takes_the_connection(
    opened: Opener, make_camera: MakeCamera, fault: Fault
) -> None:
    device = opened(**QUICK, address=make_camera(fault).url)
    with pytest.raises(DeviceMissingError):
        device.wait_until_ready(READY_S)


@pytest.mark.full
def test_closing_a_camera_that_hangs_is_quick(opened: Opener, make_camera: MakeCamera) -> None:
    camera = make_camera()
    device = ready(opened(source="http_mjpeg", address=camera.url, silence_s=10))
    camera.fault = Fault.STALL
    no_more_frames(device)
    began_s = time.monotonic()
    device.close()
    assert time.monotonic() - began_s < 1.5


@pytest.mark.full
def test_its_selftest_says_how_many_pictures_come(opened: Opener, make_camera: MakeCamera) -> None:
    device = ready(opened(**QUICK, address=make_camera(frames_per_s=20.0).url))
    lines = {line.check: line for line in device.selftest()}
    assert lines["picture"].passed
    assert lines["picture"].detail == "320x240 px"
    assert 15 < float(lines["pace"].detail.split()[0]) < 25


@pytest.mark.full
def test_its_selftest_finds_a_camera_too_slow(opened: Opener, make_camera: MakeCamera) -> None:
    device = ready(opened(**QUICK | {"silence_s": 2.0}, address=make_camera(Fault.SLOW).url))
    lines = {line.check: line for line in device.selftest()}
    assert not lines["pace"].passed


def test_a_video_file_is_a_camera(opened: Opener, video_file: Path) -> None:
    device = ready(opened(source="file", file=str(video_file)))
    first = device.next_frame(2.0).pixels.astype(int)
    assert first.shape == (120, 160, 3)
    others = [device.next_frame(2.0).pixels for _ in range(4)]
    assert any(np.abs(first - other).mean() > 1 for other in others)


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    "settings",
    [
        {"source": "http_mjpeg", "address": "rtsp://127.0.0.1/"},
        {"source": "rtsp", "address": "http://127.0.0.1/"},
        {"source": "http_mjpeg", "address": "http://127.0.0.1:99999/"},
        {"source": "http_mjpeg", "address": ""},
        {"source": "rtsp", "address": "file:///etc/passwd"},
        {"source": "usb", "usb_camera": "0"},
    ],
)
def test_settings_that_name_no_source_are_said_to_be_wrong(opened: Opener, settings: dict[str, str]) -> None:
    with pytest.raises(PluginFailedError):
        opened(**settings).wait_until_ready(READY_S)


@pytest.mark.logs_warnings
def test_a_machine_without_usb_cameras_says_missing(opened: Opener) -> None:
    if Path("/sys/class/video4linux").is_dir():
        pytest.skip("this machine has cameras")
    with pytest.raises(DeviceMissingError):
        opened(source="usb").wait_until_ready(READY_S)


@pytest.fixture
def make_rtsp_camera() -> Iterator[Callable[..., RtspCamera]]:
    cameras: list[RtspCamera] = []

    def make(**options: Any) -> RtspCamera:
        cameras.append(RtspCamera(drawn_pictures(320, 240), **options))
        return cameras[-1]

    yield make
    for camera in cameras:
        camera.close()


@pytest.mark.full
def test_an_rtsp_stream_is_shown_as_it_is(opened: Opener, make_rtsp_camera: Callable[..., RtspCamera]) -> None:
    camera = make_rtsp_camera()
    device = ready(opened(source="rtsp", address=camera.url))
    pixels = device.next_frame(2.0).pixels
    assert pixels.shape == (240, 320, 3)
    assert int(pixels[:, -20:].mean()) > int(pixels[:, :20].mean()) + 100, "the wedge rises to the right"
    assert camera.asked[:4] == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]


@pytest.mark.full
def test_an_rtsp_camera_that_stalls_or_is_unplugged_comes_back_without_a_restart(
    opened: Opener, make_rtsp_camera: Callable[..., RtspCamera]
) -> None:
    camera = make_rtsp_camera(stalls_after=75)
    device = ready(opened(source="rtsp", address=camera.url, silence_s=0.7, open_timeout_s=5.0))
    process = device.process
    no_more_frames(device)
    assert frame_within(device, 10.0) < 10.0
    camera.close()
    no_more_frames(device)
    make_rtsp_camera(port=camera.port)
    assert frame_within(device, 10.0) < 10.0
    assert device.process is process
    assert device.status()["connections"] >= 3


@pytest.mark.full
@pytest.mark.logs_warnings
def test_an_rtsp_address_where_nobody_answers_is_missing(opened: Opener, make_camera: MakeCamera) -> None:
    silent = make_camera(Fault.SILENT)  # it takes the connection and says nothing, as a camera that hangs
    for port in (1, silent.port):
        with pytest.raises(DeviceMissingError):
            opened(source="rtsp", address=f"rtsp://127.0.0.1:{port}/", open_timeout_s=1.0).wait_until_ready(READY_S)
