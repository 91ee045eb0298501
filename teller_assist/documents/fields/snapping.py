"""Where an address begins, and who issued a card: closed vocabularies, in which a badly read character can be told.

A character is exchanged only where the recognition itself was not sure of it, only one name fits, and all but one character of it
(two of a long one) were read. It stays marked, unless the citizen's number names the same division. What was read surely and is a
name but for one character is left as it is, that character in doubt. What follows is left alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from teller_assist.documents import divisions
from teller_assist.documents.fields.characters import is_han
from teller_assist.documents.fields.text import Text
from teller_assist.documents.fields.vocabulary import respelled, simplified

# From here on a character is what it was read as. Those of addresses and authorities that were read as others lie at 0.86 and
# below (``doubt.SURE``); above that a town that the table does not have would become a district that it has.
NOT_SURE = 0.95
_LONG_NAME = 7  # characters; from here two of them may be exchanged
_DISTRICT = "区"
# Words of addresses that alone begin with their character where a number follows, or nothing.
_WORDS_BEFORE_NUMBERS = {"胡": "同", "单": "元"}
_SHORTEST_NAME = 3  # a name of two characters says too little to tell one of them


@dataclass(frozen=True, eq=False)
class Placed:
    """An address with its divisions told.

    Attributes
    ----------
    codes
        Codes of the narrowest division that it names; empty where it begins with none.
    """

    text: Text
    codes: frozenset[str]


@dataclass(frozen=True)
class _Path:
    """One way to read the beginning of an address."""

    end: int
    name: str
    changes: int
    codes: frozenset[str]


def placed_address(text: Text, area: str | None) -> Placed:
    """Return an address whose division is written as it is called.

    Parameters
    ----------
    area
        The first six digits of the citizen's number, where its check digit holds.
    """
    text = _with_words_before_numbers(text)
    paths = _paths(text, 0, "", frozenset())
    if not paths:
        return Placed(_marked(text, 0, divisions.places_under("")), frozenset())
    best, alone = _best(paths, area)
    rewritten = respelled(text, best.name + text.characters[best.end :])
    rewritten = _marked(rewritten, best.end, {name for code in best.codes for name in _names_below(code)})
    if alone and area in best.codes:
        named = tuple(replace(glyph, certain=True, confirmed=True) for glyph in rewritten.glyphs[: best.end])
        rewritten = Text(named + rewritten.glyphs[best.end :])
    return Placed(rewritten, best.codes)


def snapped_authority(text: Text) -> Text:
    """Return an authority's name as offices are called, where only one of them can be meant."""
    names = divisions.authorities().get(len(text.glyphs), frozenset())
    found = _fitting(text, 0, names)
    return respelled(text, next(iter(found))) if len(found) == 1 else _marked(text, 0, names)


def _with_words_before_numbers(text: Text) -> Text:
    """Return an address with the badly read character of 胡同 and 单元 exchanged, which stays in doubt."""
    characters = list(text.characters)
    for place, (one, following) in enumerate(itertools.pairwise(text.glyphs)):
        meant = _WORDS_BEFORE_NUMBERS.get(one.character)
        is_badly_read = one.confidence >= NOT_SURE > following.confidence and is_han(following.character)
        if meant and is_badly_read and (place + 2 == len(characters) or characters[place + 2].isdigit()):
            characters[place + 1] = meant
    return respelled(text, "".join(characters))


def _paths(text: Text, start: int, above: str, codes: frozenset[str]) -> list[_Path]:
    """Return the ways to go on from a place in an address; one that ends there included."""
    ways = [_Path(start, "", 0, codes)] if start else []
    for level, names in _next_names(above):
        for name, changes in _fitting(text, start, names).items():
            deeper = _paths_below(text, start + len(name), level, names[name])
            ways.extend(_Path(way.end, name + way.name, changes + way.changes, way.codes) for way in deeper)
    return ways


def _best(paths: Sequence[_Path], area: str | None) -> tuple[_Path, bool]:
    """Return the way that tells most of an address, and whether it is the only one; among several the number's counts."""
    most = max(map(_told, paths))
    best = [path for path in paths if _told(path) == most]
    if len({path.name for path in best}) == 1:
        return next((path for path in best if area in path.codes), best[0]), True
    exact = max((path for path in paths if path.changes == 0), key=_told, default=_Path(0, "", 0, frozenset()))
    return next((path for path in best if area in path.codes), exact), False


def _told(path: _Path) -> tuple[int, int]:
    """Return how much of an address a way tells: an exchanged character counts against it as much as one that was read for it."""
    return path.end - 2 * path.changes, path.end


def _next_names(above: str) -> list[tuple[int, Mapping[str, frozenset[str]]]]:
    if not above:
        return [(2, divisions.places_under(""))]
    if len(above) == 2:
        return [(4, divisions.places_under(above)), (6, divisions.counties_of_province(above))]
    return [(6, divisions.places_under(above))]


def _paths_below(text: Text, start: int, level: int, codes: frozenset[str]) -> list[_Path]:
    found = [_Path(start, "", 0, codes)]
    # A county that belongs to the province stands where cities do: nothing follows it.
    for prefix in {code[:level] for code in codes if level < 6 and (level == 2 or code.endswith("00"))}:
        found.extend(_paths(text, start, prefix, codes))
    return found


def _names_below(code: str) -> set[str]:
    prefix = code.removesuffix("00").removesuffix("00")
    return {name for _, names in _next_names(prefix) for name in names} if len(prefix) < len(code) else set()


def _marked(text: Text, start: int, names: Collection[str]) -> Text:
    """Return a text with the character in doubt by which alone it misses a name, however surely it was read.

    It stays as it was read: another office, or a place of another kind, may be called so.
    """
    characters = simplified(text.characters)
    if any(characters.startswith(name, start) for name in names):
        return text
    places = {place for name in names for place in _only_other(characters, start, name)}
    return Text(tuple(replace(one, certain=False) if place in places else one for place, one in enumerate(text.glyphs)))


def _only_other(characters: str, start: int, name: str) -> tuple[int, ...]:
    """Return the place of the one character that a name has otherwise; nothing where there are more, or none.

    Of a district's name two characters say too little: development zones, which no table holds, are called like districts.
    """
    too_short = len(name) < _SHORTEST_NAME or (len(name) == _SHORTEST_NAME and name.endswith(_DISTRICT))
    if too_short or start + len(name) > len(characters):
        return ()
    other = tuple(place for place, one in enumerate(name, start) if characters[place] != one)
    return other if len(other) == 1 else ()


def _fitting(text: Text, start: int, names: Collection[str]) -> dict[str, int]:
    """Return name -> exchanged characters of the names that can stand at a place: those that do, else those that nearly do."""
    characters = simplified(text.characters)
    exact = {name: 0 for name in names if characters.startswith(name, start)}
    if exact:
        return exact
    near = {name: changes for name in names for changes in (_changes(text, characters, start, name),) if changes}
    fewest = min(near.values(), default=0)
    return {name: changes for name, changes in near.items() if changes == fewest}


def _changes(text: Text, characters: str, start: int, name: str) -> int:
    """Return how many characters must be exchanged for a name to stand at a place; 0 where they may not be."""
    if len(name) < _SHORTEST_NAME or start + len(name) > len(characters):
        return 0
    other = [place for place, one in enumerate(name, start) if characters[place] != one]
    may_be = all(text.glyphs[place].confidence < NOT_SURE for place in other)
    return len(other) if may_be and len(other) <= (2 if len(name) >= _LONG_NAME else 1) else 0
