"""States as the machine-readable zone names them, and as certificates do."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path


def countries_of(issuing_state: str) -> tuple[str, ...]:
    """Return the two letters that a zone's state has in certificates; () where it is none that has any.

    Germany's zone says "D"; its other code counts, too.
    """
    country = _table().get(issuing_state)
    return () if country is None else (country,)


@functools.cache
def _table() -> dict[str, str]:
    told = tomllib.loads((Path(__file__).parent / "states.toml").read_text(encoding="utf-8"))
    return {state: country for part in told.values() for state, country in part.items()}
