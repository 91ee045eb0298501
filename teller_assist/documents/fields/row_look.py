"""Rows of a front in which the first look missed something, cut out of the card and looked at alone.

Among all the text of a card the detection passes over a character that stands alone (男, 女, a name of one character after its
label) and over rows that glare has paled; in a row cut out of the card it finds them. A row takes about a tenth of a whole look.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from teller_assist.documents.checks import failed
from teller_assist.documents.engine import TextLine
from teller_assist.documents.fields.labels import ADDRESS, BIRTH, NAME, NUMBER, SEX, Layout, front_layout
from teller_assist.documents.fields.numbers import number_of
from teller_assist.documents.fields.parse import FieldsRead, ReadField, read_fields
from teller_assist.documents.fields.pieces import ENLARGED, Reader, enlarged
from teller_assist.documents.fields.text import rows_of, texts_of
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import CARD_SIZE_PX, DocumentKind, FieldName

_ROWS = {
    FieldName.NAME: NAME,
    FieldName.SEX: SEX,
    FieldName.ETHNICITY: SEX,
    FieldName.BIRTH: BIRTH,
    FieldName.ADDRESS: ADDRESS,
    FieldName.ID_NUMBER: NUMBER,
}
_KINDS = (DocumentKind.FRONT, DocumentKind.TEMPORARY)
_HALF_ROW_PX = 42  # in the pixels of CARD_SIZE_PX: two rows are 70 to 80 apart
_BEGINS_PX = 30
_READABLE = 0.6  # confidence of a field's worst character, under which another look is worth its time


def look_at_rows(
    read: FieldsRead,
    lines: Sequence[TextLine],
    card: Pixels,
    engine: Reader,
    today: datetime.date,
    in_time: Callable[[], bool],
) -> tuple[FieldsRead, tuple[TextLine, ...]]:
    """Return the fields and the lines with rows of a front read alone; the same ones where nothing lacks or nothing is won.

    Parameters
    ----------
    lines
        What ``read`` was read from.
    card
        uint8, shape (638, 1011, 3), BGR: the rectified card, upright.
    engine
        ``TextEngine.read``.
    in_time
        Asked before each row: no recognition begins when the time for it is over.

    Raises
    ------
    KnownError
        From the engine.
    """
    wanted = [row for row in dict.fromkeys(_ROWS.values()) if row in {_ROWS[name] for name in _lacking(read)}]
    if read.kind not in _KINDS or not wanted:
        return read, tuple(lines)
    texts = texts_of(lines, CARD_SIZE_PX)
    layout = front_layout(texts, number_of(rows_of(texts)), CARD_SIZE_PX)
    better, better_lines = read, tuple(lines)
    for row in itertools.takewhile(lambda _row: in_time(), wanted):
        tried = _with_row(better_lines, _place(row, layout), card, engine)
        again = read_fields(tried, CARD_SIZE_PX, today)
        if again.kind is read.kind and _lack(again) < _lack(better):
            better, better_lines = again, tried
    return better, better_lines


def lacking_fields(read: FieldsRead) -> int:
    """Return how many fields of a front are not there or tell themselves that they are not right; 0 for other sides."""
    return len(_lacking(read)) if read.kind in _KINDS else 0


def _lacking(read: FieldsRead) -> set[FieldName]:
    """Return the fields of a front that are not there, or that tell themselves that they are not right."""
    return {name for name in _ROWS if name not in read.fields or _is_wrong(name, read.fields[name])}


def _is_wrong(name: FieldName, field: ReadField) -> bool:
    # A name is looked at by itself; and two looks may well leave out the same character of one.
    badly_read = not field.whole or bool(failed(field.checks)) or field.confidence < _READABLE
    return name is not FieldName.NAME and badly_read


def _lack(read: FieldsRead) -> tuple[int, int]:
    return len(read.missing), len(_lacking(read))


def _place(row: str, layout: Layout) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a row in pixels of the card."""
    middle = layout.row_y(row)
    half = layout.y(_HALF_ROW_PX) - layout.y(0)
    bottom = layout.row_y(NUMBER) - half if row == ADDRESS else middle + half
    right = CARD_SIZE_PX[0] if row == NUMBER else layout.portrait_begins_x
    found = np.clip([layout.x(_BEGINS_PX), middle - half, right, bottom], 0, [*CARD_SIZE_PX, *CARD_SIZE_PX])
    left, top, right, bottom = (round(value) for value in found.tolist())
    return left, top, right, bottom


def _with_row(lines: Sequence[TextLine], place: tuple[int, int, int, int], card: Pixels, engine: Reader) -> tuple[TextLine, ...]:
    """Return the lines with those within a row read anew."""
    left, top, right, bottom = place
    piece = enlarged(card, left, top, right, bottom)
    if piece.size == 0:
        return tuple(lines)
    corner = np.array([left, top], np.float32)
    on_card = ((line, (line.corners + 0.5) / ENLARGED - 0.5 + corner) for line in engine(piece))
    again = (replace(line, corners=np.asarray(corners, np.float32)) for line, corners in on_card)
    return (*(line for line in lines if not _lies_within(line, place)), *again)


def _lies_within(line: TextLine, place: tuple[int, int, int, int]) -> bool:
    x, y = line.corners.mean(axis=0)
    left, top, right, bottom = place
    return bool(left <= x < right and top <= y < bottom)
