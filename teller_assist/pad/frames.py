"""What a stream of frames shows without any model: a picture that stands still, and a stored clip that comes round again.

A sensor's noise makes every frame different, so frames are told apart by a hash of a sample of their pixels. No picture is kept.

It sees: one frame delivered again and again (a frozen camera, a still fed in), and a clip that is looped byte for byte, forward
or there and back, as long as a round is shorter than the memory. It does not see: a screen, a print or a mask held before the
camera (every frame differs), a clip that is encoded or noised anew each round, or one longer than the memory.

Every frame should be added: it costs well under 0.1 ms. At fewer looks than frames (10 of 30 in a second) a round shows other
frames of the clip each time unless its length divides; repeats are then found after a few rounds instead of one, because a frame
has to be looked at twice. Order is therefore not asked for: it cannot be seen between looks, and a sensor that repeats several
frames in any order is none.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from teller_assist.evidence.frames import CameraFrame
from teller_assist.evidence.pictures import Pixels
from teller_assist.pad.limits import FrameLimits

# Of 1280x720: 90 rows of 154 bytes in turns of all three colours; enough noise to tell any two frames apart.
_ROW_STRIDE = 8
_BYTE_STRIDE = 25
_DIGEST_BYTES = 16
Sample = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class FrameEvidence:
    """What the frames so far showed.

    Attributes
    ----------
    frozen
        The newest frame has stood still for longer than the limit.
    repeats
        Different frames that came again after a while.
    looped
        So many that no sensor did it.
    """

    frames: int
    frozen: bool
    repeats: int
    looped: bool


NO_FRAMES = FrameEvidence(frames=0, frozen=False, repeats=0, looped=False)


def sampled(pixels: Pixels) -> Sample:
    """Return the bytes of a frame that it is told apart by.

    Parameters
    ----------
    pixels
        uint8, shape (height, width, 3), BGR; any size.

    Returns
    -------
    uint8, shape (height / 8, width * 3 / 25), both rounded up, contiguous.
    """
    height, width = pixels.shape[:2]
    return np.ascontiguousarray(pixels.reshape(height, 3 * width)[::_ROW_STRIDE, ::_BYTE_STRIDE])


def fingerprint(sample: Sample) -> bytes:
    """Return a hash that two frames share only when their samples are identical."""
    return hashlib.blake2b(sample.data, digest_size=_DIGEST_BYTES).digest()


class FrameWatch:
    """Watches the frames of one customer from one opening of the camera. Adding belongs to one thread; any may read ``evidence``.

    Parameters
    ----------
    limits
        From ``config/pad.toml``.
    """

    def __init__(self, limits: FrameLimits) -> None:
        self._limits = limits
        self._seen: OrderedDict[bytes, float] = OrderedDict()  # fingerprint -> when it first came, oldest first
        self._repeated: OrderedDict[bytes, float] = OrderedDict()  # those that came again -> when they first did
        self._newest: bytes = b""
        self._since_s = 0.0
        self._received_s = float("-inf")
        self._evidence = NO_FRAMES

    @property
    def evidence(self) -> FrameEvidence:
        """What the frames so far showed."""
        return self._evidence

    def add(self, frame: CameraFrame) -> FrameEvidence:
        """Note one frame; the same frame handed in twice counts once."""
        if frame.received_s <= self._received_s:
            return self._evidence
        self._received_s = frame.received_s
        self._note(frame.pixels, frame.received_s)
        self._evidence = FrameEvidence(
            frames=self._evidence.frames + 1,
            frozen=frame.received_s - self._since_s >= self._limits.frozen_after_s,
            repeats=len(self._repeated),
            looped=self._evidence.looped or len(self._repeated) >= self._limits.loop_frames,
        )
        return self._evidence

    def _note(self, pixels: Pixels, at_s: float) -> None:
        sample = sampled(pixels)
        mark = fingerprint(sample)
        if mark == self._newest:
            return  # stands still; when it came is known
        self._newest, self._since_s = mark, at_s
        # A plain picture (covered lens, all white) has no noise to tell frames apart by. A driver may deliver an old buffer again
        # right after a hiccup: only what comes again later counts.
        if int(np.ptp(sample)) < self._limits.contrast_min:
            return
        first_s = self._seen.setdefault(mark, at_s)
        if at_s - first_s >= self._limits.repeat_after_s:
            self._repeated.setdefault(mark, at_s)
        self._forget(at_s)

    def _forget(self, at_s: float) -> None:
        for remembered in (self._seen, self._repeated):
            while remembered and (
                len(remembered) > self._limits.remembered_frames
                or at_s - next(iter(remembered.values())) > self._limits.remembered_s
            ):
                remembered.popitem(last=False)
