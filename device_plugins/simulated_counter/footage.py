"""What stands before the camera: a recording played forward and backward without a jump, or photographs moved slowly."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from teller_assist_sdk import DeviceProblem

Pixels = npt.NDArray[np.uint8]

DEFAULT_FRAMES_PER_S = 25.0
_FASTEST_FRAMES_PER_S = 60.0
# Frames are kept compressed for the way back: decoding one takes about a millisecond, a video cannot be read backward.
_KEPT_BYTES_MAX = 128_000_000
_KEPT_JPEG_QUALITY = 95

# So many single pictures are the frames of a recording; fewer are photographs.
_RECORDING_PICTURES = 25
_PHOTOGRAPH_S = 6.0
_PHOTOGRAPH_HEIGHT_PX = 720
_PHOTOGRAPH_WIDTH_PX_MAX = 4096
_ZOOM, _SHIFT, _TURN_DEG = 0.03, 0.012, 1.1
_PERIODS_S = (7.1, 5.3, 6.2, 8.7)


@dataclass(frozen=True)
class Footage:
    """Frames without end.

    Attributes
    ----------
    frames
        uint8, shape (height, width, 3), BGR; may change in size from one to the next.
    """

    frames_per_s: float
    frames: Iterator[Pixels]


def open_footage(folder: Path, play_s: float) -> Footage:
    """Open ``live.mp4``, or else ``live_*.jpg``, of a customer's folder.

    Parameters
    ----------
    play_s
        How much of a recording is played before it turns back, in seconds.

    Raises
    ------
    DeviceProblem
        device_missing: neither is there, or it cannot be read.
    """
    recording, pictures = folder / "live.mp4", sorted(folder.glob("live_*.jpg"))
    if recording.is_file():
        return _open_recording(recording, play_s)
    if not pictures:
        raise DeviceProblem("device_missing", "no live.mp4 and no live_*.jpg")
    if len(pictures) < _RECORDING_PICTURES:
        return Footage(DEFAULT_FRAMES_PER_S, _moved([_read_picture(path) for path in pictures]))
    kept = [path.read_bytes() for path in pictures[: round(play_s * DEFAULT_FRAMES_PER_S)]]
    return Footage(DEFAULT_FRAMES_PER_S, _there_and_back(kept))


def _open_recording(path: Path, play_s: float) -> Footage:
    recording = cv2.VideoCapture(str(path))
    frames_per_s = recording.get(cv2.CAP_PROP_FPS)
    if not 1.0 <= frames_per_s <= _FASTEST_FRAMES_PER_S:
        frames_per_s = DEFAULT_FRAMES_PER_S
    there, first = recording.read()
    if not there:
        raise DeviceProblem("device_missing", "live.mp4 has no frame that can be read")
    return Footage(frames_per_s, _played(recording, np.asarray(first, dtype=np.uint8), round(play_s * frames_per_s)))


def _played(recording: cv2.VideoCapture, first: Pixels, frames_max: int) -> Iterator[Pixels]:
    """Play forward from the file, keeping each frame, then for ever backward and forward from what was kept."""
    kept: list[bytes] = []
    kept_bytes = 0
    there, pixels = True, first
    while there and len(kept) < frames_max and kept_bytes < _KEPT_BYTES_MAX:
        kept.append(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _KEPT_JPEG_QUALITY])[1].tobytes())
        kept_bytes += len(kept[-1])
        yield pixels
        there, following = recording.read()
        pixels = np.asarray(following, dtype=np.uint8) if there else pixels
    recording.release()
    yield from map(_decoded, kept[-2:0:-1])
    yield from _there_and_back(kept)


def _there_and_back(kept: list[bytes]) -> Iterator[Pixels]:
    while True:
        yield from map(_decoded, kept)
        yield from map(_decoded, kept[-2:0:-1])


def _decoded(data: bytes) -> Pixels:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise DeviceProblem("device_missing", "a picture cannot be read")
    return np.asarray(pixels, dtype=np.uint8)


def _read_picture(path: Path) -> Pixels:
    pixels = _decoded(path.read_bytes())
    height, width = pixels.shape[:2]
    scale = min(_PHOTOGRAPH_HEIGHT_PX / height, _PHOTOGRAPH_WIDTH_PX_MAX / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), dtype=np.uint8)


def _moved(photographs: list[Pixels]) -> Iterator[Pixels]:
    """Move each photograph a little for some seconds, one after the other: zoom, shift and turn, each in its own rhythm."""
    number = 0
    while True:
        at_s = number / DEFAULT_FRAMES_PER_S
        photograph = photographs[int(at_s / _PHOTOGRAPH_S) % len(photographs)]
        height, width = photograph.shape[:2]
        zoom, right, down, turn = (math.sin(2 * math.pi * at_s / period_s) for period_s in _PERIODS_S)
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), _TURN_DEG * turn, 1 + _ZOOM * (1 + zoom))
        matrix[:, 2] += (_SHIFT * width * right, _SHIFT * height * down)
        yield np.asarray(cv2.warpAffine(photograph, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)
        number += 1


class SecondFace:
    """Puts beside each frame the mirrored one of some frames ago: two faces of one size that move on their own."""

    def __init__(self, delay_frames: int) -> None:
        self._waiting: deque[Pixels] = deque(maxlen=delay_frames + 1)

    def beside(self, pixels: Pixels) -> Pixels:
        """Return the frame and the other one, twice as wide."""
        self._waiting.append(pixels.copy())
        other = self._waiting[0] if self._waiting[0].shape == pixels.shape else pixels
        return np.hstack([pixels, other[:, ::-1]])
