"""One opened device: its process started, watched, restarted with a growing wait, and given up after too many crashes.

    STARTING --> READY --> RESTARTING --> STARTING ...        a crash, a kill at the time limit, a device that is not there
                                |
                                +--> OUT_OF_ORDER             too many crashes within a minute
    any --> CLOSED

A thread per device does this; callers never wait for a restart.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from teller_assist.devices.channel import FrameReady
from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.devices.launch import Launch
from teller_assist.devices.process import PluginProcess
from teller_assist.devices.records import SelftestLine, read_selftest, read_status
from teller_assist.errors import (
    DeviceBusyError,
    DeviceMissingError,
    DeviceTimeoutError,
    KnownError,
    PluginError,
    PluginFailedError,
)
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.logs import Subject, logger_for
from teller_assist.settings.schema import DevicesSettings

StateListener = Callable[[DeviceKind, DeviceState], None]

_CRASH_WINDOW_S = 60.0
_STEADY_AFTER_S = 60.0  # a device that stayed ready so long starts again with the shortest wait
_LONGEST_WAIT_S = 30.0
_CLOSE_LIMIT_S = 1.0
_CANCEL_LOOK_S = 0.05
_LOOK_AFTER_S = 1.0
_PLUGGED_IN_EVERY = 2  # looks
_LEAST_REST_S = 1.0  # whatever a caller asks for: a start takes a tenth of a second of a core
_NEXT_LOOK_LIMIT_S = _LEAST_REST_S + 0.2  # what a caller waits until an absent device is looked for again
_PARTED_LIMIT_S = 1.0
_AWAITED = ("not_plugged_in", "held", "held_by_unknown")  # looked for by a process that lives; no start is needed

_logger = logger_for(Subject.DEVICES)


class OpenedDevice:
    """One device under supervision; a class per kind adds what that kind can do.

    Its thread starts at once; ``wait_until_ready`` waits for the first outcome.

    Parameters
    ----------
    launch
        Gives what to start; asked before every start, and raises where the plugin's files are no longer the authorised ones.
    on_state
        Told every new state, from the device's own thread; must return at once. The reason stands in ``problem``.
    limits
        How large a picture from it may be.
    """

    kind: ClassVar[DeviceKind]
    prepare: ClassVar[tuple[str, ...]] = ()  # called after "open", before the device counts as ready

    def __init__(
        self,
        plugin_id: str,
        launch: Callable[[], Launch],
        settings: DevicesSettings,
        on_state: StateListener,
        limits: PictureLimits,
    ) -> None:
        self.plugin_id = plugin_id
        self._limits = limits
        self._launch, self._settings, self._on_state = launch, settings, on_state
        self._changed = threading.Condition()
        self._state = DeviceState.STARTING
        self._problem: KnownError | None = None
        self._process: PluginProcess | None = None
        self._closing = threading.Event()
        self._wake = threading.Event()  # somebody wants an absent device now
        self._attempts_begun = self._attempts_ended = 0
        self._crashes: deque[float] = deque()
        self._failures = 0
        # A program that ends without closing its devices must not hang on them: their processes end with the pipe.
        self._thread = threading.Thread(target=self._supervise, name=f"device-{self.kind}", daemon=True)
        self._thread.start()

    @property
    def state(self) -> DeviceState:
        """How it fares now."""
        return self._state

    @property
    def problem(self) -> KnownError | None:
        """Why it is not ready, or was not before this start; None where it is."""
        return self._problem

    @property
    def process(self) -> PluginProcess | None:
        """The process of the last start, for a support report; None before the first."""
        return self._process

    def wait_until_ready(self, timeout_s: float) -> None:
        """Wait for the first start's outcome.

        Raises
        ------
        DeviceTimeoutError
            "starting": no outcome within ``timeout_s``.
        KnownError
            Why it is not ready.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._state is not DeviceState.STARTING, timeout_s)
            if self._state is DeviceState.STARTING:
                raise DeviceTimeoutError(device=self.kind.value, why="starting")
        self.check()

    def check(self) -> None:
        """Return if it is ready or starting.

        Raises
        ------
        KnownError
            Why it is neither, at once.
        """
        with self._changed:
            state, problem = self._state, self._problem
        if state is DeviceState.CLOSED:
            raise DeviceMissingError(device=self.kind.value, why="closed")
        if state not in (DeviceState.READY, DeviceState.STARTING):
            raise _again(problem, self.kind)

    def status(self) -> dict[str, Any]:
        """Return what the plugin tells IT about the device.

        Raises
        ------
        KnownError
            As for every call: see ``PluginProcess.call``; at once where the device is down.
        """
        return read_status(self._call("status"), self.plugin_id)

    def selftest(self) -> tuple[SelftestLine, ...]:
        """Run the plugin's checks and return one line each; raises as ``status``."""
        return read_selftest(self._call("selftest"), self.plugin_id)

    def close(self) -> None:
        """Close it; at most a second, also where the process hangs; may be called twice."""
        self._closing.set()
        self._wake.set()
        with self._changed:
            process = self._process
        if process is not None:
            process.end()
        if threading.current_thread() is not self._thread:
            self._thread.join(_CLOSE_LIMIT_S)

    def _call(self, operation: str, cancel: threading.Event | None = None, args: Mapping[str, Any] | None = None) -> Any:
        process = self._ready_process(cancel)
        try:
            return process.call(operation, cancel, args)
        except DeviceMissingError as error:
            if process.device is not None:  # it is told, and looked for by its identity; without one the plugin opens it again
                process.end_because(error)
                self._part_from(process)
            raise

    def _part_from(self, process: PluginProcess) -> None:
        """Wait until a process that was ended is no longer the one to call: the very next call takes the next one."""
        with self._changed:
            self._changed.wait_for(lambda: self._process is not process or self._state is not DeviceState.READY, _PARTED_LIMIT_S)

    def _ready_process(self, cancel: threading.Event | None = None) -> PluginProcess:
        """Return the process to call; a start that is under way is waited for, it has time limits of its own.

        A device that is absent or busy is looked for once more, at once: it may have been plugged in a moment ago.
        """
        self._look_again(cancel)
        with self._changed:
            while self._state is DeviceState.STARTING and not (cancel is not None and cancel.is_set()):
                self._changed.wait(_CANCEL_LOOK_S)
            process = self._process if self._state is DeviceState.READY else None
        if process is None:
            self.check()
            raise DeviceTimeoutError(device=self.kind.value, why="cancelled")
        return process

    def _look_again(self, cancel: threading.Event | None) -> None:
        until_s = time.monotonic() + _NEXT_LOOK_LIMIT_S
        with self._changed:
            if self._state is not DeviceState.RESTARTING or not isinstance(self._problem, DeviceMissingError | DeviceBusyError):
                return
            wanted = self._attempts_begun + 1
            self._wake.set()
            while self._attempts_ended < wanted and self._state is DeviceState.RESTARTING and time.monotonic() < until_s:
                if cancel is not None and cancel.is_set():
                    return
                self._changed.wait(_CANCEL_LOOK_S)

    def _learn(self, opened: Any) -> None:
        """Take what the plugin says of the device that it opened; a scanner does."""

    def _frame_came(self, process: PluginProcess, frame: FrameReady) -> None:
        """Take the announcement of a frame, in a reader thread; a camera does."""

    def _look_after(self, process: PluginProcess) -> None:
        """Look whether a ready device still is what it seems, once a second, in the device's own thread; a camera does."""

    # ------------------------------------------------------------ the device's own thread

    def _supervise(self) -> None:
        while not self._closing.is_set():
            self._enter(DeviceState.STARTING, self._problem)
            problem, crashed = self._run_once()
            if self._closing.is_set():
                break
            if isinstance(problem, PluginError) and not isinstance(problem, PluginFailedError):
                self._give_up(problem)  # its files were changed under us: no restart will help
                break
            self._failures += 1
            if crashed and self._crashed_too_often():
                self._give_up(PluginFailedError(plugin=self.plugin_id, why="out_of_order"))
                break
            self._enter(DeviceState.RESTARTING, problem)
            self._rest()
        self._closing.wait()  # out of order: nothing more to do until it is closed
        self._enter(DeviceState.CLOSED, None)

    def _run_once(self) -> tuple[KnownError, bool]:
        """Start it, stay until it ends; return why it ended, and whether it crashed."""
        process = None
        try:
            process = self._started()
            process.greet()
            self._claim_once_there(process)
            self._learn(process.open())
            for operation in self.prepare:
                process.call(operation)
        except KnownError as error:
            crashed = process is None or process.failure is not None or isinstance(error, PluginFailedError)
            if process is not None:
                process.end()
            return error, crashed
        return self._watch(process)

    def _claim_once_there(self, process: PluginProcess) -> None:
        """Claim the device; while it is not plugged in, or held by another program, look for it again and again."""
        while True:
            self._attempt_begins()
            try:
                process.claim()
            except (DeviceMissingError, DeviceBusyError) as error:
                if error.facts.get("why") not in _AWAITED or self._closing.is_set():
                    raise
                if self._state is not DeviceState.RESTARTING or type(error) is not type(self._problem):
                    self._failures += 1
                    self._enter(DeviceState.RESTARTING, error)
                self._attempt_ended()
                self._wake.wait(_LOOK_AFTER_S)
            else:
                if self._state is not DeviceState.STARTING:
                    self._enter(DeviceState.STARTING, self._problem)
                return

    def _attempt_begins(self) -> None:
        self._wake.clear()
        with self._changed:
            self._attempts_begun += 1

    def _attempt_ended(self) -> None:
        with self._changed:
            self._attempts_ended = self._attempts_begun
            self._changed.notify_all()

    def _rest(self) -> None:
        """Wait before the next start; a caller who wants the device may shorten it, unless it crashed."""
        wait_s = self._wait_s()
        if not self._closing.wait(min(wait_s, _LEAST_REST_S)):
            self._wake.wait(max(0.0, wait_s - _LEAST_REST_S))

    def _started(self) -> PluginProcess:
        launch = self._launch()
        with self._changed:
            if self._closing.is_set():
                raise DeviceMissingError(device=self.kind.value, why="closed")
            self._process = PluginProcess(launch, self._frame_came)
            return self._process

    def _watch(self, process: PluginProcess) -> tuple[KnownError, bool]:
        began_s = time.monotonic()
        self._enter(DeviceState.READY, None)
        looks = 0
        while not process.ended.wait(_LOOK_AFTER_S):
            self._look_after(process)
            looks += 1
            if looks % _PLUGGED_IN_EVERY == 0:
                self._look_whether_plugged_in(process)
        problem = process.failure or DeviceMissingError(device=self.kind.value, why="closed")
        crashed = not isinstance(problem, DeviceMissingError | DeviceBusyError)
        if not crashed or time.monotonic() - began_s >= _STEADY_AFTER_S:
            self._failures = 0  # a plug that was pulled is no fault of the plugin's: the next process looks for the device soon
        return problem, crashed

    def _look_whether_plugged_in(self, process: PluginProcess) -> None:
        """Find out that an idle device was unplugged; one that is read or streams says so itself."""
        with contextlib.suppress(KnownError):  # it failed: the call has ended it, or the next one tells
            if not process.still_has_its_device():
                process.end_because(DeviceMissingError(device=self.kind.value, why="unplugged"))

    def _crashed_too_often(self) -> bool:
        now_s = time.monotonic()
        self._crashes.append(now_s)
        while now_s - self._crashes[0] > _CRASH_WINDOW_S:
            self._crashes.popleft()
        return len(self._crashes) >= self._settings.crashes_per_minute_max

    def _wait_s(self) -> float:
        return min(_LONGEST_WAIT_S, self._settings.restart_after_s * 2.0 ** min(self._failures - 1, 10))

    def _give_up(self, problem: KnownError) -> None:
        self._enter(DeviceState.OUT_OF_ORDER, problem)

    def _enter(self, state: DeviceState, problem: KnownError | None) -> None:
        with self._changed:
            before, self._state, self._problem = self._state, state, problem
            self._changed.notify_all()
        self._tell_log(before, state, problem)
        self._on_state(self.kind, state)

    def _tell_log(self, before: DeviceState, state: DeviceState, problem: KnownError | None) -> None:
        """An outage is told once, its end once."""
        if state is DeviceState.RESTARTING and self._failures == 1:
            _logger.warning("%s: %s; it is started again", self.kind, problem)
        elif state is DeviceState.OUT_OF_ORDER:
            _logger.error("%s is out of order: %s", self.kind, problem)
        elif state is DeviceState.READY and self._failures:
            _logger.info("%s is ready again", self.kind)
        elif state is not before:
            _logger.debug("%s: %s", self.kind, state)


def _again(problem: KnownError | None, kind: DeviceKind) -> KnownError:
    """Return a fresh error with the reason of one that was raised elsewhere: an exception is raised once."""
    if problem is None:
        return DeviceMissingError(device=kind.value, why="not_ready")
    return type(problem)(problem.reason, **problem.facts)
