"""The only bridge between worker threads and widgets.

    GUI thread ── submit(work) ──> one named worker thread ── finished(result) | failed(exception) ──> GUI thread
    any thread ── Coalesced.call() ──> arrived, in the GUI thread, at most one of them pending

A worker never receives a widget, and an exception crosses as the object itself: its receiver tells a missing model from a bug.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PyQt5.QtCore import QObject, Qt, pyqtSignal

Result = TypeVar("Result")
_QUEUED = Qt.ConnectionType.QueuedConnection


@dataclass(frozen=True)
class _Task:
    work: Callable[[], Any]
    finished: Callable[[Any], None]
    failed: Callable[[Exception], None]


class Background(QObject):
    """One worker thread that does what is submitted in turn and reports back in the thread that made this object.

    Parameters
    ----------
    name
        Of the thread.
    """

    _ended = pyqtSignal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closed = False
        self._ended.connect(self._report, _QUEUED)  # type: ignore[call-arg]  # unknown to PyQt5's stubs
        # A daemon: what hangs in a device must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], Result], finished: Callable[[Result], None], failed: Callable[[Exception], None]) -> None:
        """Have ``work`` done; exactly one of ``finished`` and ``failed`` is called afterwards, unless ``close`` came first."""
        self._tasks.put(_Task(work, finished, failed))

    def close(self, timeout_s: float) -> bool:
        """Take no more work, drop what waits, and return whether the thread ended within the time."""
        self._closed = True
        self._tasks.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            if self._closed:
                continue
            try:
                result = task.work()
            except Exception as error:  # noqa: BLE001 - one of the three places: whatever happened is told in the GUI thread
                self._tell(task.failed, error)
            else:
                self._tell(task.finished, result)

    def _tell(self, report: Callable[[Any], None], value: object) -> None:
        if not self._closed:
            self._ended.emit((report, value))

    def _report(self, ended: tuple[Callable[[Any], None], object]) -> None:
        if not self._closed:
            report, value = ended
            report(value)


class Coalesced(QObject):
    """Something happened, told without a payload: any number of calls before the GUI thread looks make one signal.

    The receiver then asks for the newest state itself, so nothing queues up behind a busy window.
    """

    arrived = pyqtSignal()
    _woken = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._none_pending = threading.Lock()
        self._woken.connect(self._pass_on, _QUEUED)  # type: ignore[call-arg]  # unknown to PyQt5's stubs

    def call(self) -> None:
        """Note that something happened; from any thread, returns at once."""
        if self._none_pending.acquire(blocking=False):
            self._woken.emit()

    def _pass_on(self) -> None:
        self._none_pending.release()  # first: what happens while the receiver looks must come again
        self.arrived.emit()
