"""Recognised text as characters that know where they stand and how surely each was read."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median

import numpy as np
import numpy.typing as npt

from teller_assist.documents.engine import TextLine

_NARROW_WIDTH = 0.55  # of a Han character: digits and Latin letters in the fonts that cards are printed in
_LONG_LINE = 2.5  # times as wide as high: from here a line's direction is that of its text and not chance
_LONG_LINE_CHARACTERS = 3
_SAME_PLACE = 0.5  # share of a width: two that lie over each other by more stand in one place
_HARDLY_READ = 0.9  # below it a character at the end of a line may be a piece of one
_STEEPEST_TILT_RAD = np.radians(25)  # more is no residue of rectifying: the lines' boxes are not to be trusted

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Glyph:
    """One character; personal.

    Attributes
    ----------
    character
        Unicode NFKC.
    confidence
        0 to 1, higher is surer.
    x, y
        Its centre in pixels of the card, the residual tilt removed.
    height
        Of its line, in pixels.
    box
        Where it stands in the card as it is.
    certain
        False where a closed vocabulary, not the recognition, put the character here.
    confirmed
        Something else on the card says the same.
    """

    character: str
    confidence: float
    x: float
    y: float
    height: float
    box: Box
    certain: bool = True
    confirmed: bool = False

    def __repr__(self) -> str:
        return "Glyph(***)"


@dataclass(frozen=True, eq=False)
class Text:
    """Characters in reading order; personal. What is asked of a line again and again is worked out once."""

    glyphs: tuple[Glyph, ...]

    def __repr__(self) -> str:
        return f"Text({len(self.glyphs)} characters)"

    def __bool__(self) -> bool:
        return bool(self.glyphs)

    @cached_property
    def characters(self) -> str:
        """The characters as a string; one for each glyph."""
        return "".join(glyph.character for glyph in self.glyphs)

    @property
    def confidence(self) -> float:
        """The lowest of its characters; 0 where there is none."""
        return min((glyph.confidence for glyph in self.glyphs), default=0.0)

    @cached_property
    def mean_confidence(self) -> float:
        """The mean over its characters; 0 where there is none."""
        return float(np.mean([glyph.confidence for glyph in self.glyphs])) if self.glyphs else 0.0

    @cached_property
    def y(self) -> float:
        """The middle of the line, in pixels."""
        return median(glyph.y for glyph in self.glyphs)

    @cached_property
    def height(self) -> float:
        """The height of the line, in pixels."""
        return median(glyph.height for glyph in self.glyphs)

    @cached_property
    def left(self) -> float:
        """Where it begins, in pixels of the card."""
        return min(glyph.box[0] for glyph in self.glyphs)

    @cached_property
    def right(self) -> float:
        """Where it ends, in pixels of the card."""
        return max(glyph.box[2] for glyph in self.glyphs)

    def part(self, start: int, end: int | None = None) -> Text:
        """Return the characters from one place to before another."""
        return Text(self.glyphs[start:end])

    def those(self, wanted: Callable[[Glyph], bool]) -> Text:
        """Return the characters that are wanted, in their order."""
        return Text(tuple(glyph for glyph in self.glyphs if wanted(glyph)))

    def stripped(self, unwanted: str) -> Text:
        """Return the text without unwanted characters at either end."""
        characters = self.characters
        start = len(characters) - len(characters.lstrip(unwanted))
        return self.part(start, max(start, len(characters.rstrip(unwanted))))

    def rewritten(self, characters: str) -> Text:
        """Return the text with characters of a closed vocabulary in its places: what they change is not certain.

        Parameters
        ----------
        characters
            As many as the text has.
        """
        changed = zip(self.glyphs, characters, strict=True)
        return Text(
            tuple(one if one.character == other else replace(one, character=other, certain=False) for one, other in changed)
        )


def joined(texts: Iterable[Text]) -> Text:
    """Return several texts as one, in the order given."""
    return Text(tuple(glyph for text in texts for glyph in text.glyphs))


def box_px(text: Text) -> tuple[int, int, int, int]:
    """Return (x, y, width, height) around a text that is not empty, in whole pixels of the card."""
    boxes = np.array([glyph.box for glyph in text.glyphs], np.float64)
    left, top = np.floor(boxes[:, :2].min(axis=0))
    right, bottom = np.ceil(boxes[:, 2:].max(axis=0))
    return int(left), int(top), int(right - left), int(bottom - top)


def texts_of(lines: Sequence[TextLine], size_px: tuple[int, int]) -> tuple[Text, ...]:
    """Return every line as normalised characters without blanks, the lines' median tilt removed; empty ones left out."""
    usable = [line for line in lines if np.isfinite(line.corners).all() and line.text.strip()]
    tilt = _tilt_rad(usable)
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    centre = np.array(size_px, np.float64) / 2
    texts = (_text_of(line, turn, centre) for line in usable)
    return tuple(text for text in texts if text)


