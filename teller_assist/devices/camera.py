"""The counter camera: the newest frame in one place, copied out only when somebody takes it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from teller_assist.devices.channel import FrameReady
from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.devices.launch import Launch
from teller_assist.devices.process import PluginProcess
from teller_assist.devices.supervision import OpenedDevice, StateListener
from teller_assist.errors import DeviceTimeoutError, KnownError
from teller_assist.evidence.frames import CameraFrame
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.schema import DevicesSettings

_SILENT_AFTER_S = 3.0


class CameraDevice(OpenedDevice):
    """A camera under supervision.

    Attributes
    ----------
    skipped_frames
        Frames that were announced and replaced by a newer one before anybody took them.
    torn_frames
        Frames that the camera's process overwrote while they were copied.
    """

    kind: ClassVar[DeviceKind] = DeviceKind.CAMERA
    prepare: ClassVar[tuple[str, ...]] = ("start_frames",)

    def __init__(
        self,
        plugin_id: str,
        launch: Callable[[], Launch],
        settings: DevicesSettings,
        on_state: StateListener,
        limits: PictureLimits,
    ) -> None:
        self.skipped_frames = 0
        self.torn_frames = 0
        self._newest: tuple[PluginProcess, FrameReady, float] | None = None
        self._source: PluginProcess | None = None
        self._first_sequence = 0
        self._last_sequence = 0
        self._heard_s = time.monotonic()
        super().__init__(plugin_id, launch, settings, on_state, limits)

    def next_frame(self, timeout_s: float) -> CameraFrame:
        """Return the newest frame that was not taken yet, waiting for one where there is none.

        Raises
        ------
        DeviceTimeoutError
            "no_frame": none within ``timeout_s``.
        KnownError
            The camera is down: DeviceMissingError, DeviceBusyError, PluginFailedError ...; at once.
        """
        until_s = time.monotonic() + timeout_s
        while True:
            process, frame, received_s = self._announced(until_s)
            pixels = None if process.frame_memory is None else process.frame_memory.copied(frame)
            if pixels is not None:
                return CameraFrame(pixels, self._sequence_of(process, frame), received_s)
            self.torn_frames += 1

    def _announced(self, until_s: float) -> tuple[PluginProcess, FrameReady, float]:
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._is_down(), max(0.0, until_s - time.monotonic()))
            newest, self._newest = self._newest, None
        self.check()
        if newest is None:
            raise DeviceTimeoutError(device=self.kind.value, why="no_frame")
        return newest

    def _is_down(self) -> bool:
        return self._state not in (DeviceState.STARTING, DeviceState.READY)

    def _sequence_of(self, process: PluginProcess, frame: FrameReady) -> int:
        """Return a number that goes on rising when the process was started again."""
        if process is not self._source:
            self._source, self._first_sequence = process, self._last_sequence
        self._last_sequence = self._first_sequence + frame.sequence
        return self._last_sequence

    def _look_after(self, process: PluginProcess) -> None:
        """Ask a silent camera how it fares: nobody calls one while frames come, so that a hang would never be found out.

        One that does not answer within its time limit is killed by the call, and started again.
        """
        if time.monotonic() - self._heard_s >= _SILENT_AFTER_S:
            with suppress(KnownError):
                process.call("status")
            self._heard_s = time.monotonic()

    def _frame_came(self, process: PluginProcess, frame: FrameReady) -> None:
        self._heard_s = time.monotonic()
        with self._changed:
            if self._newest is not None:
                self.skipped_frames += 1
            self._newest = (process, frame, time.monotonic())
            self._changed.notify_all()
