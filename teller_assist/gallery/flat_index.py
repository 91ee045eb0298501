"""An index that looks at every face: faiss over plain float32 vectors. Exact, and quick enough for a branch's month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import faiss
import numpy as np

from teller_assist.gallery.face_index import FoundFace, Vector, checked_vector

faiss.omp_set_num_threads(1)  # a search takes a millisecond; threads of its own would only stand about


class FlatIndex:
    """See ``FaceIndex``. Not safe for several threads: its owner has the lock.

    Parameters
    ----------
    dimension
        Length of every vector.
    """

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._index: Any = _empty(dimension)
        self._numbers: set[int] = set()

    @property
    def dimension(self) -> int:
        """See ``FaceIndex``."""
        return self._dimension

    def __repr__(self) -> str:
        return f"FlatIndex({self._dimension}, {len(self._numbers)} faces)"

    def add(self, number: int, vector: Vector) -> None:
        """See ``FaceIndex``."""
        row = checked_vector(vector, self._dimension)[np.newaxis]
        self.remove([number])
        self._index.add_with_ids(np.ascontiguousarray(row), np.array([number], np.int64))
        self._numbers.add(number)

    def remove(self, numbers: Iterable[int]) -> int:
        """See ``FaceIndex``."""
        there = self._numbers.intersection(numbers)
        if there:
            self._index.remove_ids(np.fromiter(there, np.int64, len(there)))
            self._numbers -= there
        return len(there)

    def search(self, probe: Vector, *, most: int, least_score: float) -> tuple[FoundFace, ...]:
        """See ``FaceIndex``."""
        row = checked_vector(probe, self._dimension)[np.newaxis]
        if not self._numbers or most < 1:
            return ()
        scores, numbers = self._index.search(np.ascontiguousarray(row), min(most, len(self._numbers)))
        found = (FoundFace(int(number), float(score)) for number, score in zip(numbers[0], scores[0], strict=True))
        alike = [one for one in found if one.score >= least_score]
        return tuple(sorted(alike, key=lambda one: (-one.score, one.number)))

    def count(self) -> int:
        """See ``FaceIndex``."""
        return len(self._numbers)

    def rebuild(self, faces: Mapping[int, Vector]) -> None:
        """See ``FaceIndex``."""
        self._index, self._numbers = _empty(self._dimension), set()
        for number, vector in faces.items():
            self.add(number, vector)


def _empty(dimension: int) -> Any:
    return faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