def rows_of(texts: Sequence[Text]) -> tuple[Text, ...]:
    """Return the texts that stand side by side joined from left to right, the rows from top to bottom."""
    rows: list[list[Text]] = []
    for text in sorted(texts, key=lambda text: text.y):
        beside = next((row for row in rows if _side_by_side(row, text)), None)
        if beside is None:
            rows.append([text])
        else:
            beside.append(text)
    return tuple(_side_by_side_once(sorted(row, key=lambda text: text.left)) for row in rows)


def _side_by_side_once(texts: Sequence[Text]) -> Text:
    """Return a row's texts joined; of two characters in one place, where a text was cut in two, the surer one."""
    glyphs: list[Glyph] = []
    for text in texts:
        first = text.glyphs[0]
        if glyphs and _is_read_twice(glyphs[-1], first):
            glyphs[-1] = max(glyphs[-1], first, key=lambda glyph: glyph.confidence)
            glyphs.extend(text.glyphs[1:])
        else:
            glyphs.extend(text.glyphs)
    return Text(tuple(glyphs))


def _side_by_side(row: Sequence[Text], text: Text) -> bool:
    """Say whether a text stands in a row: at the height of one of its texts, and above or below none of them."""
    level = any(abs(other.y - text.y) < 0.6 * min(other.height, text.height) for other in row)
    return level and not any(_overlap(other, text) > _SAME_PLACE for other in row)


def _overlap(one: Text, other: Text) -> float:
    """Return which share of the narrower text lies above or below the other."""
    common = min(one.right, other.right) - max(one.left, other.left)
    return common / max(1.0, min(one.right - one.left, other.right - other.left))


def _is_read_twice(one: Glyph, other: Glyph) -> bool:
    """Say whether two characters are one in two lines' boxes: in one place, alike, or one of them hardly read."""
    common = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    in_one_place = common > _SAME_PLACE * max(one.box[2] - one.box[0], other.box[2] - other.box[0])
    of_one_kind = one.character.isdigit() == other.character.isdigit()
    may_be_one = one.character == other.character or min(one.confidence, other.confidence) < _HARDLY_READ
    return in_one_place and of_one_kind and may_be_one


def _tilt_rad(lines: Sequence[TextLine]) -> float:
    """Return the median direction of the long lines, weighted by their length; 0 where there is none."""
    found: list[tuple[float, float]] = []
    for line in lines:
        corners = np.asarray(line.corners, np.float64)
        along = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
        across = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
        length = float(np.hypot(*along))
        if length > _LONG_LINE * float(np.hypot(*across)) and len(line.text.strip()) >= _LONG_LINE_CHARACTERS:
            found.append((float(np.arctan2(along[1], along[0])), length))
    if not found:
        return 0.0
    angles, lengths = np.array(sorted(found)).T
    median = float(angles[np.searchsorted(np.cumsum(lengths), lengths.sum() / 2)])
    return median if abs(median) <= _STEEPEST_TILT_RAD else 0.0


def _text_of(line: TextLine, turn: npt.NDArray[np.float64], centre: npt.NDArray[np.float64]) -> Text:
    characters = _characters_of(line)
    widths = np.array([_width(character) for character, _ in characters])
    edges = np.concatenate([[0.0], np.cumsum(widths)]) / widths.sum() if characters else np.zeros(1)
    corners = np.asarray(line.corners, np.float64)
    upright = (corners - centre) @ turn.T + centre
    height = max(1.0, float(np.hypot(*(upright[3] - upright[0])) + np.hypot(*(upright[2] - upright[1]))) / 2)
    glyphs = []
    for (character, confidence), start, end in zip(characters, edges[:-1], edges[1:], strict=True):
        if character.isspace():
            continue
        x, y = _between(upright, (start + end) / 2).mean(axis=0)
        piece = np.concatenate([_between(corners, start), _between(corners, end)])
        box = (*piece.min(axis=0).tolist(), *piece.max(axis=0).tolist())
        glyphs.append(Glyph(character, confidence, float(x), float(y), height, box))
    return Text(tuple(glyphs))


def _between(corners: npt.NDArray[np.float64], share: float) -> npt.NDArray[np.float64]:
    """Return the upper and the lower point at a share of a line's way from its left end to its right one."""
    return np.stack([corners[0] + share * (corners[1] - corners[0]), corners[3] + share * (corners[2] - corners[3])])


def _characters_of(line: TextLine) -> list[tuple[str, float]]:
    """Return a line's characters in NFKC, one code point each, with the confidence of the one they come from."""
    told = line.character_confidences
    confidences = told if len(told) == len(line.text) else (line.confidence,) * len(line.text)
    pairs = zip(line.text, confidences, strict=True)
    return [(one, _sound(confidence)) for raw, confidence in pairs for one in unicodedata.normalize("NFKC", raw)]


def _sound(confidence: float) -> float:
    return min(1.0, max(0.0, float(confidence))) if np.isfinite(confidence) else 0.0


def _width(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else _NARROW_WIDTH
