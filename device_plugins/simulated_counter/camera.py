"""The counter camera: plays a customer's footage at its own pace, never faster."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
from teller_assist_sdk import Camera, DeviceProblem

from .faults import Faults
from .footage import Footage, Pixels, SecondFace, open_footage
from .screen import Screen
from .sensor import Sensor

_SECOND_FACE_DELAY_S = 1.0
_REPEATED_FRAMES = 12
_LATENESS_MADE_UP_FOR = 0.1  # share of a period


class SimulatedCamera(Camera):
    """Shows one customer."""

    def open(self) -> None:
        """Open the footage."""
        cv2.setNumThreads(1)
        self._faults = Faults(self.settings)
        self._faults.strike()
        self._footage = open_footage(Path(self.settings["folder"]), float(self.settings["play_s"]))
        self._frames_per_s = float(self.settings["frames_per_s"]) or self._footage.frames_per_s
        self._sensor = Sensor(
            int(self.settings["width_px"]), int(self.settings["height_px"]), seed=int(self.settings["noise_seed"])
        )
        self._shown = 0

    def status(self) -> dict[str, Any]:
        """Return size, pace and how many frames were shown."""
        self._faults.strike()
        return {
            "width_px": self._sensor.width_px,
            "height_px": self._sensor.height_px,
            "frames_per_s": self._frames_per_s,
            "frames": self._shown,
        }

    def selftest(self) -> list[dict[str, Any]]:
        """Check that a frame can be read."""
        self._faults.strike()
        try:
            open_footage(Path(self.settings["folder"]), 1.0)
        except DeviceProblem as problem:
            return [{"check": "picture", "passed": False, "detail": problem.hint}]
        return [{"check": "picture", "passed": True, "detail": "first frame read"}]

    def frames(self, stop: threading.Event) -> Iterator[tuple[int, int, Any]]:
        """Yield frames at the footage's pace until ``stop`` is set."""
        period_s = 1 / self._frames_per_s
        scenes = self._scenes(self._footage)
        due_s = 0.0
        for pixels in self._with_faults(scenes, stop):
            if stop.wait(max(0.0, due_s - time.monotonic())):
                return
            now_s = time.monotonic()
            # A little lateness is made up for, so that the pace holds; more is lost, so that no burst of frames follows it.
            on_time = now_s - due_s < _LATENESS_MADE_UP_FOR * period_s
            due_s = (due_s if on_time else now_s) + period_s
            self._shown += 1
            yield pixels.shape[1], pixels.shape[0], pixels

    def _scenes(self, footage: Footage) -> Iterator[Pixels]:
        """Yield what lies before the lens, exposed; each frame is valid until the next one."""
        second_face = SecondFace(round(_SECOND_FACE_DELAY_S * footage.frames_per_s))
        screen = Screen(self._sensor.width_px, self._sensor.height_px)
        for pixels in footage.frames:
            doubled = second_face.beside(pixels) if self._faults.due("two_faces") else pixels
            seen = screen.showing(doubled) if self._faults.due("screen_replay") else self._sensor.placed(doubled)
            yield self._sensor.exposed(seen)

    def _with_faults(self, scenes: Iterator[Pixels], stop: threading.Event) -> Iterator[Pixels]:
        """Pass frames on until a fault of the camera itself begins."""
        for pixels in scenes:
            self._faults.strike()
            if self._faults.due("no_frames"):
                stop.wait()
                return
            if self._faults.due("frozen_frame"):
                yield from itertools.repeat(pixels.copy())
            if self._faults.due("frame_repeat"):
                first = pixels.copy()
                yield from itertools.cycle([first, *(next(scenes).copy() for _ in range(_REPEATED_FRAMES - 1))])
            yield pixels
