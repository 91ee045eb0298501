"""One frame as the preview shows it."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.evidence.pictures import Pixels


@dataclass(frozen=True, eq=False)
class PreviewFrame:
    """One frame for the preview, already small.

    Attributes
    ----------
    pixels
        uint8, shape (height, width, 3), BGR, contiguous, never written again.
    received_s
        Monotonic clock when the camera delivered it.
    box
        Face (x, y, width, height) as shares of the frame, 0 to 1; None: none, or older than 300 ms, or not permitted.
    width_px, height_px, frames_per_s
        Of the camera, for the label.
    """

    pixels: Pixels
    received_s: float
    box: tuple[float, float, float, float] | None
    width_px: int
    height_px: int
    frames_per_s: float
