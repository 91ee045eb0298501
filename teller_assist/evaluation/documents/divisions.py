"""Places where made-up holders live: real divisions, so that a number's first six digits agree with its address."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from teller_assist.evaluation.documents.word_lists import word_lists


@dataclass(frozen=True)
class Place:
    """One county, district or city without districts.

    Attributes
    ----------
    code
        Six digits (GB/T 2260).
    city
        Empty where the county lies directly below the province, as in a municipality.
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
    """Return all places, ordered by code."""
    return tuple(sorted((Place(*(row.split(" "))) for row in _rows()), key=lambda place: place.code))


def _rows() -> list[str]:
    """A minus stands where there is no city level."""
    return [" ".join("" if word == "-" else word for word in row.split()) for row in word_lists()["places"]]
