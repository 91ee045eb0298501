"""What the devices dialog knows: the plugins of this machine, and the self-test that runs or ran. No thread of its own."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Protocol

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.plugins import ListedPlugin, PlacedPlugin
from teller_assist.devices.selftest import PLUGINS_OWN, SelftestCheck
from teller_assist.wording import Sentences, codes, sentence
from teller_assist.workflow.equipment import CounterEquipment, devices_of
from teller_assist.workflow.view_devices import CheckRow, DeviceDetails, DevicesView, RefusedPlugin, SelftestView


class PluginDesk(Protocol):
    """Knows the plugins of this machine; ``devices.plugins.PluginShelf`` is one."""

    def listed(self) -> tuple[ListedPlugin, ...]:
        """Judge every plugin."""

    def find(self, plugin_id: str) -> PlacedPlugin:
        """Return one plugin, refused or not, or raise DeviceMissingError."""


class DeviceCare:
    """Keeps it; every method is called under the station's lock."""

    def __init__(self) -> None:
        self._listed: tuple[ListedPlugin, ...] | None = None
        self._tests: dict[DeviceKind, SelftestView] = {}
        self._running: DeviceKind | None = None
        self._cancel = threading.Event()

    @property
    def runs(self) -> bool:
        """Whether a self-test runs, or waits to."""
        return self._running is not None

    def note_listed(self, listed: tuple[ListedPlugin, ...]) -> None:
        """Take what was found on this machine."""
        self._listed = listed

    def begin(self, kind: DeviceKind) -> threading.Event:
        """Begin a self-test, and return what is set when nobody waits for it any more."""
        self._running, self._cancel = kind, threading.Event()
        self._tests[kind] = SelftestView(running=True)
        return self._cancel

    def note(self, kind: DeviceKind, line: SelftestCheck) -> None:
        """Take one line."""
        known = self._tests[kind]
        self._tests[kind] = replace(known, rows=(*known.rows, check_row(line)))

    def stop(self) -> None:
        """Stop the one that runs, if one does."""
        self._cancel.set()
        if self._running is not None:
            self._tests[self._running] = replace(self._tests[self._running], stopping=True)

    def end(self) -> None:
        """Say how the one that ran came out."""
        if self._running is None:
            return
        known = self._tests[self._running]
        stopped = self._cancel.is_set() or not known.rows
        passed = None if stopped else all(row.passed for row in known.rows)
        code = "stopped" if stopped else "all_passed" if passed else "some_failed"
        told = sentence("selftest_outcome", code, count=sum(not row.passed for row in known.rows))
        self._tests[self._running] = SelftestView(known.rows, passed=passed, outcome=told)
        self._running = None

    def view(self, equipment: CounterEquipment | None, *, serving: bool, may_confirm: bool) -> DevicesView:
        """Return what the dialog shows.

        Parameters
        ----------
        equipment
            None while the counter is being set up: nothing can be tested then.
        serving
            A customer is at the desk.
        may_confirm
            A teller is signed on and not locked out, who may test all the same.
        """
        may_test = equipment is not None and not self.runs and (not serving or may_confirm)
        return DevicesView(
            details=tuple(self._details(kind, equipment, may_test=may_test) for kind in devices_of(equipment)),
            refused=tuple(_refused(one) for one in self._listed or () if one.refusal is not None),
            listed=self._listed is not None,
            asks_first=sentence("devices_dialog", "customer_present") if serving else None,
        )

    def _details(self, kind: DeviceKind, equipment: CounterEquipment | None, *, may_test: bool) -> DeviceDetails:
        chosen = None if equipment is None else equipment.chosen.get(kind)
        device = None if equipment is None else equipment.devices().get(kind)
        plugin_id = chosen.plugin if chosen is not None else "" if device is None else device.plugin_id
        return DeviceDetails(
            kind.value,
            plugin=self._plugin(plugin_id) if plugin_id else None,
            has_test=chosen is not None or kind is self._running,
            may_test=may_test and chosen is not None,
            test=self._tests.get(kind),
        )

    def _plugin(self, plugin_id: str) -> Sentences:
        known = next((one for one in self._listed or () if one.plugin_id == plugin_id), None)
        version = "" if known is None or known.version is None else known.version
        name = None if known is None or known.manifest is None else known.manifest.name
        if name is None:
            return sentence("devices_dialog", "plugin_id", plugin=" ".join((plugin_id, version)).strip())
        zh, en = (sentence("devices_dialog", "plugin", name=one, version=version, plugin=plugin_id) for one in (name.zh, name.en))
        return Sentences(zh=zh.zh, en=en.en)


def check_row(line: SelftestCheck) -> CheckRow:
    """Return one line of a self-test as the dialog shows it."""
    own = line.check.startswith(PLUGINS_OWN)
    if line.check in codes("selftest_check"):
        what = sentence("selftest_check", line.check)
    else:
        what = sentence("devices_dialog", "own_check", check=line.check.removeprefix(PLUGINS_OWN))
    return CheckRow(what, line.passed, line.why, "" if line.passed else line.detail, None if own else line.latency_ms)


def _refused(one: ListedPlugin) -> RefusedPlugin:
    why = "" if one.refusal is None else str(one.refusal.facts["why"])
    return RefusedPlugin(one.plugin_id, one.version or "", sentence("plugin_why", why))
