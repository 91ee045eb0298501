"""What a linear back-end would change in face comparison: the table of docs/decisions/0017. Run by hand.

python scripts/ablate_face.py --data DIR --work DIR

Development people only. A back-end is fitted on four fifths of the people and counted on the last fifth, five times; of the two
groups without identities one half of the photographs is fitted on and the other counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from teller_assist.app import open_installation
from teller_assist.evaluation.factory_data import FIRST_GROUP, complete_tight_crops, photographs, render_group
from teller_assist.evaluation.feature_sets import MeasuredSet, MeasuringSetup, measure_set
from teller_assist.evidence.kinds import PhotoKind

Array = npt.NDArray[np.float64]
BackEnd = Callable[[Array, npt.NDArray[np.str_]], Array]  # features and their kinds to what is compared

FOLDS = 5
REFERENCES = (PhotoKind.CLEAN, PhotoKind.RECAPTURE, PhotoKind.CHIP)
KINDS = (PhotoKind.LIVE, *REFERENCES)
SHRINKAGE = 0.2  # share of a multiple of the identity in the covariance within people


@dataclass(frozen=True, eq=False)
class Rows:
    """Acquired photographs of one group: unit features, and what each shows."""

    vectors: Array
    kinds: npt.NDArray[np.str_]
    people: npt.NDArray[np.str_]
    sources: npt.NDArray[np.str_]
    first_half: npt.NDArray[np.bool_]

    def of(self, chosen: npt.NDArray[np.bool_]) -> Rows:
        """Return some of the rows."""
        return Rows(*(getattr(self, name)[chosen] for name in ("vectors", "kinds", "people", "sources", "first_half")))


@dataclass(frozen=True)
class Variant:
    """One way to compare; ``power`` 0 and no centring is the cosine of the features as they are."""

    name: str
    power: float
    centred: bool = True
    all_groups: bool = False
    damping: float = 0.0


VARIANTS = (
    Variant("cosine, as it ships", 0.0, centred=False),
    Variant("means of the kinds taken off", 0.0),
    Variant("within-class covariance, no means", 0.25, centred=False),
    Variant("within-class covariance, means of LFW", 0.25),
    Variant("within-class covariance, means over all groups", 0.25, all_groups=True),
    Variant("the same, axes between groups damped by 0.3", 0.25, all_groups=True, damping=0.3),
    Variant("the same, axes between groups damped by 1", 0.25, all_groups=True, damping=1.0),
    Variant("the same, power 0.5", 0.5, all_groups=True, damping=1.0),
)


def main() -> int:
    """Measure, fit, count, print one line a variant."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with lfw/ and asian_adults/")
    parser.add_argument("--work", type=Path, required=True, help="renderings and features are kept here between runs")
    arguments = parser.parse_args()
    groups = _groups(arguments.data, arguments.work)
    for variant in VARIANTS:
        print(json.dumps({"variant": variant.name} | _counted(variant, groups)), flush=True)
    return 0


def _groups(data: Path, work: Path) -> dict[str, Rows]:
    installation = open_installation()
    limits, detector = installation.picture_limits, installation.detector_setup
    setup = MeasuringSetup(installation.root, installation.settings.face, limits, installation.pipeline_sha256)
    groups = {}
    for group, archive in photographs(data).items():
        if group != FIRST_GROUP:
            archive = complete_tight_crops(archive, work / f"{group}_completed", installation.detector, limits, print)
        measured = measure_set(render_group(archive, work / group, detector, limits, print), setup, work / "features", print)
        groups[group] = _rows(measured)
    return groups


def _rows(measured: MeasuredSet) -> Rows:
    kept = [
        (row, one) for row, one in zip(measured.rows, measured.measured, strict=True) if not one.failure and row.kind in KINDS
    ]
    sources = np.array([row.source for row, _ in kept])
    return Rows(
        vectors=np.stack([one.vector for _, one in kept]).astype(np.float64),
        kinds=np.array([row.kind.value for row, _ in kept]),
        people=np.array([row.identity for row, _ in kept]),
        sources=sources,
        first_half=np.array([zlib.crc32(source.encode()) % 2 == 0 for source in sources]),
    )


