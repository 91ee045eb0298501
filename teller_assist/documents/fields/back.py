"""The side with the emblem: 签发机关 有效期限."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

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


def beside_front(texts: Sequence[Text], back: Mapping[FieldName, Found]) -> Mapping[FieldName, Found]:
    """Return the fields of a back that stand on a card which is a front as well: a temporary one, or both sides in one outline.

    Addresses of collective households name offices as well. So an office that does not stand after its label is an authority only
    where something else of a back was read, and it may be a line of the address even then.
    """
    if not (FieldName.VALID_TO in back or any(map(_has_label, texts))):
        return {}
    authority = back.get(FieldName.AUTHORITY)
    if authority is None or _stands_after_its_label(authority, texts):
        return back
    return {**back, FieldName.AUTHORITY: replace(authority, whole=False)}


def without_back(texts: Sequence[Text], back: Mapping[FieldName, Found]) -> list[Text]:
    """Return the texts that may be a front's: without the lines of the authority and of the validity, wherever they stand.

    Parameters
    ----------
    back
        As ``beside_front`` returns it.
    """
    places = {glyph.box for glyph in back[FieldName.AUTHORITY].text.glyphs} if FieldName.AUTHORITY in back else set()

    def is_of_back(text: Text) -> bool:
        return _has_label(text) or period_of(text) is not None or any(glyph.box in places for glyph in text.glyphs)

    return [text for text in texts if not is_of_back(text)]


def _period(rows: Sequence[Text]) -> tuple[tuple[Found, Found] | None, float | None]:
    for row in reversed(rows):
        period = period_of(row)
        if period is not None:
            return period, row.y
    return None, None


def _authority(rows: Sequence[Text], period_y: float | None) -> Text | None:
    """Return what follows the label, else the last line that names an office: on a card the validity alone comes after it."""
    unlabelled: Text | None = None
    for place, row in enumerate(rows):
        label, validity = place_of(AUTHORITY, row.characters), place_of(VALIDITY, row.characters)
        end = validity[0] if validity is not None and (label is None or validity[0] >= label[1]) else None
        value = row.part(0 if label is None else label[1], end).those(lambda glyph: is_han(glyph.character))
        if label is not None and row.characters[label[1] - 1] != AUTHORITY[-1]:
            value = _without_misread(value)
        if not value or (label is None and not _names_an_office(value.characters)):
            continue
        authority = joined([value, *_continued(rows[place + 1 :], value, period_y)])
        if label is not None:
            return authority
        unlabelled = authority
    return unlabelled


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


def _stands_after_its_label(authority: Found, texts: Sequence[Text]) -> bool:
    begins = authority.text.glyphs[0].box
    rows = (row for row in rows_of(texts) if place_of(AUTHORITY, row.characters) is not None)
    return any(glyph.box == begins for row in rows for glyph in row.glyphs)


def _has_label(text: Text) -> bool:
    return any(place_of(label, text.characters) is not None for label in (AUTHORITY, VALIDITY))


def _names_an_office(characters: str) -> bool:
    return _OFFICE in characters and characters.endswith(_OFFICE_ENDS)
