"""The words that are printed on every card, found although the recognition may have got one character wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from teller_assist.documents.fields.text import Text, rows_of
from teller_assist.evidence.printed import CARD_SIZE_PX

NAME, SEX, ETHNICITY, BIRTH, ADDRESS, NUMBER = "姓名", "性别", "民族", "出生", "住址", "公民身份号码"
AUTHORITY, VALIDITY = "签发机关", "有效期限"
REPUBLIC, TITLE, TEMPORARY = "中华人民共和国", "居民身份证", "临时"

# Where the words of the front begin and their lines' middles lie, in pixels of a rectified card of CARD_SIZE_PX.
_PLACES = {NAME: (62, 94), SEX: (62, 175), ETHNICITY: (300, 175), BIRTH: (62, 245), ADDRESS: (62, 320), NUMBER: (62, 548)}
_NUMBER_LINE = (931, 545)  # where it ends, its middle
# Likewise of a temporary card, which has the fields of both sides on one. No standard's figures were at hand: these are those of
# our own made-up ones, and labels that were read count for more.
_TEMPORARY_PLACES = {
    NAME: (53, 103),
    SEX: (53, 168),
    ETHNICITY: (275, 168),
    BIRTH: (53, 231),
    ADDRESS: (53, 292),
    NUMBER: (55, 445),
}
_TEMPORARY_NUMBER_LINE = (868, 441)
_VALUES_BEGIN_X, _TEMPORARY_VALUES_BEGIN_X = 160, 142  # values of the left column lie right of it, its labels left
_NO_LABEL_FROM = 20  # so much left of it a row may begin without one: digits are narrow, a label's second character is wide
_PORTRAIT_BEGINS_X, _FACE_BEGINS_X = 630, 700
_NO_CHARACTER = 0.3  # confidence: what is read so badly is as likely another character
_PITCH = 0.88  # from one Han character to the next, in heights of the line that the recognition finds: 0.74 to 1.09 for 360 names
# A rectification that is off scales the print by little; anchors that say more are misread.
_SCALE = (0.9, 1.12)


def place_of(word: str, characters: str) -> tuple[int, int] | None:
    """Return where a word of four and more characters begins and ends in a line; None where it does not stand there.

    One character in three may be wrong, or missing at either end; it ends with the last one that is right.
    """
    start = characters.find(word)
    if start >= 0:
        return start, start + len(word)
    best: tuple[int, int, int] | None = None
    for shift in range(1 - len(word), len(characters)):
        inside = [(place, place + shift) for place in range(len(word)) if 0 <= place + shift < len(characters)]
        same = [at for place, at in inside if word[place] == characters[at]]
        if len(same) * 3 >= len(word) * 2 - 1 and (best is None or len(same) > best[0]):
            best = (len(same), max(0, shift), same[-1] + 1)
    return None if best is None else best[1:]


def same_characters(word: str, characters: str) -> int:
    """Return how many characters of a word stand in a text in its order, side by side or nearly."""
    found = place_of(word, characters)
    return 0 if found is None else sum(one in characters[found[0] : found[1]] for one in word)


@dataclass(frozen=True)
class Layout:
    """How the front's nominal places lie in this rectified card: x = scale_x * nominal + shift_x, and so for y."""

    scale_x: float
    shift_x: float
    scale_y: float
    shift_y: float
    temporary: bool = False

    def x(self, nominal: float) -> float:
        """Return where a nominal place lies from the left, in pixels."""
        return self.scale_x * nominal + self.shift_x

    def y(self, nominal: float) -> float:
        """Return where a nominal place lies from the top, in pixels."""
        return self.scale_y * nominal + self.shift_y

    def row_y(self, word: str) -> float:
        """Return the middle of the line that begins with a word of the front."""
        places, number_line = _places(self.temporary)
        return self.y(number_line[1] if word == NUMBER else places[word][1])

    @property
    def values_begin_x(self) -> float:
        """What stands left of it is a label."""
        return self.x(_TEMPORARY_VALUES_BEGIN_X if self.temporary else _VALUES_BEGIN_X)

    @property
    def face_begins_x(self) -> float:
        """Between it and where the portrait begins is paper: a name of eleven characters ends there."""
        return self.x(_FACE_BEGINS_X)

    @property
    def portrait_begins_x(self) -> float:
        """What stands right of it, above the number, is none of the fields."""
        return self.x(_PORTRAIT_BEGINS_X)


