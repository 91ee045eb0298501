"""The counter camera: one of four sources, connected again when it is lost."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
from teller_assist_sdk import Camera, DeviceProblem

from .captures import open_file, open_rtsp, open_usb
from .http_mjpeg import HttpMjpegSource
from .stream import Pixels, Source, Stream
from .usb_cameras import UsbCamera, camera_to_open, connected_cameras, fitting_cameras, identified

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 4.0
_RELEASE_LIMIT_S = 3.0
_PARTING_S = 0.3
_PACE_MEASURED_S = 1.0
_SLOWEST_FRAMES_PER_S = 5.0
_SCHEMES = {"rtsp": "rtsp", "http_mjpeg": "http"}


class VideoCamera(Camera):
    """Delivers what one source shows."""

    @classmethod
    def devices(cls, settings: dict[str, Any]) -> list[dict[str, str]] | None:
        """Return the USB cameras that fit. Nothing for the network and for files: several programs may look at one."""
        if settings["source"] != "usb":
            return None
        fitting = fitting_cameras(settings["usb_camera"], connected_cameras())
        return [{"identity": identity, "name": str(camera.place)} for identity, camera in fitting.items()]

    def open(self) -> None:
        """Connect, and wait for the first picture: that a source says it is open means nothing."""
        cv2.setNumThreads(1)
        self._silence_s = float(self.settings["silence_s"])
        self._most_px = int(self.settings["width_px"]) * int(self.settings["height_px"])
        self._opening = named_source(self.settings, self.identity)
        self._shown = self._connections = 0
        self._size = (0, 0)
        self._connect(threading.Event())

    def status(self) -> dict[str, Any]:
        """Return size, whether pictures come, and what was lost so far."""
        return {
            "source": self.settings["source"],
            "live": self._stream.is_live(self._silence_s),
            "width_px": self._size[0],
            "height_px": self._size[1],
            "frames": self._shown,
            "connections": self._connections,
            "failed_reads": self._stream.failed,
        }

    def selftest(self) -> list[dict[str, Any]]:
        """Check that pictures come, and how many a second; name the USB cameras that are plugged in."""
        stream, began_s, problem = self._stream, time.monotonic(), ""
        before = stream.taken
        try:
            while time.monotonic() - began_s < _PACE_MEASURED_S:
                stream.picture_after(stream.taken, self._silence_s, threading.Event())
        except DeviceProblem as caught:
            problem = caught.hint
        frames_per_s = (stream.taken - before) / (time.monotonic() - began_s)
        lines = [
            {"check": "picture", "passed": not problem, "detail": problem or f"{self._size[0]}x{self._size[1]} px"},
            {"check": "pace", "passed": frames_per_s >= _SLOWEST_FRAMES_PER_S, "detail": f"{frames_per_s:.1f} frames/s"},
        ]
        with contextlib.suppress(DeviceProblem):
            lines += [{"check": "usb_camera", "passed": True, "detail": one} for one in identified(connected_cameras())]
        return lines

    def close(self) -> None:
        """Let the source go; a driver that does not return ends with the process."""
        self._stream.close(_PARTING_S)

    def frames(self, stop: threading.Event) -> Iterator[tuple[int, int, Any]]:
        """Yield the newest picture as it comes until ``stop`` is set; connect again where a source that nobody lists is lost.

        Raises
        ------
        DeviceProblem
            A USB camera is lost: the host looks for it. Another source stayed lost for longer than ``reconnect_s``, or its driver
            does not return.
        """
        number = 0
        while not stop.is_set():
            try:
                newest = self._stream.picture_after(number, self._silence_s, stop)
            except DeviceProblem as problem:
                if self.identity:
                    raise
                self._connect_again(problem, stop)
                number = 0
                continue
            if newest is not None:
                number, pixels = newest
                fitted = self._fitted(pixels)
                self._shown += 1
                yield fitted.shape[1], fitted.shape[0], fitted

    def _connect(self, stop: threading.Event) -> None:
        """Open the source and wait for its first picture; raise DeviceProblem where none comes in time."""
        self._stream = Stream(self._opening)
        try:
            first = self._stream.picture_after(0, float(self.settings["open_timeout_s"]), stop)
        except DeviceProblem:
            self._stream.close(_PARTING_S)
            raise
        if first is not None:
            self._fitted(first[1])
            self._connections += 1

    def _connect_again(self, lost: DeviceProblem, stop: threading.Event) -> None:
        """Connect with a doubling wait; give up after ``reconnect_s``, so that the station tells it and goes on trying."""
        until_s = time.monotonic() + float(self.settings["reconnect_s"])
        wait_s = _FIRST_WAIT_S
        while not stop.is_set():
            self._release(stop)
            if time.monotonic() >= until_s:
                raise lost
            if stop.wait(min(wait_s, max(0.0, until_s - time.monotonic()))):
                break
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            try:
                self._connect(stop)
                break
            except DeviceProblem as problem:
                lost = problem

    def _release(self, stop: threading.Event) -> None:
        """Wait until the lost source is let go: most can be opened once only. A driver that hangs ends with the process."""
        until_s = time.monotonic() + _RELEASE_LIMIT_S
        while not self._stream.close(_PARTING_S) and not stop.is_set():
            if time.monotonic() >= until_s:
                raise DeviceProblem("device_missing", "the driver does not return")

    def _fitted(self, pixels: Pixels) -> Pixels:
        """Return the picture, made smaller where it has more pixels than asked for."""
        height, width = pixels.shape[:2]
        scale = math.sqrt(self._most_px / (width * height))
        if scale < 1:
            size = (max(1, math.floor(width * scale)), max(1, math.floor(height * scale)))
            pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        self._size = (pixels.shape[1], pixels.shape[0])
        return pixels


def named_source(settings: dict[str, Any], identity: str) -> Callable[[], Source]:
    """Return what opens the source that the settings name.

    Raises
    ------
    DeviceProblem
        plugin_failed: the settings do not fit each other.
    """
    source, address = settings["source"], settings["address"]
    open_timeout_s, silence_s = float(settings["open_timeout_s"]), float(settings["silence_s"])
    if source in _SCHEMES:
        _check_address(address, _SCHEMES[source])
    if source == "http_mjpeg":
        return lambda: HttpMjpegSource(address, open_timeout_s, silence_s)
    if source == "rtsp":
        return lambda: open_rtsp(address, open_timeout_s, silence_s)
    if source == "file":
        return lambda: open_file(Path(settings["file"]))
    size = (int(settings["width_px"]), int(settings["height_px"]))
    return lambda: open_usb(_usb_camera(settings, identity), *size, settings["frames_per_s"])


def _usb_camera(settings: dict[str, Any], identity: str) -> UsbCamera:
    return camera_to_open(identity, settings["usb_camera"], connected_cameras(), is_chosen=bool(settings["device"]))


def _check_address(address: str, scheme: str) -> None:
    try:
        parts = urlsplit(address)
        usable = parts.scheme == scheme and bool(parts.hostname) and parts.port != 0 and address.isprintable()
    except ValueError:
        usable = False
    if not usable or " " in address:
        raise DeviceProblem("plugin_failed", f"address must read {scheme}://HOST[:PORT]/PATH")
