"""Devices that are plugged in and out while the station runs, and readers that two programs want."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.errors import DeviceBusyError, DeviceMissingError, KnownError, PluginFailedError
from teller_assist.settings.schema import DevicesSettings
from tests.stand_ins.equipment import wait_until

Open = Callable[..., Any]
READER, CAMERA = DeviceKind.ID_CARD_READER, DeviceKind.CAMERA
SERIAL = "SN-1"
WAIT_S = 10.0
NEVER = threading.Event()

pytestmark = pytest.mark.logs_warnings


class Bus:
    """A folder whose files are the ports."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._aside = folder, folder.with_name("aside")
        folder.mkdir()

    def plug_in(self, identity: str, port: str = "port_1") -> None:
        """All at once: a plugin never sees half of it."""
        self._aside.write_text(identity)
        self._aside.rename(self.folder / port)

    def unplug(self, port: str = "port_1") -> None:
        (self.folder / port).unlink()


@pytest.fixture
def bus(tmp_path: Path) -> Bus:
    return Bus(tmp_path / "bus")


def error_of(call: Callable[[], Any]) -> KnownError:
    with pytest.raises(KnownError) as caught:
        call()
    return caught.value


def unplugged_while_idle(device: Any, bus: Bus) -> None:
    bus.unplug()
    wait_until(lambda: device.state is not DeviceState.READY)  # nobody called it: it is looked for


def unplugged_while_found(device: Any, bus: Bus) -> None:
    bus.unplug()
    assert isinstance(error_of(lambda: device.wait_for_card(NEVER)), DeviceMissingError)


def unplugged_while_read(device: Any, bus: Bus) -> None:
    threading.Timer(0.1, bus.unplug).start()
    assert isinstance(error_of(lambda: device.read(NEVER)), DeviceMissingError)


@pytest.mark.full
@pytest.mark.parametrize("unplug", [unplugged_while_idle, unplugged_while_found, unplugged_while_read])
def test_a_reader_that_was_unplugged_is_told_and_works_at_the_next_call_at_another_port(
    open_stand_in: Open, bus: Bus, unplug: Callable[[Any, Bus], None]
) -> None:
    told: list[DeviceState] = []
    bus.plug_in(SERIAL)
    reader = open_stand_in("pluggable", READER, told=told, bus=str(bus.folder))
    reader.wait_until_ready(WAIT_S)
    unplug(reader, bus)
    wait_until(lambda: reader.state is DeviceState.RESTARTING and isinstance(reader.problem, DeviceMissingError))
    assert isinstance(error_of(reader.status), DeviceMissingError)
    wait_until(lambda: reader.problem.facts["why"] == "not_plugged_in")
    time.sleep(1.2)  # it stays away, and is looked for
    assert DeviceState.OUT_OF_ORDER not in told
    bus.plug_in(SERIAL, "port_2")
    reader.wait_for_card(NEVER)
    assert (reader.state, reader.problem) == (DeviceState.READY, None)


@pytest.mark.full
def test_a_camera_that_was_unplugged_while_it_streams_goes_on_when_it_is_back(open_stand_in: Open, bus: Bus) -> None:
    bus.plug_in(SERIAL)
    camera = open_stand_in("pluggable", CAMERA, bus=str(bus.folder))
    camera.wait_until_ready(WAIT_S)
    first = camera.next_frame(WAIT_S)
    bus.unplug()
    wait_until(lambda: camera.state is DeviceState.RESTARTING)
    assert isinstance(camera.problem, DeviceMissingError)
    wait_until(lambda: camera.problem.facts["why"] == "not_plugged_in")
    bus.plug_in(SERIAL, "port_2")
    camera.status()
    assert camera.next_frame(WAIT_S).sequence > first.sequence


@pytest.mark.full
def test_a_camera_that_is_unplugged_again_and_again_is_back_as_soon_each_time(open_stand_in: Open, bus: Bus) -> None:
    bus.plug_in(SERIAL)
    settings = DevicesSettings(hello_timeout_s=5.0, restart_after_s=0.2, crashes_per_minute_max=3)
    camera = open_stand_in("pluggable", CAMERA, settings=settings, bus=str(bus.folder))
    for _ in range(6):  # a doubled wait would be 6.4 s by then
        camera.wait_until_ready(WAIT_S)
        bus.unplug()
        wait_until(lambda: camera.state is DeviceState.RESTARTING)
        bus.plug_in(SERIAL)
        wait_until(lambda: camera.state is DeviceState.READY, limit_s=3.0)


