"""Error-versus-reject curves: how far false rejections fall when the photographs of lowest quality are set aside first.

ISO/IEC 29794-1 and NIST FRTE quality: a component is worth having if the curve falls faster than the share set aside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

SHARES = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
LOWEST = "lowest_component"
_NOT_ACQUIRED = -1.0

Values = tuple[Mapping[str, int], Mapping[str, int]]  # of probe and reference; empty where no face was acquired


@dataclass(frozen=True, eq=False)
class JudgedPairs:
    """The mated comparisons of one kind at one threshold.

    Attributes
    ----------
    rejected
        bool, shape (n,): below the threshold, or not acquired.
    components
        Quality of probe and reference of each.
    """

    kind: str
    rejected: npt.NDArray[np.bool_]
    components: Sequence[Values]


def error_versus_reject(kinds: Sequence[JudgedPairs]) -> dict[str, Any]:
    """Return the curves: all kinds together by the lowest component of either picture, per kind, and per component.

    Returns
    -------
    Points (share of comparisons set aside, false non-match rate of the rest). Empty where there is no mated comparison.
    """
    rejected = np.concatenate([pairs.rejected for pairs in kinds]) if kinds else np.zeros(0, np.bool_)
    components = [values for pairs in kinds for values in pairs.components]
    if rejected.size == 0:
        return {"error_versus_reject": []}
    names = sorted({name for pair in components for side in pair for name in side})
    return {
        "by": LOWEST,
        "comparisons": int(rejected.size),
        "error_versus_reject": _curve(rejected, _ranks(components, _lowest)),
        "kinds": {
            pairs.kind: _curve(pairs.rejected, _ranks(pairs.components, _lowest)) for pairs in kinds if pairs.rejected.size
        },
        "components": {name: _curve(rejected, _ranks(components, _component(name))) for name in names},
    }


def _curve(rejected: npt.NDArray[np.bool_], ranks: npt.NDArray[np.float64]) -> list[list[float]]:
    kept_first = np.argsort(-ranks, kind="stable")
    points = []
    for share in SHARES:
        kept = rejected[kept_first[: max(1, round(rejected.size * (1 - share)))]]
        points.append([share, round(float(kept.mean()), 5)])
    return points


def _ranks(components: Sequence[Values], rank: Callable[[Mapping[str, int]], float]) -> npt.NDArray[np.float64]:
    return np.array([min(rank(probe), rank(reference)) for probe, reference in components], np.float64)


def _lowest(values: Mapping[str, int]) -> float:
    return float(min(values.values(), default=_NOT_ACQUIRED))


def _component(name: str) -> Callable[[Mapping[str, int]], float]:
    def rank(values: Mapping[str, int]) -> float:
        # "Could not assess" is not a low value: such a picture is set aside last.
        return float(values.get(name, 100)) if values else _NOT_ACQUIRED

    return rank
