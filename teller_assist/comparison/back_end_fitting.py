"""Fitting the back-end of a recognition model, always on development people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from teller_assist.comparison.back_end import Matrix, unit_rows
from teller_assist.errors import SetError

# Chosen on development people, five folds of people: docs/decisions/0017, scripts/ablate_face.py.
SHRINKAGE = 0.2  # share of a multiple of the identity in the covariance within people
POWER = 0.25
DAMPING = 1.0  # weight of the axes on which groups of people differ, as a multiple of the covariance within people


@dataclass(frozen=True, eq=False)
class FittingRows:
    """Acquired photographs of one group of people.

    Attributes
    ----------
    vectors
        float64, shape (n, dimension), Euclidean norm 1.
    kinds, people, sources
        str, shape (n,): photo kind, who it shows, the original photograph.
    """

    vectors: Matrix
    kinds: npt.NDArray[np.str_]
    people: npt.NDArray[np.str_]
    sources: npt.NDArray[np.str_]

    def of(self, chosen: npt.NDArray[np.bool_]) -> FittingRows:
        """Return some of the rows."""
        return FittingRows(*(getattr(self, name)[chosen] for name in ("vectors", "kinds", "people", "sources")))


def mean_over_kinds(groups: Sequence[FittingRows]) -> Matrix:
    """Return the mean of the means of every group's photo kinds: no group and no kind weighs more for its number."""
    means = [rows.vectors[rows.kinds == kind].mean(axis=0) for rows in groups for kind in np.unique(rows.kinds)]
    return np.asarray(np.mean(means, axis=0))


def evening_matrix(
    first: FittingRows,
    others: Sequence[FittingRows],
    mean: Matrix,
    *,
    power: float = POWER,
    damping: float = DAMPING,
    shrinkage: float = SHRINKAGE,
) -> Matrix:
    """Return the matrix that shortens the directions in which one person's photographs, and groups of people, differ.

    The covariance within people, shrunk, to the power ``-power``: half of the usual whitening at 0.25. Whitened on one group
    alone it doubled the false matches of the others; with the covariance between the groups' means added it halved them.

    Parameters
    ----------
    first
        The group whose people are known by name, some of them in two photographs or more.
    others
        Groups without identities: only their means count.

    Returns
    -------
    float64, shape (dimension, dimension), symmetric.

    Raises
    ------
    SetError
        "set_too_small": nobody is shown in two photographs.
    """
    dimension = mean.size
    covariance = within_people(unit_rows(first.vectors - mean), first)
    if damping and others:
        group_means = np.array([unit_rows(rows.vectors - mean).mean(axis=0) for rows in (first, *others)])
        between = np.cov(group_means.T)
        covariance = covariance + damping * between * np.trace(covariance) / np.trace(between)
    shrunk = (1 - shrinkage) * covariance + shrinkage * np.trace(covariance) / dimension * np.eye(dimension)
    values, axes = np.linalg.eigh(shrunk)
    matrix = axes @ np.diag(values**-power) @ axes.T
    return np.asarray(matrix / np.sqrt((matrix**2).sum() / dimension))  # only directions count: keep the numbers near 1


def within_people(vectors: Matrix, rows: FittingRows) -> Matrix:
    """Return the covariance within people who have two photographs or more, each photograph in all its kinds.

    Raises
    ------
    SetError
        "set_too_small": nobody has two.
    """
    _, person = np.unique(rows.people, return_inverse=True)
    photographs_of = np.array([len(np.unique(rows.sources[person == one])) for one in range(person.max() + 1)])
    several = photographs_of[person] >= 2
    if not several.any():
        raise SetError("set_too_small", mated=0)
    counts = np.bincount(person)
    sums = np.zeros((len(counts), vectors.shape[1]))
    np.add.at(sums, person, vectors)
    n = photographs_of[person][several]
    differences = (vectors - (sums / counts[:, None])[person])[several] * np.sqrt(n / (n - 1))[:, None]
    return np.asarray(differences.T @ differences / len(differences))
