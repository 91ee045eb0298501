"""The side with the portrait: 姓名 性别 民族 出生 住址 公民身份号码."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from teller_assist.documents import divisions
from teller_assist.documents.fields.characters import in_address, in_name, is_han
from teller_assist.documents.fields.dates import birth_date_of
from teller_assist.documents.fields.found import Found, plainly
from teller_assist.documents.fields.labels import (
    ADDRESS,
    BIRTH,
    ETHNICITY,
    NAME,
    NUMBER,
    SEX,
    TITLE,
    Layout,
    front_layout,
    place_of,
    same_characters,
    without_label,
)
from teller_assist.documents.fields.numbers import is_valid, number_of
from teller_assist.documents.fields.snapping import NOT_SURE, placed_address
from teller_assist.documents.fields.text import Glyph, Text, joined, rows_of
from teller_assist.documents.fields.vocabulary import ethnicity_at_the_end, respelled
from teller_assist.evidence.person_name import MIDDLE_DOTS, with_one_dot
from teller_assist.evidence.printed import FieldName

_SMALL_PRINT = 0.68  # of the height of the lines around: from there down it is a second script's line
_SURE_LINE = 0.8  # mean confidence: a line without a Han character is taken for part of an address only from here
_SECOND_SCRIPT_CHARACTERS = 16  # in which what was read of one, and the province, must lie
_READABLE_LINE = 0.5  # mean confidence: what is read more badly is a second script, or none
_WIDE_PITCH = (
    1.2  # heights of its line for a character: 1.09 at most where all of 360 names were read, 1.35 and more where one got lost
)
_WIDE_GAP = 1.4  # heights of the line between the middles of two neighbours: there is room for another one between them
_INDENTED = 0.75  # heights of the line right of where the other values begin: a first character got lost
_RUNS_ON_FROM = 0.9  # confidence: what recognition makes of a portrait's edge is less sure
_SPECKS = frozenset(".,:;'`\"°*^_|!。…丶")  # what recognition makes of dirt
_BROKEN_NUMBER = re.compile(r"-\d+\n\d|\d\n\d+-")
_LONGEST_NAME = 30  # characters: there is no room for more
_NUMBER_WORDS = 4  # characters of 公民身份号码 by which its line is known


def front_fields(texts: Sequence[Text], size_px: tuple[int, int]) -> tuple[Mapping[FieldName, Found], frozenset[str]]:
    """Return the fields that the texts of a card hold when it is read as a front, and the codes of the address's division."""
    number = number_of(rows_of(texts))
    layout = front_layout(texts, number, size_px)
    inside, outside = _left_of_the_portrait(_above_the_number(texts, number, layout), layout)
    bands = _bands(inside, layout)
    address, codes = _address(bands[ADDRESS], number, layout, outside)
    birth = _birth(bands[BIRTH], number, layout)
    found = {
        FieldName.NAME: _name(bands[NAME], layout, [value.text for value in (birth, address) if value], outside),
        FieldName.SEX: _sex(bands[SEX]),
        FieldName.ETHNICITY: _ethnicity(bands[SEX]),
        FieldName.BIRTH: birth,
        FieldName.ADDRESS: address,
        FieldName.ID_NUMBER: plainly(number) if number else None,
    }
    return {name: value for name, value in found.items() if value is not None}, codes


def front_plausibility(texts: Sequence[Text], fields: Mapping[FieldName, Found]) -> float:
    """Return how surely the texts are those of a front read upright: from 1 on they are."""
    words = sum(any(text.characters.startswith(word) for text in texts) for word in (NAME, SEX, BIRTH, ADDRESS))
    words += any(ETHNICITY in text.characters for text in texts)
    words += any(same_characters(NUMBER, text.characters) >= _NUMBER_WORDS for text in texts)
    number = fields.get(FieldName.ID_NUMBER)
    held = number is not None and is_valid(number.value)
    birth = fields.get(FieldName.BIRTH)
    agreeing = held and number is not None and birth is not None and birth.value == _birth_date_in(number.text)
    return 0.4 * words + 1.0 * held + 0.8 * agreeing


def _birth_date_in(number: Text | None) -> str | None:
    if number is None or not is_valid(number.characters):
        return None
    digits = number.characters
    return f"{digits[6:10]}-{digits[10:12]}-{digits[12:14]}"


