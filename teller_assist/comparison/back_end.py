"""What is done to a recogniser's features before they are compared: their mean taken off, noisy directions shortened.

A linear back-end: y = W (x - m), both to unit length before and after W. It costs microseconds. Its file is fitted on development
people (``comparison/back_end_fitting.py``) and belongs to one model; calibrations belong to one back-end.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from teller_assist.comparison.short_arrays import with_short_arrays
from teller_assist.errors import BugError, CalibrationMismatchError

SCHEMA = "back-end/1"
DIMENSION_MAX = 4096
NUMBER_MAX = 1e6  # far beyond anything fitted; within it no arithmetic overflows

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BackEnd:
    """The back-end of one recognition model.

    Attributes
    ----------
    model_id, model_sha256
        The model whose features it was fitted on.
    mean
        float64, shape (dimension,).
    matrix
        float64, shape (dimension, dimension).
    """

    model_id: str
    model_sha256: str
    mean: Matrix
    matrix: Matrix

    def project(self, vectors: npt.NDArray[np.floating[Any]]) -> Matrix:
        """Return what is compared in the place of features.

        Parameters
        ----------
        vectors
            Shape (n, dimension), Euclidean norm 1.

        Returns
        -------
        float64, shape (n, dimension), Euclidean norm 1; equal features stay equal.

        Raises
        ------
        BugError
            The features have another dimension.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self.mean.size:
            raise BugError(f"a back-end of dimension {self.mean.size} got features of shape {vectors.shape}")
        return unit_rows(unit_rows(vectors.astype(np.float64) - self.mean) @ self.matrix)


def unit_rows(vectors: Matrix) -> Matrix:
    """Return rows scaled to Euclidean norm 1, float64, shape (n, dimension); a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0))


def back_end_path(model_id: str) -> str:
    """Return where a model's back-end lies, relative to the installation root, with forward slashes."""
    return f"config/back_end/{model_id}.json"


def read_back_end(content: bytes) -> BackEnd:
    """Read a back-end's file.

    Raises
    ------
    CalibrationMismatchError
        The content is no back-end of this schema.
    """
    try:
        document = json.loads(content)
        if document["schema"] != SCHEMA:
            raise ValueError(document["schema"])
        mean = _numbers([float(number) for number in document["mean"]])
        matrix = _numbers([[float(number) for number in line["row"]] for line in document["matrix"]])
        if not 1 <= mean.size <= DIMENSION_MAX or mean.ndim != 1 or matrix.shape != (mean.size, mean.size):
            raise ValueError(matrix.shape)
        return BackEnd(str(document["model_id"]), str(document["model_sha256"]), mean, matrix)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise CalibrationMismatchError(why="unreadable") from error


def write_back_end(back_end: BackEnd, provenance: Mapping[str, Any]) -> str:
    """Return the file's text, one row of the matrix a line.

    Parameters
    ----------
    provenance
        What a reader must know and the program does not use.
    """
    body = {
        "schema": SCHEMA,
        "model_id": back_end.model_id,
        "model_sha256": back_end.model_sha256,
        "provenance": dict(provenance),
        "mean": _rounded(back_end.mean),
        "matrix": [{"row": _rounded(row)} for row in back_end.matrix],
    }
    return with_short_arrays(body) + "\n"


def _numbers(values: list[Any]) -> Matrix:
    array = np.array(values, np.float64)
    if not np.isfinite(array).all() or (np.abs(array) > NUMBER_MAX).any():
        raise ValueError("not finite")
    array.flags.writeable = False
    return array


def _rounded(values: Matrix) -> list[float]:
    return [float(f"{number:.7g}") if math.isfinite(number) else number for number in values.tolist()]
