"""Restarts, back-off, out of order, and closing."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices import supervision
from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.errors import (
    DeviceBusyError,
    DeviceMissingError,
    DeviceTimeoutError,
    KnownError,
    PluginFailedError,
    PluginIncompatibleError,
    PluginNotAuthorisedError,
    SettingOutOfRangeError,
    UnknownSettingError,
)
from teller_assist.settings.schema import DevicesSettings

Open = Callable[..., Any]
READER, CAMERA, SCANNER = DeviceKind.ID_CARD_READER, DeviceKind.CAMERA, DeviceKind.DOCUMENT_SCANNER
WAIT_S = 10.0


def wait_for_state(device: Any, state: DeviceState) -> None:
    until_s = time.monotonic() + WAIT_S
    while device.state is not state:
        assert time.monotonic() < until_s, device.state
        time.sleep(0.002)


def refused(device: Any) -> KnownError:
    began_s = time.monotonic()
    with pytest.raises(KnownError) as caught:
        device.status()
    assert time.monotonic() - began_s < 1.0, "a device that is down answers at once"
    return caught.value


def test_a_device_becomes_ready_and_tells_its_states(open_stand_in: Open) -> None:
    told: list[DeviceState] = []
    device = open_stand_in("willing", READER, told=told)
    device.wait_until_ready(WAIT_S)
    assert (device.state, device.problem) == (DeviceState.READY, None)
    assert device.status()["greeting"] == "hello"
    assert [(line.check, line.passed) for line in device.selftest()] == [("opened", True)]
    device.close()
    assert told == [DeviceState.STARTING, DeviceState.READY, DeviceState.CLOSED]


def test_a_call_waits_for_a_start_that_is_under_way(open_stand_in: Open) -> None:
    assert open_stand_in("willing", READER).status()["greeting"] == "hello"


@pytest.mark.logs_warnings
def test_a_device_that_crashed_is_started_again(open_stand_in: Open) -> None:
    told: list[DeviceState] = []
    device = open_stand_in("willing", READER, told=told)
    device.wait_until_ready(WAIT_S)
    os.kill(device.process._process.pid, signal.SIGKILL)
    wait_for_state(device, DeviceState.RESTARTING) if device.state is DeviceState.READY else None
    wait_for_state(device, DeviceState.READY)
    assert device.status()["greeting"] == "hello"
    states = DeviceState
    assert told == [states.STARTING, states.READY, states.RESTARTING, states.STARTING, states.READY]


@pytest.mark.logs_warnings
def test_three_crashes_in_a_minute_put_it_out_of_order(open_stand_in: Open) -> None:
    told: list[DeviceState] = []
    device = open_stand_in("misbehaving", READER, told=told, fault="segfault", when="open")
    wait_for_state(device, DeviceState.OUT_OF_ORDER)
    assert told.count(DeviceState.STARTING) == 3
    error = refused(device)
    assert isinstance(error, PluginFailedError)
    assert error.facts == {"plugin": "misbehaving", "why": "out_of_order"}


@pytest.mark.logs_warnings
@pytest.mark.parametrize("fault", ["hang", "nonsense", "exit", "null"])
@pytest.mark.full
def test_crashes_during_calls_count_as_well(open_stand_in: Open, fault: str) -> None:
    device = open_stand_in("misbehaving", READER, fault=fault)
    for _ in range(3):
        device.wait_until_ready(WAIT_S)
        with pytest.raises(KnownError) as caught:
            device.read(threading.Event())
        assert isinstance(caught.value, PluginFailedError | DeviceTimeoutError)
        until_s = time.monotonic() + WAIT_S
        while device.state in (DeviceState.READY, DeviceState.RESTARTING) and time.monotonic() < until_s:
            time.sleep(0.002)
    wait_for_state(device, DeviceState.OUT_OF_ORDER)
    assert isinstance(refused(device), PluginFailedError)


@pytest.mark.full
@pytest.mark.logs_warnings
@pytest.mark.parametrize(("code", "family"), [("device_missing", DeviceMissingError), ("device_busy", DeviceBusyError)])
def test_a_device_that_is_not_there_yet_is_looked_for_again_and_again(
    open_stand_in: Open, code: str, family: type[KnownError]
) -> None:
    told: list[DeviceState] = []
    device = open_stand_in("misbehaving", READER, told=told, fault="problem", text=code, when="open")
    until_s = time.monotonic() + WAIT_S
    while told.count(DeviceState.STARTING) < 5 and time.monotonic() < until_s:
        time.sleep(0.005)
    assert DeviceState.OUT_OF_ORDER not in told, "an absent device is no crash"
    wait_for_state(device, DeviceState.RESTARTING)
    assert isinstance(refused(device), family)


@pytest.mark.logs_warnings
def test_a_reader_that_comes_back_is_ready_again(open_stand_in: Open, plugins_root: Path) -> None:
    device = open_stand_in("misbehaving", READER, fault="missing_until", text=str(plugins_root / "plugged_in"), when="open")
    with pytest.raises(DeviceMissingError):
        device.wait_until_ready(WAIT_S)
    (plugins_root / "plugged_in").touch()
    wait_for_state(device, DeviceState.READY)
    assert device.problem is None


@pytest.mark.logs_warnings
def test_the_wait_before_a_restart_doubles(open_stand_in: Open) -> None:
    times: dict[int, float] = {}
    told: list[DeviceState] = []
    settings = DevicesSettings(hello_timeout_s=5.0, restart_after_s=0.1, crashes_per_minute_max=3)
    device = open_stand_in(
        "misbehaving", READER, told=told, settings=settings, fault="problem", text="device_missing", when="open"
    )
    for number in (1, 2, 3):
        until_s = time.monotonic() + WAIT_S
        while told.count(DeviceState.RESTARTING) < number and time.monotonic() < until_s:
            time.sleep(0.001)
        times[number] = time.monotonic()
    device.close()
    assert times[2] - times[1] >= 0.09
    assert times[3] - times[2] >= 0.19


@pytest.mark.logs_warnings
def test_crashes_of_long_ago_do_not_count(open_stand_in: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "_CRASH_WINDOW_S", 0.0)
    told: list[DeviceState] = []
    open_stand_in("misbehaving", READER, told=told, fault="exit", when="open")
    until_s = time.monotonic() + WAIT_S
    while told.count(DeviceState.STARTING) < 5 and time.monotonic() < until_s:
        time.sleep(0.005)
    assert DeviceState.OUT_OF_ORDER not in told


@pytest.mark.logs_warnings
def test_a_device_that_was_steady_starts_again_with_the_shortest_wait(
    open_stand_in: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "_STEADY_AFTER_S", 0.0)
    told: list[DeviceState] = []
    device = open_stand_in("willing", READER, told=told)
    for number in (1, 2):
        wait_for_state(device, DeviceState.READY)
        os.kill(device.process._process.pid, signal.SIGKILL)
        until_s = time.monotonic() + WAIT_S
        while told.count(DeviceState.RESTARTING) < number and time.monotonic() < until_s:
            time.sleep(0.001)
        assert device._failures == 1


def test_a_plugin_may_bring_its_own_interpreter(open_stand_in: Open, plugins_root: Path) -> None:
    folder = plugins_root / "device_plugins" / "willing"
    (folder / "own-python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (folder / "own-python").chmod(0o700)
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**told, "interpreter": "own-python"}), encoding="utf-8")
    assert open_stand_in("willing", READER).status()["greeting"] == "hello"


@pytest.mark.logs_warnings
def test_an_outage_is_logged_once(open_stand_in: Open, caplog: pytest.LogCaptureFixture) -> None:
    told: list[DeviceState] = []
    open_stand_in("misbehaving", READER, told=told, fault="problem", text="device_missing", when="open")
    until_s = time.monotonic() + WAIT_S
    while told.count(DeviceState.RESTARTING) < 4 and time.monotonic() < until_s:
        time.sleep(0.005)
    assert [record.levelname for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == ["WARNING"]


@pytest.mark.logs_warnings
def test_a_plugin_changed_while_it_ran_is_not_started_again(open_stand_in: Open, plugins_root: Path) -> None:
    device = open_stand_in("willing", READER)
    device.wait_until_ready(WAIT_S)
    (plugins_root / "device_plugins" / "willing" / "manifest.json").write_text("{}")
    os.kill(device.process._process.pid, signal.SIGKILL)
    wait_for_state(device, DeviceState.OUT_OF_ORDER)
    assert isinstance(refused(device), PluginIncompatibleError)


@pytest.mark.parametrize("fault", ["hang", "hang_holding_the_interpreter", "none"])
def test_closing_takes_less_than_a_second_even_while_a_call_hangs(open_stand_in: Open, fault: str) -> None:
    device = open_stand_in("misbehaving", READER, fault=fault)
    device.wait_until_ready(WAIT_S)
    errors: list[KnownError] = []

    def read() -> None:
        try:
            device.read(threading.Event())
        except KnownError as error:
            errors.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    time.sleep(0.05)
    began_s = time.monotonic()
    device.close()
    device.close()
    assert time.monotonic() - began_s < 1.0
    thread.join(WAIT_S)
    assert len(errors) == 1
    assert device.state is DeviceState.CLOSED
    assert refused(device).facts["why"] == "closed"


@pytest.mark.parametrize("when", ["import", "open"])
def test_closing_does_not_wait_for_a_start_that_hangs(open_stand_in: Open, when: str) -> None:
    device = open_stand_in("misbehaving", READER, fault="hang", when=when)
    time.sleep(0.1)
    began_s = time.monotonic()
    device.close()
    assert time.monotonic() - began_s < 1.0
    assert device.state is DeviceState.CLOSED


def test_closing_at_once_leaves_nothing(open_stand_in: Open) -> None:
    for kind in (READER, CAMERA, SCANNER):
        open_stand_in("willing", kind).close()


def test_waiting_for_a_slow_start_has_a_limit(open_stand_in: Open) -> None:
    device = open_stand_in("misbehaving", READER, fault="hang", when="open")
    with pytest.raises(DeviceTimeoutError) as caught:
        device.wait_until_ready(0.05)
    assert caught.value.facts["why"] == "starting"


def test_several_devices_open_side_by_side_each_in_its_own_process(open_stand_in: Open) -> None:
    slow = open_stand_in("misbehaving", READER, fault="hang", when="open")
    quick = [open_stand_in("willing", kind) for kind in (READER, CAMERA, SCANNER)]
    for device in quick:
        device.wait_until_ready(WAIT_S)
    assert slow.state is DeviceState.STARTING
    assert len({device.process._process.pid for device in (slow, *quick)}) == 4


def test_a_plugin_is_judged_before_anything_of_it_runs(open_stand_in: Open, plugins_root: Path) -> None:
    with pytest.raises(DeviceMissingError):
        open_stand_in("no_such_plugin", READER)
    with pytest.raises(DeviceMissingError):
        open_stand_in("../device_plugins/willing", READER)
    with pytest.raises(UnknownSettingError) as unknown:
        open_stand_in("willing", READER, no_such_setting=1)
    assert unknown.value.facts["key"] == "willing.no_such_setting"
    for value in (0.0, "many", True, float("nan")):
        with pytest.raises(SettingOutOfRangeError):
            open_stand_in("willing", CAMERA, frames_per_s=value)
    (plugins_root / "device_plugins" / "willing" / "main.py").unlink()
    with pytest.raises(PluginIncompatibleError):
        open_stand_in("willing", READER)


def test_the_authority_has_the_first_word(plugins_root: Path) -> None:
    from teller_assist.devices.authority import ShippedAuthority
    from teller_assist.devices.id_card_reader import IdCardReaderDevice
    from teller_assist.devices.opening import open_device
    from teller_assist.pictures.decode import PictureLimits

    with pytest.raises(PluginNotAuthorisedError) as caught:
        open_device(
            plugins_root,
            "willing",
            IdCardReaderDevice,
            {},
            devices_settings=DevicesSettings(),
            authority=ShippedAuthority(),
            limits=PictureLimits(1_000_000, 1_000_000),
            on_state=lambda kind, state: None,
        )
    assert caught.value.facts == {"plugin": "willing", "why": "file_added", "files": 3}


@pytest.mark.full
@pytest.mark.logs_warnings
def test_whoever_wants_an_absent_device_does_not_wait_out_the_restarts_wait(open_stand_in: Open, plugins_root: Path) -> None:
    there = plugins_root / "plugged_in"
    settings = DevicesSettings(hello_timeout_s=5.0, restart_after_s=10.0, crashes_per_minute_max=3)
    device = open_stand_in("misbehaving", READER, settings=settings, fault="missing_until", text=str(there), when="open")
    wait_for_state(device, DeviceState.RESTARTING)
    there.touch()
    began_s = time.monotonic()
    while device.state is not DeviceState.READY and time.monotonic() - began_s < WAIT_S:
        with contextlib.suppress(DeviceMissingError):
            device.status()
    assert device.status() == {"told": "status"}
    assert time.monotonic() - began_s < 5.0


@pytest.mark.logs_warnings
def test_a_plugin_that_lists_nothing_opens_its_device_again_by_itself(open_stand_in: Open, plugins_root: Path) -> None:
    there = plugins_root / "plugged_in"
    device = open_stand_in("misbehaving", READER, fault="missing_until", text=str(there), when="read")
    device.wait_until_ready(WAIT_S)
    with pytest.raises(DeviceMissingError):
        device.read(threading.Event())
    process = device.process
    assert device.status() == {"told": "status"}
    assert device.process is process
