"""A plugin's self-test for IT: one line per check, of the host first, then of the plugin; nothing of a card.

    files -> process -> open -> status -> the plugin's own checks -> what its kind must do -> close

After a check that fails, what depends on it is not tried. The details are made for a report that leaves the bank: numbers of
persons, cards and telephones in them are hidden.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.manifest import Manifest
from teller_assist.devices.opening import launch_of
from teller_assist.devices.plugged_in import PluggedIn
from teller_assist.devices.plugins import PlacedPlugin
from teller_assist.devices.process import PluginProcess
from teller_assist.devices.records import SelftestLine, read_presence, read_selftest, read_status
from teller_assist.errors import BugError, DeviceTimeoutError, KnownError, PluginFailedError
from teller_assist.settings.redaction import redact
from teller_assist.settings.schema import DevicesSettings

TRIED_KINDS = (DeviceKind.CAMERA, DeviceKind.DOCUMENT_SCANNER, DeviceKind.ID_CARD_READER)
_FRAME_LIMIT_S = 5.0
_LONGEST_DETAIL = 300


@dataclass(frozen=True)
class SelftestCheck:
    """One line.

    Attributes
    ----------
    check
        A code of the wording group ``selftest_check``, or "plugin." and the plugin's own code.
    detail
        Technical text for IT and the plugin's maker; numbers of persons and cards are hidden.
    latency_ms
        How long it took; 0 for the plugin's own checks, which are timed together.
    """

    check: str
    passed: bool
    detail: str
    latency_ms: int = 0


def run_selftest(
    placed: PlacedPlugin, kinds: tuple[DeviceKind, ...], settings: Mapping[str, Any], devices_settings: DevicesSettings
) -> dict[str, tuple[SelftestCheck, ...]]:
    """Judge a plugin, open each of its devices, and return the lines: of the plugin's files under "plugin", then by kind.

    Parameters
    ----------
    kinds
        Which of its devices; empty: all that the product has a use for.
    settings
        The plugin's settings; what is left out has its default.
    """
    lines: list[SelftestCheck] = []
    manifest = _timed(lines, "files", placed.judged, _files_detail)
    told = {"plugin": tuple(lines)}
    if manifest is not None:
        for kind in kinds or tuple(kind for kind in manifest.kinds if kind in TRIED_KINDS):
            told[kind.value] = tuple(_device_lines(placed, manifest, kind, settings, devices_settings))
    return told


def _device_lines(
    placed: PlacedPlugin, manifest: Manifest, kind: DeviceKind, settings: Mapping[str, Any], devices_settings: DevicesSettings
) -> list[SelftestCheck]:
    lines: list[SelftestCheck] = []
    frame_came = threading.Event()

    def start() -> tuple[PluginProcess, dict[str, Any]]:
        if placed.folder is None:
            raise BugError("a plugin that was judged has a folder")
        launch = launch_of(manifest, placed.folder.resolve(), kind, settings, devices_settings)
        process = PluginProcess(launch, lambda _process, _frame: frame_came.set())
        try:
            return process, process.greet()
        except KnownError:
            process.end()
            raise

    started = _timed(lines, "process", start, lambda told: _words(told[1]))
    if started is None:
        return lines
    process = started[0]
    try:
        lines += _opened_lines(process, placed.plugin_id, kind, frame_came)
    finally:
        process.end()
    return lines


def _opened_lines(process: PluginProcess, plugin_id: str, kind: DeviceKind, frame_came: threading.Event) -> list[SelftestCheck]:
    lines: list[SelftestCheck] = []

    def timed(check: str, run: Callable[[], Any], detail: Callable[[Any], str] = lambda _told: "") -> Any:
        return _timed(lines, check, run, detail, process)

    if timed("devices", lambda: (process.claim(),), _devices_detail) is None:
        return lines
    if timed("open", lambda: (process.open(),), lambda told: _words(told[0] or {})) is None:
        return lines
    timed("status", lambda: read_status(process.call("status"), plugin_id), _words)
    lines += [_own(one) for one in timed("selftest", lambda: _own_lines(process, plugin_id), _counted) or ()]
    if kind is DeviceKind.ID_CARD_READER:
        timed("find_card", lambda: (read_presence(process.call("find_card"), plugin_id),), lambda told: f"card={told[0]}".lower())
    elif kind is DeviceKind.CAMERA:
        timed("frames", lambda: _await_frame(process, frame_came))
    timed("close", lambda: (process.call("close"),))
    return lines


def _own(line: SelftestLine) -> SelftestCheck:
    return SelftestCheck(f"plugin.{redact(line.check)[:60]}", line.passed, redact(line.detail)[:_LONGEST_DETAIL])


def _own_lines(process: PluginProcess, plugin_id: str) -> tuple[SelftestLine, ...]:
    lines = read_selftest(process.call("selftest"), plugin_id)
    if not lines:
        raise PluginFailedError(plugin=plugin_id, why="record")
    return lines


def _await_frame(process: PluginProcess, frame_came: threading.Event) -> bool:
    process.call("start_frames")
    until_s = time.monotonic() + _FRAME_LIMIT_S
    while not frame_came.wait(0.05):
        if process.ended.is_set() and process.failure is not None:
            raise process.failure
        if time.monotonic() > until_s:
            raise DeviceTimeoutError(device=DeviceKind.CAMERA.value, why="no_frame")
    return True


def _timed(
    lines: list[SelftestCheck],
    check: str,
    run: Callable[[], Any],
    detail: Callable[[Any], str],
    process: PluginProcess | None = None,
) -> Any:
    """Run one check, add its line, and return its outcome; None where it failed."""
    began_s = time.monotonic()
    try:
        outcome = run()
    except KnownError as error:
        told, outcome = f"{error} {'' if process is None else process.last_hint}".strip(), None
    else:
        told = detail(outcome)
    latency_ms = round((time.monotonic() - began_s) * 1000)
    lines.append(SelftestCheck(check, outcome is not None, redact(told)[:_LONGEST_DETAIL], latency_ms))
    return outcome


def _devices_detail(told: tuple[PluggedIn | None]) -> str:
    return "not listed by this plugin" if told[0] is None else f"{told[0].identity} ({told[0].name})"


def _files_detail(manifest: Manifest) -> str:
    return f"{manifest.plugin_id} {manifest.version}"


def _counted(lines: tuple[SelftestLine, ...]) -> str:
    return f"{sum(one.passed for one in lines)} of {len(lines)}"


def _words(told: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in told.items())
