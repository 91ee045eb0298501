"""Where a card lies by its printed words: what is printed on every card stands at the same place of it."""

from __future__ import annotations

import itertools
import math
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
_APART_LEAST_PX = 70  # on the card: nearer places say too little of direction and scale
_ASKEW_MOST = 0.2  # about radians, between where two places say that the card lies and where a line of text runs
_PLACES_MOST = 40
_ASKEW_FROM, _SPREAD_LEAST = 5, 0.35  # places, and how far apart of a side: fewer or nearer ones say too little of a slant


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
class _Place:
    """A point that is known on the card and was seen in the picture; ``along`` is the line's direction there."""

    word: _Word
    on_card: complex
    seen: complex
    along: complex


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
    places = [place for line in lines for place in _places_of(line)][:_PLACES_MOST]
    estimates = []
    for one, other in itertools.combinations(places, 2):
        if _fit_together(one, other):
            members = _near(_similarity([one, other]), places, one.word.front)
            if len(members) >= 2:
                estimates.append((len(members), _quad_of(members)))
    estimates.sort(key=lambda estimate: -estimate[0])
    apart: list[Points] = []
    for _, quad in estimates:
        if all(overlap(quad, other) < _SAME_OVERLAP for other in apart):
            apart.append(quad)
    return tuple(apart[:_ESTIMATES_MOST])


def names_a_card(lines: Iterable[TextLine]) -> bool:
    """Return whether some word of an identity card was recognised."""
    return any(_places_of(line) for line in lines)


def _places_of(line: TextLine) -> tuple[_Place, ...]:
    text = "".join(unicodedata.normalize("NFKC", line.text).split())
    word = next((word for word in _WORDS if word.pattern.fullmatch(text)), None)
    begins, ends = (complex(*((line.corners[a] + line.corners[b]) / 2)) for a, b in ((0, 3), (1, 2)))
    if word is None or not math.isfinite(abs(begins) + abs(ends)) or begins == ends:
        return ()
    along = (ends - begins) / abs(ends - begins)
    first = _Place(word, word.begins, begins, along)
    return (first,) if word.ends is None else (first, _Place(word, word.ends, ends, along))


def _fit_together(one: _Place, other: _Place) -> bool:
    """Return whether two places can be of one card: the card lies as their lines of text run."""
    on_card = other.on_card - one.on_card
    if one.word.front != other.word.front or abs(on_card) < _APART_LEAST_PX or other.seen == one.seen:
        return False
    factor = (other.seen - one.seen) / on_card
    direction = factor / abs(factor)
    return all(abs(direction - place.along) < _ASKEW_MOST for place in (one, other))


def _near(similarity: tuple[complex, complex], places: Sequence[_Place], front: bool) -> list[_Place]:
    factor, shift = similarity
    near = _NEAR * CARD_SIZE_PX[0] * abs(factor)
    return [place for place in places if place.word.front == front and abs(factor * place.on_card + shift - place.seen) < near]


def _similarity(places: Sequence[_Place]) -> tuple[complex, complex]:
    """Return (factor, shift) of least squares: seen = factor * on card + shift."""
    on_card = np.array([place.on_card for place in places], np.complex128)
    seen = np.array([place.seen for place in places], np.complex128)
    middle, seen_middle = on_card.mean(), seen.mean()
    offset: Complexes = on_card - middle
    factor = complex((np.conj(offset) * (seen - seen_middle)).sum() / (np.abs(offset) ** 2).sum())
    return factor, complex(seen_middle - factor * middle)


def _quad_of(members: Sequence[_Place]) -> Points:
    """Return the card's corners: askew as the camera saw it where enough places, in both directions, tell how."""
    width, height = CARD_SIZE_PX
    corners = np.array([0, width, complex(width, height), complex(0, height)], np.complex128)
    factor, shift = _similarity(members)
    seen = factor * corners + shift
    on_card = np.array([place.on_card for place in members], np.complex128)
    is_spread = np.ptp(on_card.real) >= _SPREAD_LEAST * width and np.ptp(on_card.imag) >= _SPREAD_LEAST * height
    if len(members) >= _ASKEW_FROM and is_spread:
        known = np.stack([on_card.real, on_card.imag, np.ones(len(members))], axis=1)
        found = np.array([(place.seen.real, place.seen.imag) for place in members])
        moved, *_ = np.linalg.lstsq(known, found, rcond=None)
        seen = np.stack([corners.real, corners.imag, np.ones(4)], axis=1) @ moved @ np.array([1, 1j])
    return np.array([(corner.real, corner.imag) for corner in seen], np.float32)
