"""The side with the emblem: 签发机关 有效期限."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from teller_assist.documents.fields.dates import DateText, period_of
from teller_assist.documents.fields.front import Found, is_han
from teller_assist.documents.fields.labels import AUTHORITY, REPUBLIC, TITLE, VALIDITY, place_of
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
        found[FieldName.VALID_FROM] = Found(period[0].value, period[0].text)
        found[FieldName.VALID_TO] = Found(period[1].value, period[1].text)
    authority = _authority(rows, period_y)
    if authority:
        found[FieldName.AUTHORITY] = Found(authority.characters, authority)
    return found


def back_plausibility(texts: Sequence[Text], fields: Mapping[FieldName, Found]) -> float:
    """Return how surely the texts are those of a back read upright: from 1 on they are."""
    words = sum(any(place_of(word, text.characters) for text in texts) for word in (REPUBLIC, TITLE, AUTHORITY, VALIDITY))
    return 0.5 * words + 0.5 * (FieldName.VALID_TO in fields) + 0.5 * (FieldName.AUTHORITY in fields)


def _period(rows: Sequence[Text]) -> tuple[tuple[DateText, DateText] | None, float | None]:
    for row in reversed(rows):
        label = place_of(VALIDITY, row.characters)
        period = period_of(row if label is None else row.part(label[1]))
        if period is not None:
            return period, row.y
    return None, None


def _authority(rows: Sequence[Text], period_y: float | None) -> Text | None:
    for place, row in enumerate(rows):
        label = place_of(AUTHORITY, row.characters)
        if label is None and not _names_an_office(row.characters):
            continue
        if label is not None and label[1] >= len(row.glyphs):
            continue
        value = row if label is None else row.part(label[1])
        value = value.those(lambda glyph: is_han(glyph.character))
        if value:
            return joined([value, *_continued(rows[place + 1 :], value, period_y)])
    return None


def _continued(rows: Sequence[Text], value: Text, period_y: float | None) -> list[Text]:
    """Return the second line of an authority's name that did not fit in one: below the first, above the validity."""
    if value.characters.endswith(_OFFICE_ENDS) or not rows:
        return []
    row = rows[0].those(lambda glyph: is_han(glyph.character))
    near = bool(row) and row.y - value.y < 2 * value.height and abs(row.left - value.left) < 2 * value.height
    return [row] if near and (period_y is None or row.y < period_y - 0.5 * row.height) else []


def _names_an_office(characters: str) -> bool:
    return _OFFICE in characters and characters.endswith(_OFFICE_ENDS)
