"""A text engine that pretends: it knows a drawn card by its mark, and answers lines that were given to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from teller_assist.documents.engine import EngineIdentity, TextLine
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import CARD_SIZE_PX
from tests.stand_ins.drawn_scans import TAG_PX

_TAG_NEAR_LEVELS = 60
_GARBAGE_CONFIDENCE = 0.55

Colour = tuple[int, int, int]


def mark_of(card: Pixels) -> tuple[Colour | None, bool]:
    """Return the colour of a rectified card's mark, and whether the card stands on its head; (None, False) without a mark."""
    left, top, right, bottom = TAG_PX
    middle = np.s_[(top + bottom) // 2 - 6 : (top + bottom) // 2 + 6, (left + right) // 2 - 6 : (left + right) // 2 + 6]
    for turned in (False, True):
        seen = (card[::-1, ::-1] if turned else card)[middle].reshape(-1, 3).mean(0)
        if seen.max() - seen.min() > _TAG_NEAR_LEVELS:
            return (int(seen[0]), int(seen[1]), int(seen[2])), turned
    return None, False


@dataclass
class PretendingEngine:
    """Answers for marked cards of 1011x638, and what it was told for everything else.

    Attributes
    ----------
    cards
        Mark and lines of each card.
    page_lines
        What it answers for any other picture, corners in pixels of the whole scan, whose width is ``page_width_px``.
    before
        Called first at every reading.
    """

    cards: Sequence[tuple[Colour, tuple[TextLine, ...]]] = ()
    page_lines: tuple[TextLine, ...] = ()
    page_width_px: int = 1
    before: Callable[[], None] = lambda: None
    sizes: list[tuple[int, int]] = field(default_factory=list)

    def warm(self) -> EngineIdentity:
        return EngineIdentity("pretending", ())

    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        self.before()
        self.sizes.append((pixels.shape[1], pixels.shape[0]))
        if self.sizes[-1] != CARD_SIZE_PX:
            scale = pixels.shape[1] / self.page_width_px
            return tuple(replace(line, corners=line.corners * np.float32(scale)) for line in self.page_lines)
        seen, turned = mark_of(pixels)
        for mark, lines in self.cards:
            if seen is not None and max(abs(a - b) for a, b in zip(seen, mark, strict=True)) < _TAG_NEAR_LEVELS:
                return tuple(map(_garbled, lines)) if turned else lines
        return ()


@dataclass
class MarkOrientation:
    """Which way up a marked card lies; ``wrong`` says the opposite always."""

    wrong: bool = False

    def upside_down(self, card: Pixels) -> float:
        return float(mark_of(card)[1] != self.wrong)


def _garbled(line: TextLine) -> TextLine:
    text = "".join("卅丰口工乙"[ord(one) % 5] for one in line.text)
    return TextLine(text, _GARBAGE_CONFIDENCE, (_GARBAGE_CONFIDENCE,) * len(text), line.corners)