def _above_the_number(texts: Sequence[Text], number: Text | None, layout: Layout) -> list[Text]:
    bottom = layout.row_y(NUMBER) if number is None else number.y
    limit = bottom - 0.5 * (layout.y(40) - layout.y(0))
    above = (text for text in texts if text.y < limit and same_characters(NUMBER, text.characters) < _NUMBER_WORDS)
    return [text for text in above if place_of(TITLE, text.characters) is None]


def _left_of_the_portrait(texts: Sequence[Text], layout: Layout) -> tuple[list[Text], list[Glyph]]:
    """Return what stands in the left column, and the characters that do not."""
    parts = [_parted(text, layout) for text in texts]
    return [inside for inside, _ in parts if inside], [glyph for _, outside in parts for glyph in outside.glyphs]


def _parted(text: Text, layout: Layout) -> tuple[Text, Text]:
    """Return the part of a line that is in the left column, and the rest: a long name runs on into the portrait's margin."""
    ends = sum(glyph.x < layout.portrait_begins_x for glyph in text.glyphs)
    while 0 < ends < len(text.glyphs) and _runs_on(text.glyphs[ends], layout):
        ends += 1
    return text.part(0, ends), text.part(ends)


def _runs_on(glyph: Glyph, layout: Layout) -> bool:
    return glyph.x < layout.face_begins_x and glyph.confidence >= _RUNS_ON_FROM and in_address(glyph.character)


def _goes_on(line: Text, outside: Sequence[Glyph]) -> bool:
    """Say whether characters that were cut off stand right beside the end of a line: it may need them."""
    last = max(line.glyphs, key=lambda glyph: glyph.x)
    return any(
        in_address(glyph.character)
        and abs(glyph.y - last.y) < 0.5 * last.height
        and 0 < glyph.x - last.x < _WIDE_GAP * last.height
        for glyph in outside
    )


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
        below = sum(text.y > (middles[one] + middles[other]) / 2 for one, other in itertools.pairwise(words))
        bands[words[below]].append(text)
    return bands


def _name(texts: Sequence[Text], layout: Layout, other_values: Sequence[Text], outside: Sequence[Glyph]) -> Found | None:
    """Return the name as it was read: nothing in it is ever exchanged or completed."""
    candidates: list[tuple[float, Found]] = []
    for row in rows_of(texts):
        value = without_label(row, NAME, layout)
        text = value.text.those(lambda glyph: in_name(glyph.character)).stripped(MIDDLE_DOTS)
        if 0 < len(text.glyphs) <= _LONGEST_NAME:
            labelled = 2.0 if row.characters.startswith(NAME) else 1.0
            whole = not value.guessed and not _lacks_characters(text, other_values) and not _goes_on(text, outside)
            candidates.append((text.mean_confidence * text.height * labelled, plainly(text, whole=whole)))
    if not candidates:
        return None
    found = max(candidates, key=lambda candidate: candidate[0])[1]
    return replace(found, value=with_one_dot(found.value))


def _lacks_characters(name: Text, other_values: Sequence[Text]) -> bool:
    """Say whether a name takes more room than its characters need: recognition leaves out what it cannot read."""
    han = [glyph for glyph in name.glyphs if is_han(glyph.character)]
    pitches = [(glyph.box[2] - glyph.box[0]) / max(1.0, glyph.height) for glyph in han]
    gaps = [(right.x - left.x) / max(1.0, name.height) for left, right in itertools.pairwise(name.glyphs)]
    begins_x = float(np.median([value.left for value in other_values])) if other_values else name.left
    indented = name.left > begins_x + _INDENTED * name.height
    return not han or float(np.median(pitches)) > _WIDE_PITCH or max(gaps, default=0.0) > _WIDE_GAP or indented


def _sex(texts: Sequence[Text]) -> Found | None:
    for row in sorted(rows_of(texts), key=_han_count, reverse=True):
        found = row.those(lambda glyph: glyph.character in "男女").part(0, 1)
        if found:
            return plainly(found)
    return None