def test_a_reader_that_comes_after_the_station_works_at_the_next_call(open_stand_in: Open, bus: Bus) -> None:
    reader = open_stand_in("pluggable", READER, bus=str(bus.folder))
    error = error_of(lambda: reader.wait_until_ready(WAIT_S))
    assert (type(error), error.facts["why"]) == (DeviceMissingError, "not_plugged_in")
    process = reader.process
    bus.plug_in(SERIAL)
    assert reader.status()["device"] == SERIAL
    assert reader.process is process, "no start was needed"


def test_the_one_that_was_chosen_is_opened_wherever_it_is(open_stand_in: Open, bus: Bus) -> None:
    for number in (1, 2, 3):
        bus.plug_in(f"{SERIAL} {number}", f"port_{4 - number}")
    reader = open_stand_in("pluggable", READER, bus=str(bus.folder), device=f"{SERIAL} 2")
    assert reader.status()["device"] == f"{SERIAL} 2"
    assert open_stand_in("pluggable", READER, bus=str(bus.folder)).status()["device"] == f"{SERIAL} 1"


@pytest.mark.parametrize("lists", ["nonsense", "twice"])
def test_a_plugin_that_lists_nonsense_is_out_of_order(open_stand_in: Open, bus: Bus, lists: str) -> None:
    bus.plug_in(SERIAL)
    reader = open_stand_in("pluggable", READER, bus=str(bus.folder), lists=lists)
    wait_until(lambda: reader.state is DeviceState.OUT_OF_ORDER)
    assert isinstance(error_of(reader.status), PluginFailedError)


def test_of_two_that_want_one_reader_the_second_is_told_and_gets_it_when_the_first_lets_go(open_stand_in: Open, bus: Bus) -> None:
    bus.plug_in(SERIAL)
    first = open_stand_in("pluggable", READER, bus=str(bus.folder))
    first.wait_until_ready(WAIT_S)
    second = open_stand_in("pluggable", READER, bus=str(bus.folder))
    error = error_of(second.status)
    assert (type(error), error.facts["why"]) == (DeviceBusyError, "held")
    first.close()
    assert second.status()["device"] == SERIAL


OTHER = """
import sys, time
from pathlib import Path
from teller_assist.devices import device_lock
from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.opening import open_device
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.schema import DevicesSettings

class AnyFiles:
    def check(self, folder): pass

device_lock._COMMON_FOLDERS = (Path(sys.argv[3]),)
device = open_device(Path(sys.argv[1]), "pluggable", IdCardReaderDevice, {"bus": sys.argv[2]},
    devices_settings=DevicesSettings(), authority=AnyFiles(), limits=PictureLimits(10**6, 10**6), on_state=lambda *_: None)
print(device.status()["device"], flush=True)
time.sleep(60)
"""


@pytest.mark.full
def test_another_station_that_is_killed_leaves_the_reader_to_this_one(
    open_stand_in: Open, plugins_root: Path, bus: Bus, common_folder: Path
) -> None:
    bus.plug_in(SERIAL)
    command = [sys.executable, "-c", OTHER, str(plugins_root), str(bus.folder), str(common_folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == SERIAL
        reader = open_stand_in("pluggable", READER, bus=str(bus.folder))
        error = error_of(reader.status)
        assert (type(error), error.facts["process_id"]) == (DeviceBusyError, other.pid)
        other.send_signal(signal.SIGKILL)
    assert reader.status()["device"] == SERIAL


@pytest.mark.full
def test_a_driver_that_holds_the_interpreter_ends_soon_after_its_station_was_killed(
    plugins_root: Path, common_folder: Path
) -> None:
    code = OTHER.replace('"pluggable", IdCardReaderDevice, {"bus": sys.argv[2]}',
        '"misbehaving", IdCardReaderDevice, {"fault": "hang_holding_the_interpreter"}')  # fmt: skip
    code = code.replace('print(device.status()["device"], flush=True)', """
device.status()
import threading
threading.Thread(target=lambda: device.read(threading.Event()), daemon=True).start()
time.sleep(0.2)
print(device.process._process.pid, flush=True)""")  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", code, str(plugins_root), "", str(common_folder)], stdout=subprocess.PIPE, text=True
    ) as station:
        assert station.stdout is not None
        process = Path("/proc") / station.stdout.readline().strip()
        station.send_signal(signal.SIGKILL)
    assert process.exists()
    until_s = time.monotonic() + WAIT_S
    while process.exists() and time.monotonic() < until_s:
        time.sleep(0.05)
    assert not process.exists()
