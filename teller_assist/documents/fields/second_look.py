"""A name that is in doubt, looked at once more, larger: two readings that agree are surer than one.

Nothing else on the card tells whether a name was read rightly: it has no check digit, and blur makes real names of other ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from teller_assist.documents.engine import TextLine
from teller_assist.documents.fields.characters import in_name
from teller_assist.documents.fields.doubt import doubtful_in_name
from teller_assist.documents.fields.labels import NAME
from teller_assist.documents.fields.parse import FieldsRead, ReadField
from teller_assist.documents.fields.pieces import Reader, enlarged
from teller_assist.documents.fields.text import Text, joined, rows_of, texts_of
from teller_assist.evidence.person_name import MIDDLE_DOTS, with_one_dot
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import FieldName

_MARGIN_ABOVE = 0.25  # of the name's height
_MARGIN_BESIDE = 0.5


@dataclass(frozen=True, eq=False)
class _Reading:
    """A name as the second look read it."""

    value: str
    confidences: tuple[float, ...]

    def __repr__(self) -> str:
        return "_Reading(***)"


def look_again(read: FieldsRead, card: Pixels, engine: Reader) -> FieldsRead:
    """Return the fields with a name in doubt read a second time; the same fields where it is not, or was not found.

    A doubt goes where both looks read the same character and one of them surely. Of two readings that differ the surer one is
    told, and one that has characters which the first look missed; whatever differs stays in doubt.

    Parameters
    ----------
    card
        uint8, shape (height, width, 3), BGR: the rectified card that the fields were read from.
    engine
        ``TextEngine.read``.

    Raises
    ------
    KnownError
        From the engine.
    """
    name = read.fields.get(FieldName.NAME)
    if name is None or name.accepted:
        return read
    again = _read_name(engine(_with_margins(name, card)))
    if again is None:
        return read
    fields: Mapping[FieldName, ReadField] = {**read.fields, FieldName.NAME: combined(name, again.value, again.confidences)}
    return replace(read, fields=fields)


def combined(first: ReadField, again: str, confidences: Sequence[float]) -> ReadField:
    """Return what two looks at one name say together.

    Parameters
    ----------
    first
        The first look.
    again, confidences
        The second look, and how surely it read every character.
    """
    all_doubtful = len(first.doubtful) == len(first.value)
    if again != first.value:
        missed_some = all_doubtful and len(again) > len(first.value)
        return (_completed if missed_some else _differing)(first, again, confidences)
    if not first.whole or (all_doubtful and len(first.value) > 1):  # two looks may well leave out the same character
        return first
    still = doubtful_in_name(first.value, dict(enumerate(confidences)))
    doubtful = tuple(place for place in first.doubtful if place in still)
    others = (confidence for place, confidence in enumerate(confidences) if place in first.doubtful)
    return replace(first, confidence=max(first.confidence, min(others)), doubtful=doubtful, accepted=not doubtful)


def _completed(first: ReadField, again: str, confidences: Sequence[float]) -> ReadField:
    """Return the second look, which read characters that the first one missed, all of it in doubt."""
    return replace(first, value=again, confidence=min(confidences), doubtful=tuple(range(len(again))))


def _differing(first: ReadField, again: str, confidences: Sequence[float]) -> ReadField:
    """Return the surer of two readings that differ, with every place in doubt that they read as something else."""
    if len(again) != len(first.value):
        return replace(first, doubtful=tuple(range(len(first.value))))
    other = {place for place, (one, two) in enumerate(zip(first.value, again, strict=True)) if one != two}
    doubtful = tuple(sorted(other.union(first.doubtful)))
    if min(confidences) > first.confidence:
        return replace(first, value=again, confidence=min(confidences), doubtful=doubtful)
    return replace(first, doubtful=doubtful)


def _with_margins(name: ReadField, card: Pixels) -> Pixels:
    x, y, width, height = name.box_px
    across, down = round(_MARGIN_BESIDE * height), round(_MARGIN_ABOVE * height)
    return enlarged(card, x - across, y - down, x + width + across, y + height + down)


def _read_name(lines: Sequence[TextLine]) -> _Reading | None:
    """Return the row of a piece of a card that a name can stand in: the one with the most characters of one."""
    rows = [row.those(lambda glyph: in_name(glyph.character)).stripped(MIDDLE_DOTS) for row in rows_of(texts_of(lines, (0, 0)))]
    name: Text = max((_without_label(row) for row in rows), key=lambda row: len(row.glyphs), default=joined(()))
    return _Reading(with_one_dot(name.characters), tuple(glyph.confidence for glyph in name.glyphs)) if name else None


def _without_label(row: Text) -> Text:
    """Return a row without the end of 姓名 that the piece may begin with: no surname is 名."""
    label = row.characters.rfind(NAME[-1], 0, len(NAME))
    return row.part(label + 1)
