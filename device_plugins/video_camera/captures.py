"""What OpenCV opens: a USB camera, an RTSP stream, a video file. Its ``isOpened`` stays True after a cut."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from teller_assist_sdk import DeviceProblem

from .stream import Pixels
from .usb_cameras import UsbCamera, holder_of

_SLOWEST_FRAMES_PER_S, _FASTEST_FRAMES_PER_S, _USUAL_FRAMES_PER_S = 1.0, 60.0, 25.0
# A camera's answer must not send FFmpeg to files or to other machines by other ways than these.
_FFMPEG_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_RTSP_OPTIONS = "rtsp_transport;tcp|protocol_whitelist;rtsp,rtp,tcp"
_FILE_OPTIONS = "protocol_whitelist;file"


class CaptureSource:
    """A live source behind ``cv2.VideoCapture``."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture

    def read(self) -> Pixels | None:
        """Return the next picture; None where OpenCV has none."""
        there, pixels = self._capture.read()
        return np.asarray(pixels, dtype=np.uint8) if there else None

    def release(self) -> None:
        """Close it."""
        self._capture.release()


class FileSource(CaptureSource):
    """A video file, at its own pace and from the beginning again."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        super().__init__(capture)
        told = capture.get(cv2.CAP_PROP_FPS)
        usual = _SLOWEST_FRAMES_PER_S <= told <= _FASTEST_FRAMES_PER_S
        self._period_s = 1 / (told if usual else _USUAL_FRAMES_PER_S)
        self._due_s = time.monotonic()

    def read(self) -> Pixels | None:
        """Return the next picture when it is due."""
        time.sleep(max(0.0, self._due_s - time.monotonic()))
        self._due_s = max(self._due_s + self._period_s, time.monotonic() - self._period_s)
        pixels = super().read()
        if pixels is None:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            pixels = super().read()
        return pixels


def open_rtsp(address: str, open_timeout_s: float, silence_s: float) -> CaptureSource:
    """Open an RTSP stream, over TCP.

    Raises
    ------
    DeviceProblem
        device_missing: OpenCV cannot open it.
    """
    os.environ[_FFMPEG_OPTIONS] = _RTSP_OPTIONS
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(1000 * open_timeout_s)]
    limits += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(1000 * silence_s)]
    return CaptureSource(_opened(cv2.VideoCapture(address, cv2.CAP_FFMPEG, limits), "the stream cannot be opened"))


def open_file(path: Path) -> FileSource:
    """Open a video file.

    Raises
    ------
    DeviceProblem
        device_missing: there is none, or OpenCV cannot open it.
    """
    if not path.is_file():
        raise DeviceProblem("device_missing", "there is no such file")
    os.environ[_FFMPEG_OPTIONS] = _FILE_OPTIONS
    return FileSource(_opened(cv2.VideoCapture(str(path), cv2.CAP_FFMPEG), "the file cannot be opened"))


def open_usb(camera: UsbCamera, width_px: int, height_px: int, frames_per_s: float) -> CaptureSource:
    """Open a USB camera and ask for MJPG of a size and pace; it may choose others.

    Raises
    ------
    DeviceProblem
        device_busy: another program holds it, named where that can be seen; device_missing.
    """
    backend = cv2.CAP_MSMF if sys.platform == "win32" else cv2.CAP_V4L2
    wanted = [
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
        (cv2.CAP_PROP_FRAME_WIDTH, width_px),
        (cv2.CAP_PROP_FRAME_HEIGHT, height_px),
        (cv2.CAP_PROP_FPS, round(frames_per_s)),
    ]
    capture = cv2.VideoCapture(camera.place, backend)
    if not capture.isOpened():
        holder = holder_of(camera.place)
        if holder:
            raise DeviceProblem("device_busy", f"held by {holder}")
        raise DeviceProblem("device_missing", "the camera cannot be opened")
    for key, value in wanted:
        capture.set(key, value)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return CaptureSource(capture)


def _opened(capture: cv2.VideoCapture, otherwise: str) -> cv2.VideoCapture:
    if not capture.isOpened():
        capture.release()
        raise DeviceProblem("device_missing", otherwise)
    return capture
