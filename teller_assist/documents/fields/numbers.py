"""The line with the citizen's number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from teller_assist.documents.fields.labels import NUMBER, place_of
from teller_assist.documents.fields.text import Text
from teller_assist.evidence.id_number import IdNumber

LENGTH = 18
_FEWEST_CHARACTERS = 12  # of a line that is taken for the number, however much of it is covered
# What recognition takes digits for. Only in this line: its check digit tells whether the exchange was right.
_CONFUSABLE = {
    "O": "0", "o": "0", "D": "0", "Q": "0", "〇": "0", "I": "1", "l": "1", "i": "1", "|": "1", "!": "1", "丨": "1", "L": "1",
    "Z": "2", "z": "2", "A": "4", "S": "5", "s": "5", "b": "6", "G": "6", "T": "7", "?": "7", "B": "8", "&": "8", "g": "9",
    "q": "9", "x": "X", "×": "X", "χ": "X", "Χ": "X", "х": "X", "Х": "X", "乂": "X", "K": "X",
}  # fmt: skip
_FORM = re.compile(r"[0-9]{17}[0-9X]")


def is_valid(number: str) -> bool:
    """Say whether form, birth date and check digit of a number agree."""
    return IdNumber.or_none(number) is not None


def number_of(rows: Sequence[Text]) -> Text | None:
    """Return the number as it stands in the rows of a card; None where there is none.

    Characters that are taken for digits are exchanged only where the check digit then holds; they are not certain afterwards.
    """
    candidates = [candidate for row in rows for candidate in (_number_in(row),) if candidate]
    return max(candidates, key=_rank, default=None)


def _rank(candidate: Text) -> tuple[bool, bool, int, float]:
    characters = candidate.characters
    whole = _FORM.fullmatch(characters) is not None
    return is_valid(characters), whole, min(len(characters), LENGTH), candidate.mean_confidence


def _number_in(row: Text) -> Text | None:
    label = place_of(NUMBER, row.characters)
    value = row if label is None else row.part(label[1])
    value = value.those(lambda glyph: glyph.character.isascii() or glyph.character in _CONFUSABLE)
    value = value.those(lambda glyph: glyph.character.isalnum() or glyph.character in _CONFUSABLE)
    plain = "".join(_CONFUSABLE.get(one, one) for one in value.characters)
    runs = [match.span() for match in _FORM.finditer(plain)]
    windows = [value.part(start, start + LENGTH) for start in range(len(plain) - LENGTH + 1)]
    held = [window for window in map(_exchanged, windows) if is_valid(window.characters)]
    if len(held) == 1:
        return held[0]
    if runs:
        return value.part(*runs[0])
    return value if sum(one.isdigit() for one in value.characters) >= _FEWEST_CHARACTERS else None


def _exchanged(window: Text) -> Text:
    return window.rewritten("".join(_CONFUSABLE.get(one, one) for one in window.characters))
