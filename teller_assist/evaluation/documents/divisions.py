"""Places where made-up holders live: real divisions, so that a number's first six digits agree with its address.

They come from the table that the reader knows as well, which flatters the reading of addresses a little: real cards are printed
from the same divisions, but not every one of them stands in any table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from teller_assist.documents.divisions import Division, all_divisions

_NOW = "now"
_FIRST_CARDS = "200403"  # when the second generation of cards began
_NO_HOME = ("开发", "园区", "管理区", "示范区", "保税", "工业区")  # zones with a code that no address of a card begins with
_MINORITY_REGIONS = ("内蒙古", "西藏", "新疆", "广西", "宁夏")


@dataclass(frozen=True)
class Place:
    """One county, district or city without districts.

    Attributes
    ----------
    code
        Six digits (GB/T 2260).
    city
        Empty where the county lies directly below the province, as in a municipality, and where addresses leave the city out.
    """

    code: str
    province: str
    city: str
    county: str

    @property
    def prefix(self) -> str:
        """How an address there begins."""
        return self.province + self.city + self.county

    @property
    def authority(self) -> str:
        """The police that issue cards there, by the usual rule."""
        if self.county.endswith("区") and len(self.county) > 2:
            return f"{self.city or self.province}公安局{self.county[:-1]}分局"
        return f"{self.county}公安局"


@cache
def places() -> tuple[Place, ...]:
    """Return the places of today, by code; a city below another one twice: addresses print or leave out the upper one."""
    return tuple(_places([division for division in all_divisions() if division.last == _NOW]))


@cache
def former_places() -> tuple[Place, ...]:
    """Return places that are no more, or bear another name today, and that stand on cards which may still be in use."""
    former = [division for division in all_divisions() if _FIRST_CARDS <= division.last < _NOW]
    return tuple(place for place in _places([*_upper_levels(), *former]) if place not in set(places()))


@cache
def minority_places() -> tuple[Place, ...]:
    """Return the places of today in autonomous regions, prefectures and counties."""
    return tuple(one for one in places() if one.province.startswith(_MINORITY_REGIONS) or "自治" in one.prefix)


def _upper_levels() -> list[Division]:
    return [division for division in all_divisions() if division.last == _NOW and division.code.endswith("00")]


def _places(divisions: list[Division]) -> Iterator[Place]:
    ordered = sorted(divisions, key=lambda division: (division.code, division.name))
    upper = {division.code: division.name for division in _upper_levels() if division.is_place}
    homes = [division for division in ordered if division.is_place and not any(part in division.name for part in _NO_HOME)]
    counties = [division for division in homes if not division.code.endswith("00")]
    with_counties = {division.code[:4] for division in all_divisions() if division.last == _NOW and division.code[4:] != "00"}
    for division in counties:
        province, city = upper.get(division.code[:2] + "0000"), upper.get(division.code[:4] + "00", "")
        if province is None:
            continue
        yield Place(division.code, province, city, division.name)
        if city and division.name.endswith("市"):
            yield Place(division.code, province, "", division.name)
    for division in ordered:
        province = upper.get(division.code[:2] + "0000")
        is_city = division.code.endswith("00") and not division.code.endswith("0000") and division.is_place
        if is_city and division.code[:4] not in with_counties and division.last == _NOW and province is not None:
            yield Place(division.code, province, "", division.name)  # a city without districts, as 东莞市
