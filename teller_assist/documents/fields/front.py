"""The side with the portrait: 姓名 性别 民族 出生 住址 公民身份号码."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from teller_assist.documents.fields.dates import birth_date_of
from teller_assist.documents.fields.labels import (
    ADDRESS,
    BIRTH,
    ETHNICITY,
    NAME,
    NUMBER,
    SEX,
    Layout,
    front_layout,
    same_characters,
    without_label,
)
from teller_assist.documents.fields.numbers import is_valid, number_of
from teller_assist.documents.fields.text import Text, joined, rows_of
from teller_assist.documents.fields.vocabulary import snapped_ethnicity
from teller_assist.evidence.printed import FieldName

_MIDDLE_DOTS = frozenset("·•‧∙⋅・･．.")  # what stands between the parts of a name, as it is recognised
_ADDRESS_SIGNS = frozenset("-—–~()#/、,·.&")
_SEXES = frozenset("男女")
_SMALL_PRINT = 0.68  # of the height of the lines around: from there down it is a second script's line
_SURE_LINE = 0.8  # mean confidence: a line without a Han character is taken for part of an address only from here


@dataclass(frozen=True, eq=False)
class Found:
    """A value and the characters that it was read from."""

    value: str
    text: Text


def is_han(character: str) -> bool:
    """Say whether a character is a Han character of any plane, private ones of older fonts included."""
    return unicodedata.name(character, "").startswith("CJK UNIFIED") or character == "〇" or unicodedata.category(character) == "Co"


def front_fields(texts: Sequence[Text], size_px: tuple[int, int]) -> Mapping[FieldName, Found]:
    """Return the fields that the texts of a card hold when it is read as a front."""
    number = number_of(rows_of(texts))
    layout = front_layout(texts, number, size_px)
    above = _above_the_number(texts, number, layout)
    bands = _bands(above, layout)
    found = {
        FieldName.NAME: _name(bands[NAME], layout),
        FieldName.SEX: _sex(bands[SEX], layout),
        FieldName.ETHNICITY: _ethnicity(bands[SEX], layout),
        FieldName.BIRTH: _birth(bands[BIRTH], number, layout),
        FieldName.ADDRESS: _address(bands[ADDRESS], layout),
        FieldName.ID_NUMBER: Found(number.characters, number) if number else None,
    }
    return {name: value for name, value in found.items() if value is not None and value.value}


def front_plausibility(texts: Sequence[Text], fields: Mapping[FieldName, Found]) -> float:
    """Return how surely the texts are those of a front read upright: from 1 on they are."""
    words = sum(any(text.characters.startswith(word) for text in texts) for word in (NAME, SEX, BIRTH, ADDRESS))
    words += any(ETHNICITY in text.characters for text in texts) + any(same_characters(NUMBER, text.characters) >= 4 for text in texts)
    number = fields.get(FieldName.ID_NUMBER)
    held = number is not None and is_valid(number.value)
    birth = fields.get(FieldName.BIRTH)
    agreeing = held and number is not None and birth is not None and birth.value.replace("-", "") == number.value[6:14]
    return 0.4 * words + 0.9 * held + 0.9 * agreeing


def _above_the_number(texts: Sequence[Text], number: Text | None, layout: Layout) -> list[Text]:
    bottom = layout.row_y(NUMBER) if number is None else number.y
    limit = bottom - 0.5 * (layout.y(40) - layout.y(0))
    inside = [text.those(lambda glyph: glyph.x < layout.portrait_begins_x) for text in texts if text.y < limit]
    return [text for text in inside if text and same_characters(NUMBER, text.characters) < 4]


def _bands(texts: Sequence[Text], layout: Layout) -> dict[str, list[Text]]:
    """Return the texts by the row of the card that they belong to; the address has several lines."""
    middles = {word: layout.row_y(word) for word in (NAME, SEX, BIRTH, ADDRESS)}
    for text in texts:
        for word in middles:
            if text.characters.startswith(word):
                middles[word] = text.y
    words = list(middles)
    bands: dict[str, list[Text]] = {word: [] for word in words}
    for text in texts:
        below = sum(text.y > (middles[one] + middles[other]) / 2 for one, other in zip(words, words[1:], strict=False))
        bands[words[below]].append(text)
    return bands


def _name(texts: Sequence[Text], layout: Layout) -> Found | None:
    candidates = []
    for row in rows_of(texts):
        value = without_label(row, NAME, layout).those(lambda glyph: is_han(glyph.character) or glyph.character in _MIDDLE_DOTS)
        value = value.stripped("".join(_MIDDLE_DOTS))
        if value:
            candidates.append((value.mean_confidence * value.height * (2 if row.characters.startswith(NAME) else 1), value))
    if not candidates:
        return None
    value = max(candidates, key=lambda candidate: candidate[0])[1]
    return Found("".join("·" if one in _MIDDLE_DOTS else one for one in value.characters), value)


def _sex(texts: Sequence[Text], layout: Layout) -> Found | None:
    row = _main_row(texts)
    found = row.those(lambda glyph: glyph.character in _SEXES).part(0, 1) if row else None
    return Found(found.characters, found) if found else None


def _ethnicity(texts: Sequence[Text], layout: Layout) -> Found | None:
    row = _main_row(texts)
    if row is None:
        return None
    characters = row.characters
    label = re.search(r"民族|民.(?=.)|(?<=.)族(?=.)|民", characters)
    sex = re.search(r"[男女]", characters)
    start = label.end() if label else sex.end() if sex else None
    if start is None:
        return None
    value = row.part(start).those(lambda glyph: is_han(glyph.character))
    if len(value.glyphs) > 1 and value.characters.endswith("族"):
        value = value.part(0, -1)
    snapped = snapped_ethnicity(value.characters)
    return Found(snapped, value.rewritten(snapped))


def _birth(texts: Sequence[Text], number: Text | None, layout: Layout) -> Found | None:
    expected = None
    if number is not None and is_valid(number.characters):
        digits = number.characters
        expected = f"{digits[6:10]}-{digits[10:12]}-{digits[12:14]}"
    for row in sorted(rows_of(texts), key=lambda row: -row.height):
        date = birth_date_of(without_label(row, BIRTH, layout), expected)
        if date is not None:
            return Found(date.value, date.text)
    return None


def _main_row(texts: Sequence[Text]) -> Text | None:
    """Return the row with the most Han characters: the second script's line has few that look like some."""
    rows = rows_of(texts)
    return max(rows, key=lambda row: (sum(is_han(one) for one in row.characters), row.height), default=None)


def _address(texts: Sequence[Text], layout: Layout) -> Found | None:
    rows = [without_label(row, ADDRESS, layout).those(lambda glyph: _in_address(glyph.character)) for row in rows_of(texts)]
    rows = [row for row in rows if row]
    written = [row.height for row in rows if any(is_han(one) for one in row.characters)]
    if not written:
        return None
    usual = max(written)
    value = joined(row for row in rows if _is_address_line(row, usual)).stripped("".join(_ADDRESS_SIGNS - {"(", ")", "#"}))
    return Found(value.characters, value) if value else None


def _in_address(character: str) -> bool:
    return is_han(character) or (character.isascii() and character.isalnum()) or character in _ADDRESS_SIGNS


def _is_address_line(row: Text, usual_height: float) -> bool:
    if row.height < _SMALL_PRINT * usual_height:
        return False
    if any(is_han(one) for one in row.characters):
        return row.mean_confidence >= 0.5
    return row.mean_confidence >= _SURE_LINE and any(one.isdigit() for one in row.characters)
