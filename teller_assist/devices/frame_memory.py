"""The host's side of the shared memory for frames: a camera's, or a document scanner's preview.

A ring of slots; each is a header with the frame's sequence number, then the pixels. The plugin's process writes 0, the pixels,
the number, in turn and without waiting. Whoever reads compares the number before and after copying: a torn frame is dropped.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import secrets
import struct
import sys
import threading
from typing import Any

import numpy as np

from teller_assist.devices.channel import FrameReady
from teller_assist.evidence.pictures import Pixels

SLOTS = 4
SLOT_HEADER_BYTES = 64
_CHANNELS = 3


class FrameMemory:
    """Anonymous memory, shared with one process and never a file on a disk.

    Parameters
    ----------
    max_frame_px
        (width, height): the most pixels that a frame can have; a frame may have other proportions.
    """

    def __init__(self, max_frame_px: tuple[int, int]) -> None:
        self._pixel_bytes = max_frame_px[0] * max_frame_px[1] * _CHANNELS
        # rounded up, so that every header lies within one cache line
        self._slot_bytes = SLOT_HEADER_BYTES + -(-self._pixel_bytes // SLOT_HEADER_BYTES) * SLOT_HEADER_BYTES
        self._lock = threading.Lock()
        self.descriptor = -1
        self._memory: mmap.mmap | None
        size = self._slot_bytes * SLOTS
        if sys.platform == "win32":  # never run by us: see docs/limits.md
            tag = f"Local\\teller-assist-{secrets.token_hex(16)}"
            self._memory = mmap.mmap(-1, size, tagname=tag)
            self._place: dict[str, Any] = {"tag": tag}
        else:
            self.descriptor = _sealed_memory(size)
            self._memory = mmap.mmap(self.descriptor, size)
            self._place = {"descriptor": self.descriptor}

    def told(self) -> dict[str, Any]:
        """Return what the plugin's process needs to find it."""
        return {"slots": SLOTS, "slot_bytes": self._slot_bytes, **self._place}

    def forget_descriptor(self) -> None:
        """Close the descriptor once the process has inherited it; the memory itself stays mapped."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def can_hold(self, frame: FrameReady) -> bool:
        """Return whether what was announced lies within the memory."""
        return (
            frame.slot < SLOTS
            and frame.sequence > 0
            and min(frame.width_px, frame.height_px) > 0
            and frame.width_px * frame.height_px * _CHANNELS <= self._pixel_bytes
        )

    def copied(self, frame: FrameReady) -> Pixels | None:
        """Copy one announced frame out.

        Returns
        -------
        uint8, shape (height, width, 3), BGR, not writeable; None where the slot was written again meanwhile, or the memory is
        closed: the frame is gone, and another one follows or does not.
        """
        with self._lock:
            if self._memory is None or self._sequence_in(frame.slot) != frame.sequence:
                return None
            start = frame.slot * self._slot_bytes + SLOT_HEADER_BYTES
            count = frame.width_px * frame.height_px * _CHANNELS
            pixels = np.frombuffer(self._memory, np.uint8, count, start).copy()
            if self._sequence_in(frame.slot) != frame.sequence:
                return None
        pixels = pixels.reshape(frame.height_px, frame.width_px, _CHANNELS)
        pixels.setflags(write=False)
        return pixels

    def close(self) -> None:
        """Let the memory go; may be called twice."""
        with self._lock:
            self.forget_descriptor()
            memory, self._memory = self._memory, None
            if memory is not None:
                memory.close()

    def _sequence_in(self, slot: int) -> int:
        assert self._memory is not None  # noqa: S101 (the caller holds the lock and has looked)
        (sequence,) = struct.unpack_from("<Q", self._memory, slot * self._slot_bytes)
        return int(sequence)


def _sealed_memory(size: int) -> int:
    import fcntl

    descriptor = os.memfd_create("frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(descriptor, size)
        # A process that shrank it would kill the station at its next look (SIGBUS).
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    except OSError:
        with contextlib.suppress(OSError):
            os.close(descriptor)
        raise
    return descriptor
