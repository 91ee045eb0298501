"""What recognises text, whatever runs behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from teller_assist.evidence.pictures import Pixels, Points


@dataclass(frozen=True, eq=False)
class TextLine:
    """One recognised line of text; personal: never logged, never in an error.

    Attributes
    ----------
    text
        As recognised, nothing normalised.
    confidence
        0 to 1, higher is surer: the mean over its characters.
    character_confidences
        One for each character of ``text``.
    corners
        float32, shape (4, 2), (x, y) in pixels of the picture: the text's own upper left corner, then clockwise.
    """

    text: str
    confidence: float
    character_confidences: tuple[float, ...]
    corners: Points

    def __repr__(self) -> str:
        return f"TextLine({len(self.text)} characters)"


@dataclass(frozen=True)
class EngineIdentity:
    """Which engine reads: for reports and ``doctor``.

    Attributes
    ----------
    name
        "paddleocr" or "rapidocr", with its version.
    models
        Ids of the model manifest.
    """

    name: str
    models: tuple[str, ...]


class TextEngine(Protocol):
    """A recogniser of text; used by one thread at a time."""

    def warm(self) -> EngineIdentity:
        """Get ready to read at once, and say what reads.

        Raises
        ------
        KnownError
            It cannot run on this machine: why.
        """

    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        """Return the lines of a picture, in no particular order; none where there is no text.

        Parameters
        ----------
        pixels
            uint8, shape (height, width, 3), BGR; text roughly upright.

        Raises
        ------
        KnownError
            The engine failed or took too long; it reads again at the next call.
        """
