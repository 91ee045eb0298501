"""The station's devices behind their chips: which plugin drives each, and its self-test, which takes the devices for a moment."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.selftest import SelftestCheck, run_selftest
from teller_assist.errors import DeviceTimeoutError, KnownError, SessionError
from teller_assist.settings.plugin_choice import PluginChoice
from teller_assist.settings.schema import Settings
from teller_assist.wording import error_sentences
from teller_assist.workflow.case_keeper import CaseKeeping
from teller_assist.workflow.device_care import DeviceCare, PluginDesk
from teller_assist.workflow.equipment import EquipmentSource
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.scene import Scene
from teller_assist.workflow.station_cards import StationCards
from teller_assist.workflow.workers import Work


class StationDevices(StationCards):
    """Adds them to ``StationCards``, whose parameters it takes; without ``know_plugins`` there is nothing to test."""

    def __init__(
        self,
        instruments: Instruments,
        source: EquipmentSource,
        settings: Settings,
        keeping: CaseKeeping | None = None,
        *,
        draw: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        self._care = DeviceCare()
        self._plugins: PluginDesk | None = None
        super().__init__(instruments, source, settings, keeping, draw=draw)

    def know_plugins(self, plugins: PluginDesk) -> None:
        """Say where the plugins of this machine are known; before that no device can be tested."""
        self._plugins = plugins

    def look_at_devices(self) -> None:
        """See ``Station``."""
        if self._plugins is not None:
            self._workers.submit(Work.PLUGINS, self._list_plugins, self._plugins)

    def test_device(self, device: str, *, confirmed: bool = False) -> None:
        """See ``Station``."""
        kind = DeviceKind(device)
        with self._lock:
            equipment, plugins = self._counter.equipment, self._plugins
            chosen = None if equipment is None else equipment.chosen.get(kind)
            if plugins is None or equipment is None or chosen is None:
                raise SessionError(why="no_selftest")
            if self._care.runs or self._bringing:
                raise SessionError(why="selftest_runs")
            if self._customer is not None:
                self._require_somebody()
                if not confirmed:
                    raise SessionError(why="selftest_unconfirmed")
            lets_go = equipment.simulated is None  # a simulated device can be opened twice
            cancel = self._care.begin(kind)
            self._workers.submit(Work.EQUIPMENT, self._test, plugins, kind, chosen, cancel, lets_go)
        self._announcer.changed()

    def stop_test(self) -> None:
        """See ``Station``."""
        with self._lock:
            self._care.stop()
        self._announcer.changed()

    def _list_plugins(self, plugins: PluginDesk) -> None:
        listed = plugins.listed()
        with self._lock:
            self._care.note_listed(listed)
        self._announcer.changed()

    def _test(self, plugins: PluginDesk, kind: DeviceKind, chosen: PluginChoice, cancel: threading.Event, lets_go: bool) -> None:
        """Test one device; runs on the worker that opens the equipment, so that nobody opens a device meanwhile."""
        try:
            if lets_go and not cancel.is_set():
                self._let_readers_go()
                self._counter.close()
            self._run_checks(plugins, kind, chosen, cancel)
        finally:
            try:
                if self._counter.equipment is None and not self._closed.is_set():
                    self._set_up()
            finally:
                with self._lock:
                    self._care.end()
                self._announcer.changed()

    def _run_checks(self, plugins: PluginDesk, kind: DeviceKind, chosen: PluginChoice, cancel: threading.Event) -> None:
        told = partial(self._note_line, kind)
        try:
            placed = plugins.find(chosen.plugin)
            run_selftest(placed, (kind,), {kind: chosen.settings}, self._settings.devices, told=told, cancel=cancel)
        except DeviceTimeoutError:
            pass  # stopped: the lines that stand are shown, and that it was stopped
        except KnownError as error:  # there is no such plugin
            self._note_line(kind, "plugin", SelftestCheck("files", passed=False, detail=str(error), why=error_sentences(error)))

    def _note_line(self, kind: DeviceKind, _part: str, line: SelftestCheck) -> None:
        with self._lock:
            self._care.note(kind, line)
        self._announcer.changed()

    def _open_transaction(self) -> None:
        self._care.stop()  # a customer always comes first: the devices are theirs as soon as they are open again
        super()._open_transaction()

    def _scene(self) -> Scene:
        equipment = None if self._plugins is None or self._bringing else self._counter.equipment
        return replace(
            super()._scene(),
            device_care=self._care.view(equipment, serving=self._customer is not None, may_confirm=self._somebody_is_here()),
        )
