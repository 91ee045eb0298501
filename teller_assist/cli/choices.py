"""Options that take several names of a closed list, parted by commas."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

Name = TypeVar("Name", bound=StrEnum)


def several_of(names: Iterable[Name]) -> Callable[[str], frozenset[Name]]:
    """Return a reader for ``argparse``; it refuses a name that is not in the list, and says what is."""
    known = {name.value: name for name in names}

    def read(text: str) -> frozenset[Name]:
        try:
            return frozenset(known[part.strip()] for part in text.split(","))
        except KeyError as error:
            raise argparse.ArgumentTypeError(f"names are {','.join(known)}") from error

    return read
