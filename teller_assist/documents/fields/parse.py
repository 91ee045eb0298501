"""Lines of one rectified card -> its kind and its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from teller_assist.documents.engine import TextLine
from teller_assist.documents.fields.back import back_fields, back_plausibility
from teller_assist.documents.fields.front import Found, front_fields, front_plausibility
from teller_assist.documents.fields.labels import TEMPORARY_TITLE
from teller_assist.documents.fields.text import box_px, texts_of
from teller_assist.evidence.printed import DocumentKind, FieldCheck, FieldName

PLAUSIBLE = 1.0  # from here on the text is that of a card of the kind, and upright


@dataclass(frozen=True, eq=False)
class ReadField:
    """One field as it was read; see ``PrintedField`` for what its parts mean. Personal: its repr shows nothing."""

    value: str
    confidence: float
    box_px: tuple[int, int, int, int]
    doubtful: tuple[int, ...]
    checks: tuple[FieldCheck, ...]
    accepted: bool

    def __repr__(self) -> str:
        return "ReadField(***)"


@dataclass(frozen=True, eq=False)
class FieldsRead:
    """What the lines of one card say.

    Attributes
    ----------
    plausibility
        Not negative, higher is surer that this is a card of that kind with its text upright; below 1 it probably is none, or
        lies upside down.
    fields
        Those that were found.
    """

    kind: DocumentKind
    plausibility: float
    fields: Mapping[FieldName, ReadField]


def read_fields(lines: Sequence[TextLine], size_px: tuple[int, int]) -> FieldsRead:
    """Return what stands in the fields of one card.

    Parameters
    ----------
    lines
        Of one rectified card, text upright, in any order; corners in pixels of the card.
    size_px
        (width, height) of the rectified card, normally ``CARD_SIZE_PX``.
    """
    texts = texts_of(lines, size_px)
    front, back = front_fields(texts, size_px), back_fields(texts)
    sides = {
        DocumentKind.FRONT: (front_plausibility(texts, front), front),
        DocumentKind.BACK: (back_plausibility(texts, back), back),
    }
    kind = max(sides, key=lambda one: sides[one][0])
    plausibility, found = sides[kind]
    if any(TEMPORARY_TITLE in text.characters for text in texts):
        kind, found = DocumentKind.TEMPORARY, {**back, **front}
    if plausibility < PLAUSIBLE:
        kind = DocumentKind.UNKNOWN
    return FieldsRead(kind, plausibility, {name: _read_field(value) for name, value in found.items()})


def _read_field(found: Found) -> ReadField:
    uncertain = tuple(place for place, glyph in enumerate(found.text.glyphs) if not glyph.certain)
    return ReadField(found.value, found.text.confidence, box_px(found.text), uncertain, (), not uncertain)
