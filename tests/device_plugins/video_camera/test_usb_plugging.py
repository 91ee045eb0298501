"""USB cameras plugged in and out while the station runs: a made-up /sys, a pretended driver, the product's own plugin host."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.camera import CameraDevice
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import DeviceBusyError, DeviceMissingError
from tests.stand_ins.equipment import wait_until
from tests.stand_ins.plugin_devices import devices_of
from tests.stand_ins.usb_bus import UsbBus

Opener = Callable[..., CameraDevice]
READY_S = 20.0
IDENTITY = "vendor=046d product=0825 serial={} interface=0"

pytestmark = [pytest.mark.logs_warnings, pytest.mark.full]


@pytest.fixture
def bus(tmp_path: Path) -> UsbBus:
    return UsbBus(tmp_path)


@pytest.fixture
def opened(bus: UsbBus, tmp_path: Path) -> Iterator[Opener]:
    with devices_of(tmp_path, "video_camera") as open_one:
        yield lambda **settings: open_one(CameraDevice, {"source": "usb", **settings})


def identity_of(device: CameraDevice) -> str:
    assert device.process is not None
    assert device.process.device is not None
    return device.process.device.identity


def why_missing(device: CameraDevice) -> Any:
    with pytest.raises(DeviceMissingError) as caught:
        device.wait_until_ready(READY_S)
    return caught.value.facts["why"]


def test_unplugged_while_it_streams_it_is_told_and_streams_again_by_itself_at_another_port(bus: UsbBus, opened: Opener) -> None:
    bus.plug_in(0, serial="A1")
    camera = opened()
    first = camera.next_frame(READY_S)
    bus.unplug(0)
    wait_until(lambda: camera.state is DeviceState.RESTARTING)
    wait_until(lambda: camera.problem is not None and camera.problem.facts["why"] == "not_plugged_in")
    bus.plug_in(3, serial="A1", port="2-4")
    wait_until(lambda: camera.state is DeviceState.READY)
    assert camera.next_frame(READY_S).sequence > first.sequence
    assert identity_of(camera) == IDENTITY.format("A1")


def test_a_camera_plugged_in_after_the_station_is_found_by_the_process_that_waits(bus: UsbBus, opened: Opener) -> None:
    camera = opened()
    assert why_missing(camera) == "not_plugged_in"
    process = camera.process
    bus.plug_in(0)
    wait_until(lambda: camera.state is DeviceState.READY)
    camera.next_frame(READY_S)
    assert camera.process is process, "no start was needed"


def test_a_second_station_is_told_who_holds_the_camera_and_gets_it_when_that_lets_go(bus: UsbBus, opened: Opener) -> None:
    bus.plug_in(0, serial="A1")
    first = opened()
    first.next_frame(READY_S)
    second = opened(usb_camera="serial=A1")
    with pytest.raises(DeviceBusyError) as caught:
        second.wait_until_ready(READY_S)
    assert (caught.value.facts["why"], caught.value.facts["process_id"]) == ("held", os.getpid())
    first.next_frame(READY_S)
    first.close()
    wait_until(lambda: second.state is DeviceState.READY)
    second.next_frame(READY_S)


def test_of_two_cameras_the_setting_device_chooses_and_without_it_none_is_opened(bus: UsbBus, opened: Opener) -> None:
    bus.plug_in(0, serial="A1", port="1-1")
    bus.plug_in(2, serial="B2", port="1-2")
    assert why_missing(opened()) == "reported"
    chosen = opened(device=IDENTITY.format("B2"))
    chosen.wait_until_ready(READY_S)
    assert identity_of(chosen) == IDENTITY.format("B2")


def test_a_camera_that_the_settings_name_and_that_is_not_there_is_not_replaced_by_another(bus: UsbBus, opened: Opener) -> None:
    bus.plug_in(0, serial="A1")
    camera = opened(device=IDENTITY.format("B2"))
    assert why_missing(camera) == "not_plugged_in"
    bus.plug_in(2, serial="B2", port="1-2")
    wait_until(lambda: camera.state is DeviceState.READY)


def test_a_second_camera_plugged_in_does_not_disturb_the_first(bus: UsbBus, opened: Opener) -> None:
    bus.plug_in(0, serial="A1")
    camera = opened()
    camera.next_frame(READY_S)
    process = camera.process
    bus.plug_in(2, serial="B2", port="1-2")
    until_s = time.monotonic() + 3.0  # the host looks every two seconds
    while time.monotonic() < until_s:
        camera.next_frame(READY_S)
    assert (camera.state, camera.problem) == (DeviceState.READY, None)
    assert camera.process is process
