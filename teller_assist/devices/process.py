"""One plugin process: started with nothing of ours, talked to over a private pipe, killed at its time limit.

    call() -- line --> child        reader thread: answers -> call(), frames -> on_frame
           <- line --               drain thread: what the driver prints is counted and thrown away

The reader thread alone ends a process: it kills the whole group, reaps the child and wipes its folder. So nobody kills a number
that the system has given to somebody else.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from teller_assist.devices.channel import (
    LONGEST_LINE_BYTES,
    Answer,
    FrameReady,
    FramesEnded,
    Message,
    read_message,
    written_message,
)
from teller_assist.devices.device_lock import DeviceLock
from teller_assist.devices.frame_memory import FrameMemory
from teller_assist.devices.launch import Launch
from teller_assist.devices.manifest import API
from teller_assist.devices.plugged_in import PluggedIn, choose, read_devices
from teller_assist.errors import BugError, DeviceBusyError, DeviceTimeoutError, KnownError, PluginFailedError
from teller_assist.processes.children import Reach, kill_child, start_enclosed
from teller_assist.processes.working_folder import WorkingFolder
from teller_assist.settings.logs import Subject, logger_for

SDK_PATH = Path(__file__).parent / "sdk" / "teller_assist_sdk.py"
CANCEL_GRACE_S = 0.5
_CANCEL_LOOK_S = 0.05
_REAP_LIMIT_S = 2.0
_PARTING_S = 0.6
_DRAIN_BYTES = 65_536

_logger = logger_for(Subject.DEVICES)


class PluginProcess:
    """One running process; cannot be started twice.

    Parameters
    ----------
    on_frame
        Called from the reader thread for every frame announced; must return at once.

    Raises
    ------
    PluginFailedError
        "not_started": the system refuses to start it.
    """

    def __init__(self, launch: Launch, on_frame: Callable[[PluginProcess, FrameReady], None]) -> None:
        self._launch = launch
        self._on_frame = on_frame
        self._turn = threading.Lock()  # one call at a time
        self._changed = threading.Condition()
        self._last_id = 0
        self._awaited_id = 0
        self._answer: Answer | None = None
        self._reaped = False
        self._asked_to_end = False
        self.failure: KnownError | None = None
        self.ended = threading.Event()
        self.chatter_bytes = 0
        self.last_hint = ""
        self.frame_memory: FrameMemory | None = None
        self.device: PluggedIn | None = None
        self._device_lock: DeviceLock | None = None
        with contextlib.ExitStack() as undo:
            try:
                self._folder = WorkingFolder()
                undo.callback(self._folder.remove)
                if launch.max_frame_px is not None:
                    self.frame_memory = FrameMemory(launch.max_frame_px)
                    undo.callback(self.frame_memory.close)
                self._process = _started(launch, self._folder.path, self.frame_memory)
            except OSError as error:
                raise PluginFailedError(plugin=launch.plugin_id, why="not_started") from error
            undo.pop_all()
        if self.frame_memory is not None:
            self.frame_memory.forget_descriptor()
        for target, stream in ((self._read, self._process.stdout), (self._drain, self._process.stderr)):
            threading.Thread(target=target, args=(stream,), name=f"plugin-{launch.kind}", daemon=True).start()

    def greet(self) -> dict[str, Any]:
        """Say hello, before any driver is loaded, and return what the process says about itself.

        Raises
        ------
        PluginFailedError
            "hello_timeout", "nonsense", or it ended.
        """
        launch = self._launch
        start = {
            "folder": str(launch.folder),
            "entry": launch.entry,
            "kind": launch.kind.value,
            "settings": dict(launch.settings),
            "working_folder": str(self._folder.path),
            "time_limits_s": {**launch.time_limits_s, "devices": launch.time_limits_s["open"]},
            "frame_memory": None if self.frame_memory is None else self.frame_memory.told(),
        }
        try:
            hello = self._call("hello", start, launch.hello_timeout_s, None)
        except DeviceTimeoutError as error:
            raise PluginFailedError(plugin=launch.plugin_id, why="hello_timeout") from error
        if not isinstance(hello, dict) or hello.get("api") != API or not isinstance(hello.get("network_denied_by"), list):
            raise self.fail("nonsense")
        return hello

    def devices(self) -> tuple[PluggedIn, ...] | None:
        """Return what is plugged in now, the driver loaded for it; None: the plugin lists nothing. Raises as ``call``."""
        return read_devices(self._call("devices", {}, self._launch.time_limits_s["open"], None), self._launch.plugin_id)

    def claim(self) -> PluggedIn | None:
        """Hold the device that the settings name for this process alone; without such a setting the first that is plugged in.

        Return it; None: the plugin lists nothing and opens what it will.

        Raises
        ------
        DeviceMissingError
            "not_plugged_in".
        DeviceBusyError
            "held", "held_by_unknown": see ``DeviceLock``.
        KnownError
            As for ``call``.
        """
        listed = self.devices()
        if listed is not None:
            self._hold(choose(listed, self._launch.settings, self._launch.kind))
        return self.device

    def open(self, cancel: threading.Event | None = None) -> Any:
        """Open the claimed device and return what the plugin says of it; raises as ``call``."""
        args = {"device": "" if self.device is None else self.device.identity}
        return self._call("open", args, self._launch.time_limits_s["open"], cancel)

    def still_has_its_device(self) -> bool:
        """Return whether the opened device is still plugged in; True also where that cannot be asked now.

        Raises
        ------
        KnownError
            As for ``call``.
        """
        if self.device is None or self._turn.locked():
            return True
        listed = self.devices()
        return listed is None or self.device.identity in {one.identity for one in listed}

    def call(self, operation: str, cancel: threading.Event | None = None, args: Mapping[str, Any] | None = None) -> Any:
        """Make one call and return its result.

        It returns or raises within the operation's time limit and half a second's grace, after having waited no longer than the
        same limit for another caller's call.

        Parameters
        ----------
        cancel
            Set by the caller to give up early.
        args
            What the operation is told; never logged.

        Raises
        ------
        DeviceTimeoutError
            "time_limit" (the process was told to stop and, if it did not, killed) or "cancelled".
        DeviceBusyError
            Another call runs.
        PluginFailedError
            It ended, or talked nonsense and was killed.
        KnownError
            What the plugin itself reported: DeviceMissingError, DeviceBusyError, CardRemovedError, CardUnreadableError ...
        """
        return self._call(operation, args or {}, self._launch.time_limits_s[operation], cancel)

    def end(self) -> None:
        """End it in good order where it listens, by force where it does not; quick, may be called twice."""
        self._asked_to_end = True
        if not self.ended.is_set() and self._turn.acquire(blocking=False):
            try:
                self._ask("shutdown", {})
                self._wait(time.monotonic() + _PARTING_S, None)
            finally:
                self._turn.release()
        self._kill()
        self.ended.wait(_REAP_LIMIT_S)

    def kill(self) -> None:
        """End it by force, at once."""
        self._asked_to_end = True
        self._kill()

    def end_because(self, error: KnownError) -> None:
        """End it by force; ``error`` says why."""
        self._note_failure(error)
        self._kill()

    def fail(self, why: str) -> PluginFailedError:
        """Kill it because it cannot be trusted any more, and return the error that says why."""
        error = PluginFailedError(plugin=self._launch.plugin_id, why=why)
        self.end_because(error)
        return error

    def _hold(self, device: PluggedIn) -> None:
        try:
            lock = DeviceLock(device.identity, self._launch.kind)
        except OSError as error:
            raise PluginFailedError(plugin=self._launch.plugin_id, why="no_lock") from error
        with self._changed:
            if not self._reaped:
                self.device, self._device_lock = device, lock
                return
        lock.release()  # it has ended meanwhile, and nobody would let the device go

    def _let_device_go(self) -> None:
        with self._changed:
            lock, self._device_lock, self.device = self._device_lock, None, None
        if lock is not None:
            lock.release()

    # ------------------------------------------------------------ calls

    def _call(self, operation: str, args: Mapping[str, Any], limit_s: float, cancel: threading.Event | None) -> Any:
        if not self._turn.acquire(timeout=limit_s):
            raise DeviceBusyError(device=self._launch.kind.value, why="other_call")
        try:
            answer = self._exchange(operation, args, limit_s, cancel)
        finally:
            if not self.ended.is_set():
                self._folder.wipe()  # before the next call may lay something down
            self._turn.release()
        if answer.problem is None:
            return answer.result
        self.last_hint = answer.problem.hint
        _logger.info("%s %s: %s answers %s", self._launch.plugin_id, operation, answer.problem.code, answer.problem.hint)
        raise answer.problem.as_error(self._launch.plugin_id, self._launch.kind)

    def _exchange(self, operation: str, args: Mapping[str, Any], limit_s: float, cancel: threading.Event | None) -> Answer:
        if cancel is not None and cancel.is_set():  # nobody waits for it: a card must not be read
            raise self._timeout(operation, "cancelled")
        self._ask(operation, args)
        why = self._wait(time.monotonic() + limit_s, cancel)
        if why:
            self._give_up(operation, why)
        with self._changed:
            self._awaited_id = 0
            answer, self._answer = self._answer, None
        if why:
            raise self._timeout(operation, why)
        if answer is None:
            raise self.failure or PluginFailedError(plugin=self._launch.plugin_id, why="ended")
        return answer

    def _ask(self, operation: str, args: Mapping[str, Any]) -> None:
        with self._changed:
            self._last_id += 1
            self._awaited_id, self._answer = self._last_id, None
        self._send({"id": self._last_id, "op": operation, "args": args})

    def _wait(self, until_s: float, cancel: threading.Event | None) -> str:
        """Wait for the answer or the end; return why not: "time_limit", "cancelled", or "" for either of both."""
        with self._changed:
            while self._answer is None and not self.ended.is_set():
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    return "time_limit"
                if cancel is not None and cancel.is_set():
                    return "cancelled"
                self._changed.wait(left_s if cancel is None else min(left_s, _CANCEL_LOOK_S))
        return ""

    def _give_up(self, operation: str, why: str) -> None:
        self._send({"cancel": self._last_id})
        if self._wait(time.monotonic() + CANCEL_GRACE_S, None):
            self._note_failure(self._timeout(operation, why))
            self._kill()
            self.ended.wait(_REAP_LIMIT_S)

    def _timeout(self, operation: str, why: str) -> DeviceTimeoutError:
        return DeviceTimeoutError(device=self._launch.kind.value, plugin=self._launch.plugin_id, operation=operation, why=why)

    def _send(self, message: Mapping[str, Any]) -> None:
        stream = self._process.stdin
        if stream is None:
            raise BugError("a process without its pipe")
        with contextlib.suppress(OSError, ValueError):  # it ended: whoever waits for the answer learns why
            stream.write(written_message(message))
            stream.flush()

    # ------------------------------------------------------------ the two threads

    def _read(self, stream: IO[bytes]) -> None:
        try:
            while line := stream.readline(LONGEST_LINE_BYTES + 1):
                if len(line) > LONGEST_LINE_BYTES:
                    self.fail("line_too_long")
                    break
                self._take(read_message(line))
        except PluginFailedError as error:
            self.fail(str(error.facts["why"]))
        finally:
            self._finish(stream)

    def _take(self, message: Message) -> None:
        if isinstance(message, FrameReady):
            if self.frame_memory is None or not self.frame_memory.can_hold(message):
                raise PluginFailedError(why="frame_lie")
            self._on_frame(self, message)
        elif isinstance(message, FramesEnded):
            _logger.info("%s frames ended: %s, %s", self._launch.plugin_id, message.problem.code, message.problem.hint)
            self.last_hint = message.problem.hint
            self._note_failure(message.problem.as_error(self._launch.plugin_id, self._launch.kind))
            self._kill()
        else:
            with self._changed:
                if message.call_id != self._awaited_id or self._answer is not None:
                    raise PluginFailedError(why="wrong_answer")
                self._answer = message
                self._changed.notify_all()

    def _drain(self, stream: IO[bytes]) -> None:
        with stream:
            while chunk := os.read(stream.fileno(), _DRAIN_BYTES):
                self.chatter_bytes += len(chunk)

    def _finish(self, stream: IO[bytes]) -> None:
        """Kill what is left of the group, reap the child, let everything go; the reader thread's last act."""
        if not self._asked_to_end:
            self._note_failure(PluginFailedError(plugin=self._launch.plugin_id, why="ended"))
        self._kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # stuck in the kernel: nothing more can be done here
            self._process.wait(_REAP_LIMIT_S)
        with self._changed:
            self._reaped = True
        self._let_device_go()
        stream.close()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):  # what was not sent yet has no reader
                self._process.stdin.close()
        if self.frame_memory is not None:
            self.frame_memory.close()
        if not self._folder.remove():
            _logger.warning("%s: its working folder could not be removed", self._launch.plugin_id)
        with self._changed:
            self.ended.set()
            self._changed.notify_all()

    def _note_failure(self, error: KnownError) -> None:
        with self._changed:
            if self.failure is None:
                self.failure = error

    def _kill(self) -> None:
        with self._changed:
            if self._reaped:
                return
            kill_child(self._process)


def _started(launch: Launch, folder: Path, memory: FrameMemory | None) -> subprocess.Popen[bytes]:
    reach = Reach.NETWORK if launch.network else Reach.PROCESSES
    descriptors = () if memory is None else (memory.descriptor,)
    return start_enclosed(launch.interpreter, SDK_PATH, reach, folder, descriptors=descriptors)
