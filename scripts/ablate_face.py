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
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from teller_assist.app import open_installation
from teller_assist.comparison.back_end import unit_rows
from teller_assist.comparison.back_end_fitting import FittingRows, evening_matrix, mean_over_kinds
from teller_assist.evaluation.factory_back_end import fitting_rows
from teller_assist.evaluation.factory_data import FIRST_GROUP, complete_tight_crops, photographs, render_group
from teller_assist.evaluation.feature_sets import MeasuringSetup, measure_set
from teller_assist.evidence.kinds import PhotoKind

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
BackEnd = Callable[[FittingRows], Array]  # photographs to what is compared

FOLDS = 5
REFERENCES = (PhotoKind.CLEAN, PhotoKind.RECAPTURE, PhotoKind.CHIP, PhotoKind.MESH)
KINDS = (PhotoKind.LIVE, *REFERENCES)


@dataclass(frozen=True)
class Variant:
    """One way to compare; no centring and no power is the cosine of the features as they are."""

    name: str
    centring: str = "none"  # "none", "kinds": each photo kind by its own mean, "one": all by one mean
    all_groups: bool = False
    power: float = 0.0
    damping: float = 0.0


VARIANTS = (
    Variant("cosine"),
    Variant("means of the kinds taken off", "kinds"),
    Variant("within-class covariance, no means", power=0.25),
    Variant("within-class covariance, means of LFW's kinds", "kinds", power=0.25),
    Variant("within-class covariance, means of the kinds over all groups", "kinds", all_groups=True, power=0.25),
    Variant("the same, axes between groups damped by 1", "kinds", all_groups=True, power=0.25, damping=1.0),
    Variant("one mean over all kinds and groups, damped by 1 (ships)", "one", all_groups=True, power=0.25, damping=1.0),
    Variant("the same, damped by 2", "one", all_groups=True, power=0.25, damping=2.0),
    Variant("the same, damped by 1, power 0.35", "one", all_groups=True, power=0.35, damping=1.0),
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


def _groups(data: Path, work: Path) -> dict[str, FittingRows]:
    installation = open_installation()
    limits, detector = installation.picture_limits, installation.detector_setup
    setup = MeasuringSetup(installation.root, installation.settings.face, limits, installation.features_sha256)
    groups = {}
    for group, archive in photographs(data).items():
        if group != FIRST_GROUP:
            archive = complete_tight_crops(archive, work / f"{group}_completed", installation.detector, limits, print)
        measured = measure_set(render_group(archive, work / group, detector, limits, print), setup, work / "features", print)
        groups[group] = fitting_rows(measured, KINDS)
    return groups


def _first_half(rows: FittingRows) -> Flags:
    return np.array([zlib.crc32(source.encode()) % 2 == 0 for source in rows.sources])


def _counted(variant: Variant, groups: dict[str, FittingRows]) -> dict[str, dict[str, float]]:
    """Return, per reference kind, pass rates at LFW's and the worst group's thresholds, and the others' FMR at LFW's."""
    first, others = groups[FIRST_GROUP], [rows for name, rows in groups.items() if name != FIRST_GROUP]
    people = np.unique(first.people)
    fold_of = dict(zip(people[np.random.default_rng(1).permutation(len(people))], np.arange(len(people)) % FOLDS, strict=True))
    folds = np.array([fold_of[person] for person in first.people])
    scores: dict[str, list[tuple[Array, Array]]] = {kind.value: [] for kind in REFERENCES}
    back_ends = [
        _fitted(variant, first.of(folds != fold), [rows.of(_first_half(rows)) for rows in others]) for fold in range(FOLDS)
    ]
    for fold, back_end in enumerate(back_ends):
        for kind in REFERENCES:
            scores[kind.value].append(_scores(first.of(folds == fold), kind.value, back_end))
    found = {}
    for kind in REFERENCES:
        mated, non_mated = (np.concatenate(parts) for parts in zip(*scores[kind.value], strict=True))
        # Any one will do for the groups without identities: none was fitted on their other halves.
        strangers = [_scores(rows.of(~_first_half(rows)), kind.value, back_ends[0])[1] for rows in others]
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


def _scores(rows: FittingRows, kind: str, back_end: BackEnd) -> tuple[Array, Array]:
    """Return the scores of mated and non-mated comparisons of live photographs with those of a kind."""
    probes, references = rows.of(rows.kinds == PhotoKind.LIVE.value), rows.of(rows.kinds == kind)
    scores = back_end(probes) @ back_end(references).T
    same = probes.people[:, None] == references.people[None, :]
    other_photograph = probes.sources[:, None] != references.sources[None, :]
    return scores[same & other_photograph], scores[~same]


def _fitted(variant: Variant, first: FittingRows, others: list[FittingRows]) -> BackEnd:
    """Fit means and a matrix that evens out what differs within people, and between groups where asked for."""
    groups = [first, *others] if variant.all_groups else [first]
    dimension = first.vectors.shape[1]
    means = dict.fromkeys([kind.value for kind in KINDS], np.zeros(dimension))
    if variant.centring == "one":
        means = dict.fromkeys(means, mean_over_kinds(groups))
    elif variant.centring == "kinds":
        means = {kind: mean_over_kinds([rows.of(rows.kinds == kind) for rows in groups]) for kind in means}
    matrix = np.eye(dimension)
    if variant.power:
        centred = [replace(rows, vectors=unit_rows(rows.vectors - _means_of(rows, means))) for rows in (first, *others)]
        matrix = evening_matrix(centred[0], centred[1:], np.zeros(dimension), power=variant.power, damping=variant.damping)
    return lambda rows: unit_rows(unit_rows(rows.vectors - _means_of(rows, means)) @ matrix)


def _means_of(rows: FittingRows, means: dict[str, Array]) -> Array:
    return np.stack([means[kind] for kind in rows.kinds])


if __name__ == "__main__":
    sys.exit(main())
