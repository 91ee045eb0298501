"""The words of which made-up names and addresses are put together."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def word_lists() -> Mapping[str, list[str]]:
    """Return the lists of ``word_lists.toml`` by name."""
    file = resources.files(__package__).joinpath("word_lists.toml")
    return dict(tomllib.loads(file.read_text(encoding="utf-8")))
