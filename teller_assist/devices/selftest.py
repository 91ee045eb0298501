"""A plugin's self-test for IT: one line per check, of the host first, then of the plugin; nothing of a card.

    files -> process -> open -> status -> the plugin's own checks -> what its kind must do -> close

After a check that fails, what depends on it is not tried. The details are made for a report that leaves the bank: numbers of
persons, cards and telephones in them are hidden.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from teller_assist.devices.chosen import named_as_the_site_does, refused_as_given
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.launch import Launch
from teller_assist.devices.manifest import Manifest
from teller_assist.devices.opening import launch_of
from teller_assist.devices.plugged_in import PluggedIn
from teller_assist.devices.plugins import PlacedPlugin
from teller_assist.devices.process import PluginProcess
from teller_assist.devices.records import SelftestLine, read_presence, read_selftest, read_status
from teller_assist.errors import DeviceTimeoutError, KnownError, PluginFailedError
from teller_assist.settings.redaction import redact
from teller_assist.settings.schema import DevicesSettings
from teller_assist.wording import Sentences, error_sentences

TRIED_KINDS = tuple(DeviceKind)
_CARD_READERS = frozenset({DeviceKind.ID_CARD_READER, DeviceKind.TRAVEL_DOCUMENT_READER, DeviceKind.BANK_CARD_READER})
PLUGINS_OWN = "plugin."  # before the code of a check that the plugin brings
_FRAME_LIMIT_S = 5.0
_LONGEST_DETAIL = 300


@dataclass(frozen=True)
class SelftestCheck:
    """One line.

    Attributes
    ----------
    check
        A code of the wording group ``selftest_check``, or ``PLUGINS_OWN`` and the plugin's own code.
    detail
        Technical text for IT and the plugin's maker; numbers of persons and cards are hidden.
    latency_ms
        How long it took; 0 for the plugin's own checks, which are timed together.
    why
        What happened and what to do now; None where it passed, and for the plugin's own checks, whose detail says it.
    """

    check: str
    passed: bool
    detail: str
    latency_ms: int = 0
    why: Sentences | None = None


def run_selftest(
    placed: PlacedPlugin,
    kinds: tuple[DeviceKind, ...],
    settings: Mapping[DeviceKind, Mapping[str, Any]],
    devices_settings: DevicesSettings,
    *,
    given: Collection[str] = (),
    told: Callable[[str, SelftestCheck], None] = lambda _part, _line: None,
    cancel: threading.Event | None = None,
) -> dict[str, tuple[SelftestCheck, ...]]:
    """Judge a plugin, open each of its devices, and return the lines: of the plugin's files under "plugin", then by kind.

    Parameters
    ----------
    kinds
        Which of its devices; empty: all that the product has a use for.
    settings
        The plugin's settings for each of its devices; what is left out has its default.
    given
        Which of the settings a command was given for this once; the others are the site's.
    told
        Called with part and line as soon as each check is done, on the caller's thread.
    cancel
        Set by whoever does not wait for the rest any more.

    Raises
    ------
    DeviceTimeoutError
        "cancelled"; the check that was cut short has no line, and the device is let go.
    """
    run = _Run(told, cancel or threading.Event())
    files = run.part("plugin")
    manifest = files.timed("files", placed.judged, _files_detail)
    if manifest is not None:
        for kind in kinds or tuple(kind for kind in manifest.kinds if kind in TRIED_KINDS):
            with_settings = partial(_launch, manifest, placed, kind, settings.get(kind, {}), devices_settings, given)
            _try_device(run.part(kind.value), with_settings, placed.plugin_id, kind)
    return {part.name: tuple(part.lines) for part in run.parts}


def _launch(
    manifest: Manifest,
    placed: PlacedPlugin,
    kind: DeviceKind,
    settings: Mapping[str, Any],
    devices_settings: DevicesSettings,
    given: Collection[str],
) -> Launch:
    with refused_as_given(given), named_as_the_site_does(kind, placed.plugin_id):
        return launch_of(manifest, placed.place, kind, settings, devices_settings)


def _try_device(part: _Part, launch: Callable[[], Launch], plugin_id: str, kind: DeviceKind) -> None:
    frame_came = threading.Event()

    def start() -> tuple[PluginProcess, dict[str, Any]]:
        process = PluginProcess(launch(), lambda _process, _frame: frame_came.set())
        try:
            return process, process.greet()
        except KnownError:
            process.end()
            raise

    started = part.timed("process", start, lambda told: _words(told[1]))
    if started is None:
        return
    part.process = started[0]
    try:
        _try_opened(part, started[0], plugin_id, kind, frame_came)
    finally:
        started[0].end()


def _try_opened(part: _Part, process: PluginProcess, plugin_id: str, kind: DeviceKind, frame_came: threading.Event) -> None:
    def call(operation: str) -> Any:
        return process.call(operation, part.cancel)

    if part.timed("devices", lambda: (process.claim(),), _devices_detail) is None:
        return
    if part.timed("open", lambda: (process.open(part.cancel),), lambda told: _words(told[0] or {})) is None:
        return
    part.timed("status", lambda: read_status(call("status"), plugin_id), _words)
    for one in part.timed("selftest", lambda: _own_lines(call("selftest"), plugin_id), _counted) or ():
        part.add(_own(one))
    if kind in _CARD_READERS:
        part.timed("find_card", lambda: (read_presence(call("find_card"), plugin_id),), lambda told: f"card={told[0]}".lower())
    elif kind is DeviceKind.CAMERA:
        part.timed("frames", lambda: _await_frame(process, frame_came, part.cancel))
    part.timed("close", lambda: (call("close"),))


def _own(line: SelftestLine) -> SelftestCheck:
    return SelftestCheck(f"{PLUGINS_OWN}{redact(line.check)[:60]}", line.passed, redact(line.detail)[:_LONGEST_DETAIL])


def _own_lines(told: Any, plugin_id: str) -> tuple[SelftestLine, ...]:
    lines = read_selftest(told, plugin_id)
    if not lines:
        raise PluginFailedError(plugin=plugin_id, operation="selftest", why="record")
    return lines


def _await_frame(process: PluginProcess, frame_came: threading.Event, cancel: threading.Event) -> bool:
    process.call("start_frames", cancel)
    until_s = time.monotonic() + _FRAME_LIMIT_S
    while not frame_came.wait(0.05) and not cancel.is_set():
        if process.ended.is_set() and process.failure is not None:
            raise process.failure
        if time.monotonic() > until_s:
            raise DeviceTimeoutError(device=DeviceKind.CAMERA.value, why="no_frame")
    return True


class _Run:
    """The parts of one self-test, in their order."""

    def __init__(self, told: Callable[[str, SelftestCheck], None], cancel: threading.Event) -> None:
        self._told, self._cancel = told, cancel
        self.parts: list[_Part] = []

    def part(self, name: str) -> _Part:
        self.parts.append(_Part(name, self._told, self._cancel))
        return self.parts[-1]


class _Part:
    """The lines of one part, each told as soon as it stands."""

    def __init__(self, name: str, told: Callable[[str, SelftestCheck], None], cancel: threading.Event) -> None:
        self.name, self.cancel, self._told = name, cancel, told
        self.lines: list[SelftestCheck] = []
        self.process: PluginProcess | None = None

    def add(self, line: SelftestCheck) -> None:
        self.lines.append(line)
        self._told(self.name, line)

    def timed(self, check: str, run: Callable[[], Any], detail: Callable[[Any], str] = lambda _told: "") -> Any:
        """Run one check, add its line, and return its outcome; None where it failed."""
        began_s = time.monotonic()
        self._stop_if_cancelled()
        why: Sentences | None = None
        try:
            outcome = run()
        except KnownError as error:
            self._stop_if_cancelled()
            told, outcome, why = f"{error} {self._hint}".strip(), None, error_sentences(error)
        else:
            told = detail(outcome)
        self._stop_if_cancelled()
        latency_ms = round((time.monotonic() - began_s) * 1000)
        self.add(SelftestCheck(check, outcome is not None, redact(told)[:_LONGEST_DETAIL], latency_ms, why))
        return outcome

    @property
    def _hint(self) -> str:
        return "" if self.process is None else self.process.last_hint

    def _stop_if_cancelled(self) -> None:
        if self.cancel.is_set():
            raise DeviceTimeoutError(device=self.name, why="cancelled")


def _devices_detail(told: tuple[PluggedIn | None]) -> str:
    return "not listed by this plugin" if told[0] is None else f"{told[0].identity} ({told[0].name})"


def _files_detail(manifest: Manifest) -> str:
    return f"{manifest.plugin_id} {manifest.version}"


def _counted(lines: tuple[SelftestLine, ...]) -> str:
    return f"{sum(one.passed for one in lines)} of {len(lines)}"


def _words(told: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in told.items())
