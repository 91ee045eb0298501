"""Tells when a station's start has finished: every device of the first equipment was opened, or has failed to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.workflow.equipment import CounterEquipment, EquipmentSource, StateListener


class WatchedStart:
    """An equipment source whose first opening is watched; closed with the station, which ends the start in good order.

    Parameters
    ----------
    finished
        Called at least once, from any thread, as soon as the start has finished; may be called again.
    """

    def __init__(self, source: EquipmentSource, finished: Callable[[], None]) -> None:
        self._source = source
        self._finished = finished
        self._lock = threading.Lock()
        self._settled: set[DeviceKind] = set()
        self._awaited: frozenset[DeviceKind] | None = None
        self._is_over = False

    def open(self, on_state: StateListener) -> CounterEquipment:
        """Open the equipment; see ``EquipmentSource``."""
        if self._is_over:
            return self._source.open(on_state)

        def watch(kind: DeviceKind, state: DeviceState) -> None:
            if state is not DeviceState.STARTING:
                self._settle(kind)
            on_state(kind, state)

        with ExitStack() as undo:
            undo.callback(self.close)  # told as an error: that was no start that ended before its time
            equipment = self._source.open(watch)
            undo.pop_all()
        with self._lock:
            self._awaited = frozenset(equipment.devices())
        self._settle()
        return equipment

    def close(self) -> None:
        """End the start."""
        self._is_over = True
        self._finished()

    def _settle(self, *kinds: DeviceKind) -> None:
        with self._lock:
            self._settled.update(kinds)
            over = not self._is_over and self._awaited is not None and self._awaited <= self._settled
        if over:
            self.close()
