"""The side with the emblem: 签发机关 有效期限."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from teller_assist.documents import divisions
from teller_assist.documents.fields.characters import is_han
from teller_assist.documents.fields.dates import period_of
from teller_assist.documents.fields.found import Found, plainly
from teller_assist.documents.fields.labels import AUTHORITY, REPUBLIC, TITLE, VALIDITY, place_of
from teller_assist.documents.fields.snapping import snapped_authority
from teller_assist.documents.fields.text import Text, joined, rows_of
from teller_assist.evidence.printed import FieldName

_OFFICE = "公安"  # stands in the name of every authority that issues cards
_OFFICE_ENDS = ("局", "处", "所", "厅")


def back_fields(texts: Sequence[Text]) -> Mapping[FieldName, Found]:
    """Return the fields that the texts of a card hold when it is read as a back."""
    rows = rows_of(texts)
    found: dict[FieldName, Found] = {}
    period, period_y = _period(rows)
    if period is not None:
        found[FieldName.VALID_FROM], found[FieldName.VALID_TO] = period
    authority = _authority(rows, period_y)
    if authority:
        found[FieldName.AUTHORITY] = plainly(snapped_authority(authority))
    return found


def back_plausibility(texts: Sequence[Text], fields: Mapping[FieldName, Found]) -> float:
    """Return how surely the texts are those of a back read upright: from 1 on they are."""
    words = sum(any(place_of(word, text.characters) for text in texts) for word in (REPUBLIC, TITLE, AUTHORITY, VALIDITY))
    return 0.5 * words + 0.5 * (FieldName.VALID_TO in fields) + 0.5 * (FieldName.AUTHORITY in fields)


def is_of_back(text: Text) -> bool:
    """Say whether a line belongs to the authority or the validity, wherever it stands."""
    characters = text.characters
    labelled = place_of(AUTHORITY, characters) is not None or place_of(VALIDITY, characters) is not None
    return labelled or period_of(text) is not None or _names_an_office(characters)


def _period(rows: Sequence[Text]) -> tuple[tuple[Found, Found] | None, float | None]:
    for row in reversed(rows):
        period = period_of(row)
        if period is not None:
            return period, row.y
    return None, None


def _authority(rows: Sequence[Text], period_y: float | None) -> Text | None:
    for place, row in enumerate(rows):
        label, validity = place_of(AUTHORITY, row.characters), place_of(VALIDITY, row.characters)
        end = validity[0] if validity is not None and (label is None or validity[0] >= label[1]) else None
        value = row.part(0 if label is None else label[1], end).those(lambda glyph: is_han(glyph.character))
        if label is not None and row.characters[label[1] - 1] != AUTHORITY[-1]:
            value = _without_misread(value)
        if value and (label is not None or _names_an_office(value.characters)):
            return joined([value, *_continued(rows[place + 1 :], value, period_y)])
    return None


def _without_misread(value: Text) -> Text:
    """Return an authority without the label's last character where that was read as another one: offices are known by name."""
    rest = value.part(1)
    known = divisions.authorities().get(len(rest.glyphs), frozenset())
    return rest if rest.characters in known else value


def _continued(rows: Sequence[Text], value: Text, period_y: float | None) -> list[Text]:
    """Return the second line of an authority's name that did not fit in one: below the first, above the validity."""
    if value.characters.endswith(_OFFICE_ENDS) or not rows:
        return []
    row = rows[0].those(lambda glyph: is_han(glyph.character))
    near = bool(row) and row.y - value.y < 2 * value.height and abs(row.left - value.left) < 2 * value.height
    return [row] if near and (period_y is None or row.y < period_y - 0.5 * row.height) else []


def _names_an_office(characters: str) -> bool:
    return _OFFICE in characters and characters.endswith(_OFFICE_ENDS)
