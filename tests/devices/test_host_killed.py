"""What is left of a device when the station itself is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HOST = """
import sys, threading, time
from pathlib import Path
from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.opening import open_device
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.schema import DevicesSettings

class AnyFiles:
    def check(self, folder): pass

device = open_device(Path(sys.argv[1]), "willing", IdCardReaderDevice, {}, devices_settings=DevicesSettings(),
    authority=AnyFiles(), limits=PictureLimits(10**6, 10**6), on_state=lambda kind, state: None)
print(device.process._process.pid if device.status() else "", device.status()["folder"], flush=True)
if sys.argv[2] == "stay":
    time.sleep(60)
"""
WAIT_S = 10.0


def start(root: Path, then: str) -> tuple[subprocess.Popen[str], Path, Path]:
    host = subprocess.Popen([sys.executable, "-c", HOST, str(root), then], stdout=subprocess.PIPE, text=True)
    assert host.stdout is not None
    with host.stdout:
        pid, folder = host.stdout.readline().split()
    return host, Path("/proc") / pid, Path(folder)


def wait_until_gone(*paths: Path) -> None:
    until_s = time.monotonic() + WAIT_S
    while any(path.exists() for path in paths):
        assert time.monotonic() < until_s, paths
        time.sleep(0.01)


@pytest.mark.full
def test_a_killed_station_takes_its_devices_and_their_folders_with_it(plugins_root: Path) -> None:
    host, process, folder = start(plugins_root, "stay")
    assert process.exists()
    assert folder.exists()
    host.send_signal(signal.SIGKILL)
    host.wait()
    wait_until_gone(process, folder)


@pytest.mark.full
def test_a_station_that_forgets_to_close_its_devices_still_ends(plugins_root: Path) -> None:
    host, process, folder = start(plugins_root, "leave")
    assert host.wait(WAIT_S) == 0
    wait_until_gone(process, folder)