def _ethnicity(texts: Sequence[Text]) -> Found | None:
    row = max(rows_of(texts), key=_han_count, default=None)
    if row is None:
        return None
    label = re.search(r"民族?|(?<=.)族(?=.)", row.characters) or re.search(r"[男女]", row.characters)
    if label is None:
        return None
    value = row.part(label.end()).those(lambda glyph: is_han(glyph.character))
    if len(value.glyphs) > 1 and value.characters.endswith("族"):
        value = value.part(0, -1)
    group = ethnicity_at_the_end(value.characters)
    if group is None:
        return plainly(value, whole=False) if value else None
    told = respelled(value.part(-len(group)), group)
    if len(group) > 1 and all(glyph.certain for glyph in told.glyphs):  # one of several characters is hardly ever read as another
        told = Text(tuple(replace(glyph, confirmed=True) for glyph in told.glyphs))
    return plainly(told, whole=len(group) == len(value.glyphs))


def _han_count(row: Text) -> tuple[int, float]:
    """Rank rows by their Han characters: the second script's line has few that look like some."""
    return sum(is_han(one) for one in row.characters), row.height


def _birth(texts: Sequence[Text], number: Text | None, layout: Layout) -> Found | None:
    expected = _birth_date_in(number)
    for row in sorted(rows_of(texts), key=lambda row: -row.height):
        found = birth_date_of(
            without_label(row, BIRTH, layout).text.those(lambda glyph: glyph.character not in _SPECKS), expected
        )
        if found is not None:
            return found
    return None


def _address(
    texts: Sequence[Text], number: Text | None, layout: Layout, outside: Sequence[Glyph]
) -> tuple[Found | None, frozenset[str]]:
    """Return the address, and the codes of the division that it begins with."""
    values = [without_label(row, ADDRESS, layout) for row in rows_of(texts)]
    rows = [replace(value, text=value.text.those(_may_be_in_address)) for value in values]
    written = [row.text.height for row in rows if any(is_han(one) for one in row.text.characters)]
    lines = [row for row in rows if row.text and _is_address_line(row.text, max(written))] if written else []
    address = _from_the_province(joined(_with_doubt_of_ends([line.text for line in lines])).stripped("-—–~/、·&"))
    if not address:
        return None, frozenset()
    placed = placed_address(address, number.characters[:6] if number is not None and is_valid(number.characters) else None)
    unreadable = any(_has_unreadable(value.text) for value, row in zip(values, rows, strict=True) if row in lines)
    whole = not unreadable and not any(line.guessed or _goes_on(line.text, outside) for line in lines)
    return plainly(placed.text, whole=whole), placed.codes


def _may_be_in_address(glyph: Glyph) -> bool:
    is_dot = glyph.character in MIDDLE_DOTS  # names of estates have one, and so have specks of dirt
    return in_address(glyph.character) and not (is_dot and glyph.confidence < NOT_SURE)


def _has_unreadable(row: Text) -> bool:
    """Say whether something stands in a row that no address has and that takes a character's room, unlike a speck."""
    return any(not in_address(glyph.character) and glyph.character not in _SPECKS for glyph in row.glyphs)


def _with_doubt_of_ends(lines: Sequence[Text]) -> list[Text]:
    """Return lines with the digits in doubt between which a hyphenated number is broken: a hyphen at an edge is easily lost."""
    told = list(lines)
    for place, (line, following) in enumerate(itertools.pairwise(lines)):
        if _BROKEN_NUMBER.search(f"{line.characters}\n{following.characters}"):
            told[place] = joined([told[place].part(0, -1), _uncertain(told[place].part(-1))])
            told[place + 1] = joined([_uncertain(following.part(0, 1)), following.part(1)])
    return told


def _uncertain(text: Text) -> Text:
    return Text(tuple(replace(glyph, certain=False) for glyph in text.glyphs))


def _from_the_province(address: Text) -> Text:
    """Return an address without badly read characters of a second script before the name of its province."""
    found = [address.characters.find(province, 1, _SECOND_SCRIPT_CHARACTERS) for province in divisions.places_under("")]
    begins = min((place for place in found if place > 0), default=0)
    return address.part(begins) if address.part(0, begins).mean_confidence < _SURE_LINE else address


def _is_address_line(row: Text, usual_height: float) -> bool:
    if row.height < _SMALL_PRINT * usual_height:
        return False
    if any(is_han(one) for one in row.characters):
        return row.mean_confidence >= _READABLE_LINE
    return row.mean_confidence >= _SURE_LINE and any(one.isdigit() for one in row.characters)
