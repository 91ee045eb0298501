"""Random choices of the generator, all from one stream a picture."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")

Chance = np.random.Generator


def chance_for(seed: int, *names: str | int) -> Chance:
    """Return the generator of one thing: the same for the same seed and names, in any order of making and any process.

    Parameters
    ----------
    seed
        Of the whole set.
    names
        What is made, for example a picture's number and the part of it; parts do not share their random numbers, so that a
        change in one leaves the others as they were.
    """
    text = "|".join(str(one) for one in (seed, *names))
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little"))


def one_of(chance: Chance, choices: Sequence[T]) -> T:
    """Return one of several, each as likely."""
    return choices[int(chance.integers(len(choices)))]


def weighted(chance: Chance, choices: Mapping[T, float]) -> T:
    """Return one of several by their weights."""
    weights = np.array(list(choices.values()), np.float64)
    return list(choices)[int(chance.choice(len(choices), p=weights / weights.sum()))]


def happens(chance: Chance, share: float) -> bool:
    """Return whether something that happens in a share (0 to 1) of the cases happens now."""
    return bool(chance.random() < share)


def between(chance: Chance, low: float, high: float) -> float:
    """Return a number between two."""
    return float(chance.uniform(low, high))


def whole(chance: Chance, low: int, high: int) -> int:
    """Return a whole number from ``low`` to ``high``, both included."""
    return int(chance.integers(low, high + 1))
