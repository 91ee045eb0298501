"""Where a card lies by its printed words: what is printed on every card stands at the same place of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from teller_assist.documents.engine import TextLine
from teller_assist.documents.locating.search import overlap
from teller_assist.evidence.pictures import Points
from teller_assist.evidence.printed import CARD_SIZE_PX

Complexes = npt.NDArray[np.complex128]

_ESTIMATES_MOST = 3
_SAME_OVERLAP = 0.4
_NEAR = 0.07  # of the card's width: a word that lies farther from its place belongs to another card


@dataclass(frozen=True)
class _Word:
    """A print that every card of a side has.

    Attributes
    ----------
    pattern
        The whole recognised line, blanks taken out.
    begins, ends
        (x, y) of its middle line's ends, in pixels of a rectified card; ``ends`` is None where a value of any length follows.
    """

    front: bool
    pattern: re.Pattern[str]
    begins: complex
    ends: complex | None


def _word(front: bool, pattern: str, begins: tuple[float, float], ends_x: float | None = None) -> _Word:
    end = None if ends_x is None else complex(ends_x, begins[1])
    return _Word(front, re.compile(pattern), complex(*begins), end)


# Six digits of the area, a year, and no more than recognition adds or loses at the end: an account or card number is no anchor.
_NUMBER = "[0-9]{6}(19|20)[0-9]{8,10}[0-9Xx]?"
# The layout of the second-generation card (GA 448), as the parser of its fields knows it.
_WORDS = (
    _word(True, f"[公民身份号码]{{4,6}}[:：]?{_NUMBER}", (62, 547), 931),
    _word(True, _NUMBER, (331, 545), 931),
    _word(True, "公民身份号码?", (62, 549), 270),
    _word(True, "姓名.*", (62, 94)),
    _word(True, "性别.*", (62, 175)),
    _word(True, "出生.*", (62, 245)),
    _word(True, "住址.*", (62, 320)),
    _word(False, "居民身份证", (302, 216), 884),
    _word(False, "中华人民共和国", (328, 102), 846),
    _word(False, "签发机关.*", (196, 452)),
    _word(False, "有效期限.*", (196, 540)),
)


@dataclass(frozen=True)
class _Anchor:
    word: _Word
    places: tuple[tuple[complex, complex], ...]  # on the card, in the picture

    @property
    def length_px(self) -> float:
        return abs(self.places[1][1] - self.places[0][1]) if len(self.places) == 2 else 0.0


def cards_by_words(lines: Sequence[TextLine]) -> tuple[Points, ...]:
    """Return where cards lie by the words that were recognised of them, those with the most words first.

    Parameters
    ----------
    lines
        Of a picture with cards, text in any direction, corners in pixels of that picture.

    Returns
    -------
    Quadrilaterals, float32, shape (4, 2): the card's own upper left corner, then clockwise. They are right to some hundredths of
    the card's width, less where the camera looked askew.
    """
    anchors = [anchor for line in lines for anchor in _anchors_of(line)]
    seeds = sorted((anchor for anchor in anchors if len(anchor.places) == 2), key=lambda anchor: -anchor.length_px)
    estimates: list[tuple[int, Points]] = []
    for seed in seeds:
        members = _of_same_card(seed, anchors)
        quad = _quad_of(_similarity(members))
        if all(overlap(quad, other) < _SAME_OVERLAP for _, other in estimates):
            estimates.append((len(members), quad))
    estimates.sort(key=lambda estimate: -estimate[0])
    return tuple(quad for _, quad in estimates[:_ESTIMATES_MOST])


def names_a_card(lines: Iterable[TextLine]) -> bool:
    """Return whether some word of an identity card was recognised."""
    return any(_anchors_of(line) for line in lines)


def _anchors_of(line: TextLine) -> tuple[_Anchor, ...]:
    text = "".join(unicodedata.normalize("NFKC", line.text).split())
    word = next((word for word in _WORDS if word.pattern.fullmatch(text)), None)
    if word is None:
        return ()
    begins, ends = ((line.corners[a] + line.corners[b]) / 2 for a, b in ((0, 3), (1, 2)))
    places = [(word.begins, complex(*begins))]
    if word.ends is not None:
        places.append((word.ends, complex(*ends)))
    return (_Anchor(word, tuple(places)),)


def _of_same_card(seed: _Anchor, anchors: Sequence[_Anchor]) -> list[_Anchor]:
    factor, shift = _similarity([seed])
    near = _NEAR * CARD_SIZE_PX[0] * abs(factor)
    return [seed] + [
        anchor
        for anchor in anchors
        if anchor is not seed
        and anchor.word.front == seed.word.front
        and all(abs(factor * on_card + shift - seen) < near for on_card, seen in anchor.places)
    ]


def _similarity(anchors: Sequence[_Anchor]) -> tuple[complex, complex]:
    """Return (factor, shift) of least squares: seen = factor * on card + shift."""
    places = np.array([place for anchor in anchors for place in anchor.places], np.complex128)
    on_card, seen = places[:, 0], places[:, 1]
    middle, seen_middle = on_card.mean(), seen.mean()
    offset: Complexes = on_card - middle
    factor = complex((np.conj(offset) * (seen - seen_middle)).sum() / (np.abs(offset) ** 2).sum())
    return factor, complex(seen_middle - factor * middle)


def _quad_of(similarity: tuple[complex, complex]) -> Points:
    factor, shift = similarity
    width, height = CARD_SIZE_PX
    corners = [factor * corner + shift for corner in (0j, complex(width, 0), complex(width, height), complex(0, height))]
    return np.array([(corner.real, corner.imag) for corner in corners], np.float32)
