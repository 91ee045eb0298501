"""From the camera to looked-at frames, on two threads of its own.

    capture thread:  camera -> preview (small copy)  -> window
                            -> newest-frame slot  -> measure thread: face, quality -> listener

The preview never waits for a measurement and a measurement never waits for the window. Nothing is measured unless ``looking``
is set, and nothing is shown unless ``showing`` is.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol

import numpy as np

from teller_assist.errors import DeviceError, EvidenceError, ModelError, PluginError
from teller_assist.evidence.frames import CameraFrame
from teller_assist.evidence.pictures import Pixels
from teller_assist.face.detection import scale_pixels
from teller_assist.face.measurement import FaceMeasurer, SeenFace
from teller_assist.settings.schema import CaptureSettings
from teller_assist.workflow.best_frame import SeenFrame
from teller_assist.workflow.equipment import Camera
from teller_assist.workflow.preview_frame import PreviewFrame
from teller_assist.workflow.slots import NewestSlot

PREVIEW_WIDTH_PX = 368
BOX_FRESH_S = 0.3
_WAIT_S = 0.25  # longest sleep between two looks at "stop"
_RATE_WEIGHT = 0.1


class PipelineListener(Protocol):
    """Whoever wants to know; called on the pipeline's own threads and expected to return soon."""

    def frame_shown(self) -> None:
        """A new preview frame waits in the slot."""

    def frame_came(self, frame: CameraFrame) -> None:
        """A frame came while looking; called for every frame, before any detector sees it."""

    def face_seen(self, seen: SeenFrame) -> None:
        """A face was found in a frame."""

    def face_not_seen(self, reason: str, at_s: float) -> None:
        """A frame had no usable face; ``reason`` is the reason code of the EvidenceError."""

    def measuring_failed(self, error: ModelError) -> None:
        """A network did not run on a frame; told again with every such frame."""

    def camera_stalled(self, stalled: bool) -> None:
        """Frames stopped coming, or came back."""

    def pointed_at(self) -> tuple[float, float] | None:
        """Return where to look for the face, in shares of the frame; None: the largest one is meant."""


class Pipeline:
    """The two threads.

    Parameters
    ----------
    measurer
        None where the face models are missing: frames are shown, none is measured.
    """

    def __init__(
        self, camera: Camera, measurer: FaceMeasurer | None, settings: CaptureSettings, listener: PipelineListener
    ) -> None:
        self._camera = camera
        self._measurer = measurer
        self._settings = settings
        self._listener = listener
        self._stop = threading.Event()
        self._to_measure: NewestSlot[CameraFrame] = NewestSlot()
        self._box: tuple[float, tuple[float, float, float, float]] | None = None
        self.preview: NewestSlot[PreviewFrame] = NewestSlot()
        self.looking = threading.Event()
        self.showing = threading.Event()
        self._threads = [threading.Thread(target=self._capture, name="capture")]
        if measurer is not None:
            self._threads.append(threading.Thread(target=self._measure, name="measure", args=(measurer,)))
        for thread in self._threads:
            thread.start()

    def stop_looking(self) -> None:
        """Measure no further frame; one that is being measured now is still reported."""
        self.looking.clear()
        self._to_measure.clear()
        self._box = None

    def close(self) -> None:
        """Stop both threads. The camera must have been closed: it may be what the capture thread waits for."""
        self._stop.set()
        self._to_measure.close()
        self.preview.close()
        for thread in self._threads:
            thread.join()

    def _capture(self) -> None:
        rate = _FrameRate()
        newest_s, stalled = time.monotonic(), False
        while not self._stop.is_set():
            try:
                frame = self._camera.next_frame(_WAIT_S)
            except (DeviceError, PluginError):
                if not stalled and time.monotonic() - newest_s >= self._settings.stalled_after_s:
                    stalled = True
                    self._listener.camera_stalled(True)
                self._stop.wait(0.05)  # a camera that is down answers at once
                continue
            newest_s = frame.received_s
            if stalled:
                stalled = False
                self._listener.camera_stalled(False)
            self._hand_on(frame, rate.count(frame))

    def _hand_on(self, frame: CameraFrame, frames_per_s: float) -> None:
        if self.looking.is_set():
            self._listener.frame_came(frame)
            self._to_measure.put(frame)
        if self.showing.is_set():
            self.preview.put(_small(frame, self._fresh_box(), frames_per_s))
            self._listener.frame_shown()

    def _fresh_box(self) -> tuple[float, float, float, float] | None:
        box = self._box
        return box[1] if box is not None and time.monotonic() - box[0] <= BOX_FRESH_S else None

    def _measure(self, measurer: FaceMeasurer) -> None:
        pause_s = 1 / self._settings.looks_per_s
        while not self._stop.is_set():
            frame = self._to_measure.take(_WAIT_S)
            if frame is None or not self.looking.is_set():
                continue
            started_s = time.monotonic()
            try:
                self._look(measurer, frame)
            except ModelError as error:
                self._listener.measuring_failed(error)
            self._stop.wait(max(0.0, pause_s - (time.monotonic() - started_s)))

    def _look(self, measurer: FaceMeasurer, frame: CameraFrame) -> None:
        try:
            height, width = frame.pixels.shape[:2]
            at = self._listener.pointed_at()
            seen = measurer.look(frame.as_picture("probe"), at_px=None if at is None else (at[0] * width, at[1] * height))
        except EvidenceError as error:
            self._listener.face_not_seen(error.reason, frame.received_s)
        else:
            self._box = (time.monotonic(), _box_shares(seen, frame.pixels))
            self._listener.face_seen(SeenFrame(frame, seen, at))


class _FrameRate:
    """Frames a second, smoothed."""

    def __init__(self) -> None:
        self._before: CameraFrame | None = None
        self._interval_s = 0.0

    def count(self, frame: CameraFrame) -> float:
        before, self._before = self._before, frame
        if before is None:
            return 0.0
        # A frame that was skipped on our side was delivered all the same.
        step = max(1, frame.sequence - before.sequence)
        interval_s = (frame.received_s - before.received_s) / step
        weight = _RATE_WEIGHT if self._interval_s else 1.0
        self._interval_s += weight * (interval_s - self._interval_s)
        return 1 / self._interval_s if self._interval_s > 0 else 0.0


def _small(frame: CameraFrame, box: tuple[float, float, float, float] | None, frames_per_s: float) -> PreviewFrame:
    height, width = frame.pixels.shape[:2]
    pixels = np.ascontiguousarray(scale_pixels(frame.pixels, min(1.0, PREVIEW_WIDTH_PX / width)))
    return PreviewFrame(pixels, frame.received_s, box, width, height, frames_per_s)


def _box_shares(seen: SeenFace, pixels: Pixels) -> tuple[float, float, float, float]:
    height, width = pixels.shape[:2]
    face = seen.face
    return face.x_px / width, face.y_px / height, face.width_px / width, face.height_px / height
