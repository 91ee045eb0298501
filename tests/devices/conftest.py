"""Stand-in plugins in an installation of their own, and the check that nothing of a device is left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.kinds import FRAME_KINDS, DeviceKind
from teller_assist.devices.launch import Launch
from teller_assist.devices.manifest import read_manifest
from teller_assist.devices.opening import DEVICES, open_device, open_in_folder
from teller_assist.devices.plugins import PlacedPlugin
from teller_assist.devices.process import PluginProcess
from teller_assist.devices.supervision import OpenedDevice
from teller_assist.pictures.decode import PictureLimits
from teller_assist.processes import working_folder
from teller_assist.settings.schema import DevicesSettings
from tests.stand_ins.authorities import AnyFiles

STAND_INS = Path(__file__).parents[1] / "stand_ins" / "plugins"
LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)
# A restart in no time; the back-off itself has a test of its own.
QUICK = DevicesSettings(hello_timeout_s=5.0, restart_after_s=0.01, crashes_per_minute_max=3)


@pytest.fixture
def plugins_root(tmp_path: Path) -> Path:
    """An installation root that holds the stand-in plugins."""
    root = tmp_path / "installation"
    shutil.copytree(STAND_INS, root / "device_plugins", ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture
def open_stand_in(plugins_root: Path) -> Iterator[Callable[..., Any]]:
    """Open a device of a stand-in; all are closed at the end."""
    opened: list[OpenedDevice] = []

    def open_one(
        plugin_id: str, kind: DeviceKind, *, told: list[Any] | None = None, settings: DevicesSettings = QUICK, **given: Any
    ) -> Any:
        states = [] if told is None else told
        device = open_device(
            plugins_root,
            plugin_id,
            DEVICES[kind],
            given,
            devices_settings=settings,
            authority=AnyFiles(),
            limits=LIMITS,
            on_state=lambda kind, state: states.append(state),
        )
        opened.append(device)
        return device

    yield open_one
    for device in opened:
        device.close()


def read_status(placed: PlacedPlugin) -> Mapping[str, object]:
    """Open the ID card reader of a plugin that lies anywhere, return its status, and close it."""
    reader = open_in_folder(
        placed.place,
        IdCardReaderDevice,
        {},
        devices_settings=QUICK,
        authority=placed.authority,
        limits=LIMITS,
        on_state=lambda kind, state: None,
    )
    try:
        reader.wait_until_ready(5.0)
        return reader.status()
    finally:
        reader.close()


@pytest.fixture
def make_launch(plugins_root: Path) -> Callable[..., Launch]:
    """Return how a stand-in is started, as ``opening`` makes it; ``changed`` replaces parts of it."""

    def make(plugin_id: str, kind: DeviceKind, given: dict[str, Any], **changed: Any) -> Launch:
        folder = plugins_root / "device_plugins" / plugin_id
        manifest = read_manifest((folder / "manifest.json").read_bytes(), folder)
        parts = {
            "plugin_id": manifest.plugin_id,
            "kind": kind,
            "folder": folder,
            "entry": manifest.entry,
            "interpreter": Path(sys.executable),
            "settings": manifest.checked_settings(given),
            "time_limits_s": manifest.time_limits_s,
            "hello_timeout_s": 5.0,
            "max_frame_px": manifest.max_frame_px if kind in FRAME_KINDS else None,
            "network": manifest.network,
        }
        return Launch(**{**parts, **changed})

    return make


@pytest.fixture
def start_process(make_launch: Callable[..., Launch]) -> Iterator[Callable[..., PluginProcess]]:
    """Start a stand-in's process and greet it, without supervision; all are ended at the end."""
    started: list[PluginProcess] = []

    def start(
        plugin_id: str,
        kind: DeviceKind = DeviceKind.ID_CARD_READER,
        *,
        greet: bool = True,
        changed: dict[str, Any] | None = None,
        **given: Any,
    ) -> PluginProcess:
        process = PluginProcess(make_launch(plugin_id, kind, given, **(changed or {})), lambda process, frame: None)
        started.append(process)
        if greet:
            process.greet()
        return process

    yield start
    for process in started:
        process.end()


@pytest.fixture(autouse=True)
def _nothing_of_a_device_is_left() -> Iterator[None]:
    before = _leftovers()
    yield
    until_s = time.monotonic() + 3.0
    while (left := _leftovers() - before) and time.monotonic() < until_s:
        time.sleep(0.01)
    assert not left, f"left behind: {sorted(left)}"


def _leftovers() -> set[str]:
    threads = {f"thread {one.name} {one.ident}" for one in threading.enumerate() if one.name.startswith(("plugin-", "device-"))}
    folders = {f"folder {path.name}" for path in working_folder.RAM_BACKED.glob(f"{working_folder.PREFIX}{os.getpid()}-*")}
    return threads | folders | {f"child {pid}" for pid in _children()} | {f"descriptor {one}" for one in _descriptors()}


def _children() -> set[str]:
    found: set[str] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that is just ending
            found.update((task / "children").read_text().split())
    return found


def _descriptors() -> set[str]:
    """Return what points at a pipe or at shared memory; a log or a cache may come and go."""
    found = set()
    for one in Path("/proc/self/fd").iterdir():
        try:
            target = str(one.readlink())
        except FileNotFoundError:
            continue
        if target.startswith(("pipe:", "/memfd:")):
            found.add(f"{one.name} {target}")
    return found
