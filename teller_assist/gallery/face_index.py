"""What an index of many faces can do, whichever engine does it. It is a cache: whoever owns the faces can rebuild it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from teller_assist.errors import BugError

Vector = npt.NDArray[np.float32]
_UNIT_SLACK = 1e-3


@dataclass(frozen=True)
class FoundFace:
    """A face that is like enough.

    Attributes
    ----------
    number
        As it was added under.
    score
        Cosine, -1 to 1, higher means more alike.
    """

    number: int
    score: float


class FaceIndex(Protocol):
    """Faces of one model and pipeline, each under a number of its owner's, above zero."""

    @property
    def dimension(self) -> int:
        """Length of every vector."""

    def add(self, number: int, vector: Vector) -> None:
        """Add a face; one that stands under this number already is replaced.

        Parameters
        ----------
        vector
            float32, shape (dimension,), Euclidean norm 1.
        """

    def remove(self, numbers: Iterable[int]) -> int:
        """Remove faces; returns how many were there."""

    def search(self, probe: Vector, *, most: int, least_score: float) -> tuple[FoundFace, ...]:
        """Return the faces at or above a score, the likest first, at most so many; of equal ones the lower number first.

        Parameters
        ----------
        probe
            As for ``add``.
        """

    def count(self) -> int:
        """Return how many faces there are."""

    def rebuild(self, faces: Mapping[int, Vector]) -> None:
        """Hold exactly these faces."""


def checked_vector(vector: Vector, dimension: int) -> Vector:
    """Return a vector that an index may hold.

    Raises
    ------
    BugError
        It is of another dimension or type, not finite, or not of length 1: whoever takes faces from outside checks them first.
    """
    if vector.dtype != np.float32 or vector.shape != (dimension,):
        raise BugError(f"a face here is float32 ({dimension},), not {vector.dtype} {vector.shape}")
    if not is_unit(vector):
        raise BugError("a face's vector is not of length 1")
    return vector


def is_unit(vector: Vector) -> bool:
    """Return whether a vector is finite and of Euclidean norm 1; what is not finite has no norm near 1."""
    return bool(abs(float(np.linalg.norm(vector.astype(np.float64))) - 1.0) <= _UNIT_SLACK)