def is_titled_temporary(texts: Sequence[Text]) -> bool:
    """Say whether the title is that of a temporary card; 临时 stands in addresses, too."""
    rows = (row.characters for row in rows_of(texts))
    return any(TEMPORARY in characters and place_of(TITLE, characters) is not None for characters in rows)


def front_layout(texts: Sequence[Text], number: Text | None, size_px: tuple[int, int]) -> Layout:
    """Return where the front's rows lie, from the words that were read whole and from the number.

    Parameters
    ----------
    number
        The line with the number.
    """
    scale = (size_px[0] / CARD_SIZE_PX[0], size_px[1] / CARD_SIZE_PX[1])
    across: list[tuple[float, float]] = []
    down: list[tuple[float, float]] = []
    temporary = is_titled_temporary(texts)
    places, number_line = _places(temporary)
    for text in texts:
        word = next((word for word in places if text.characters.startswith(word)), None)
        if word is not None:
            across.append((places[word][0], text.left))
            down.append((places[word][1], text.y))
    if number is not None:
        across.append((number_line[0], number.right))
        down.append((number_line[1], number.y))
    scale_x, shift_x = _fit(across, scale[0])
    scale_y, shift_y = _fit(down, scale[1])
    return Layout(scale_x, shift_x, scale_y, shift_y, temporary)


def _places(temporary: bool) -> tuple[dict[str, tuple[int, int]], tuple[int, int]]:
    return (_TEMPORARY_PLACES, _TEMPORARY_NUMBER_LINE) if temporary else (_PLACES, _NUMBER_LINE)


@dataclass(frozen=True, eq=False)
class Value:
    """What follows a label in its row.

    Attributes
    ----------
    guessed
        No character of the label was recognised although its place is written in: where the value begins is an estimate.
    """

    text: Text
    guessed: bool


def without_label(row: Text, word: str, layout: Layout) -> Value:
    """Return a row of the left column without the two characters of the label that it begins with."""
    characters = row.characters
    in_column = next((place for place, glyph in enumerate(row.glyphs) if glyph.x >= layout.values_begin_x), len(row.glyphs))
    begins = characters.find(word)
    if begins >= 0:  # before it stands dirt, or what lies beside the card
        return Value(row.part(begins + 2), guessed=False)
    if in_column == 0 or row.left > layout.values_begin_x - layout.scale_x * _NO_LABEL_FROM:
        return Value(row, guessed=False)
    if in_column == len(row.glyphs):  # all of it stands where labels stand: one that was misread, or a second script's
        return Value(row.part(in_column), guessed=False)
    if characters[1:2] == word[1] and in_column >= 1:
        return Value(row.part(2), guessed=False)
    if characters[0] == word[1]:
        return Value(row.part(1), guessed=False)
    if characters[0] == word[0]:
        unread = row.glyphs[1].confidence < _NO_CHARACTER  # what was made of the label's second character
        return Value(row.part(2 if unread else min(in_column, 2)), guessed=unread and in_column < 2)
    fitting = round((row.right - layout.values_begin_x) / (_PITCH * row.height))
    return Value(row.part(min(in_column, 2, max(0, len(row.glyphs) - fitting))), guessed=True)


def _fit(anchors: Sequence[tuple[float, float]], scale: float) -> tuple[float, float]:
    """Return scale and shift of the places found against the nominal ones; a scale that cannot be is not taken."""
    if not anchors:
        return scale, 0.0
    nominal, found = np.array(anchors, np.float64).T
    if np.ptp(nominal) > 0:
        slope, shift = np.polyfit(nominal, found, 1)
        if _SCALE[0] * scale <= slope <= _SCALE[1] * scale:
            return float(slope), float(shift)
    return scale, float(np.median(found - scale * nominal))
