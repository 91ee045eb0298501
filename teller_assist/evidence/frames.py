"""One frame of the counter camera."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.evidence.pictures import Picture, Pixels


@dataclass(frozen=True, eq=False)
class CameraFrame:
    """One frame as it came from the camera's process.

    Attributes
    ----------
    pixels
        uint8, shape (height, width, 3), BGR, not writeable; a copy of our own, the camera never writes into it again.
    sequence
        Rises by one with every frame that the camera delivered; a gap means frames were skipped.
    received_s
        Our own monotonic clock when it arrived, in seconds.
    """

    pixels: Pixels
    sequence: int
    received_s: float

    def as_picture(self, role: str) -> Picture:
        """Return the frame as a picture to be measured."""
        return Picture(self.pixels, "frame", role)