def _counted(variant: Variant, groups: dict[str, Rows]) -> dict[str, dict[str, float]]:
    """Return, per reference kind, pass rates at LFW's and the worst group's thresholds, and the others' FMR at LFW's."""
    first, others = groups[FIRST_GROUP], [rows for name, rows in groups.items() if name != FIRST_GROUP]
    people = np.unique(first.people)
    fold_of = dict(zip(people[np.random.default_rng(1).permutation(len(people))], np.arange(len(people)) % FOLDS, strict=True))
    folds = np.array([fold_of[person] for person in first.people])
    scores: dict[str, list[tuple[Array, Array]]] = {kind.value: [] for kind in REFERENCES}
    back_ends = [
        _fitted(variant, first.of(folds != fold), [rows.of(rows.first_half) for rows in others]) for fold in range(FOLDS)
    ]
    for fold, back_end in enumerate(back_ends):
        for kind in REFERENCES:
            scores[kind.value].append(_scores(first.of(folds == fold), kind.value, back_end))
    found = {}
    for kind in REFERENCES:
        mated, non_mated = (np.concatenate(parts) for parts in zip(*scores[kind.value], strict=True))
        # Any one will do for the groups without identities: none was fitted on their other halves.
        strangers = [_scores(rows.of(~rows.first_half), kind.value, back_ends[0])[1] for rows in others]
        found[kind.value] = _line(mated, non_mated, strangers)
    return found


def _line(mated: Array, non_mated: Array, strangers: list[Array]) -> dict[str, float]:
    line: dict[str, float] = {}
    for target in (1e-3, 1e-4):
        threshold = _threshold(non_mated, target)
        worst = max([threshold, *(_threshold(one, target) for one in strangers)])
        line[f"pass_{target:g}"] = round(float((mated >= threshold).mean()), 4)
        line[f"pass_worst_group_{target:g}"] = round(float((mated >= worst).mean()), 4)
        line[f"others_fmr_{target:g}"] = float(f"{max((one >= threshold).mean() for one in strangers):.2g}")
    return line


def _threshold(non_mated: Array, target: float) -> float:
    return float(np.sort(non_mated)[::-1][int(target * non_mated.size)])


def _scores(rows: Rows, kind: str, back_end: BackEnd) -> tuple[Array, Array]:
    """Return the scores of mated and non-mated comparisons of live photographs with those of a kind."""
    probes, references = rows.of(rows.kinds == PhotoKind.LIVE.value), rows.of(rows.kinds == kind)
    scores = back_end(probes.vectors, probes.kinds) @ back_end(references.vectors, references.kinds).T
    same = probes.people[:, None] == references.people[None, :]
    other_photograph = probes.sources[:, None] != references.sources[None, :]
    return scores[same & other_photograph], scores[~same]


def _fitted(variant: Variant, first: Rows, others: list[Rows]) -> BackEnd:
    """Fit means per kind and a matrix that evens out what differs within people, and between groups where asked for."""
    groups = [first, *others] if variant.all_groups else [first]
    dimension = first.vectors.shape[1]
    means = {kind.value: np.zeros(dimension) for kind in KINDS}
    if variant.centred:
        for kind in means:
            means[kind] = np.mean([rows.vectors[rows.kinds == kind].mean(axis=0) for rows in groups], axis=0)
    within = _within_people(_centred(first, means), first)
    if variant.damping:
        between = np.cov(np.array([_centred(rows, means).mean(axis=0) for rows in [first, *others]]).T)
        within = within + variant.damping * between * np.trace(within) / np.trace(between)
    shrunk = (1 - SHRINKAGE) * within + SHRINKAGE * np.trace(within) / dimension * np.eye(dimension)
    values, axes = np.linalg.eigh(shrunk)
    matrix = axes @ np.diag(values**-variant.power) @ axes.T
    return lambda vectors, kinds: _unit(_unit(vectors - np.stack([means[kind] for kind in kinds])) @ matrix)


def _within_people(vectors: Array, rows: Rows) -> Array:
    """Return the covariance within people who have two photographs or more, each photograph in all its kinds."""
    _, person = np.unique(rows.people, return_inverse=True)
    photographs_of = np.array([len(np.unique(rows.sources[person == one])) for one in range(person.max() + 1)])
    counts = np.bincount(person)
    sums = np.zeros((len(counts), vectors.shape[1]))
    np.add.at(sums, person, vectors)
    several = photographs_of[person] >= 2
    differences = (vectors - (sums / counts[:, None])[person])[several]
    n = photographs_of[person][several]
    differences *= np.sqrt(n / (n - 1))[:, None]
    return np.asarray(differences.T @ differences / len(differences))


def _centred(rows: Rows, means: dict[str, Array]) -> Array:
    return _unit(rows.vectors - np.stack([means[kind] for kind in rows.kinds]))


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


if __name__ == "__main__":
    sys.exit(main())
