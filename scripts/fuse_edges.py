"""What comparing a live face with two photographs of one person at once would gain: decision 0020. Run by hand.

python scripts/fuse_edges.py --set DIR --cache DIR [--out FILE]

The set: ``evaluate simulate`` of LFW, kinds live, chip, mesh and clean. People with three photographs or more. Thresholds from
its development people, rates from its test people. A live photograph is compared with the chip portrait of a second photograph
and the authority's photo, rendered from a third ("apart") or from the second as well ("same": card and authority often
have one and the same picture).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from teller_assist.app import open_installation
from teller_assist.evaluation.feature_sets import MeasuredSet, MeasuringSetup, measure_set
from teller_assist.evaluation.sets import EvaluationSet, Split, choose_rows, read_set
from teller_assist.evidence.kinds import PhotoKind

Array = npt.NDArray[np.float64]
Fusion = Callable[[Array, Array, Array], Array]  # live-chip, live-second and chip-second scores to one score

TARGETS = (1e-3, 1e-4)
SECOND_KINDS = (PhotoKind.CLEAN, PhotoKind.MESH)
KINDS = frozenset({PhotoKind.LIVE, PhotoKind.CHIP, *SECOND_KINDS})
RESAMPLINGS = 200
FUSIONS: dict[str, Fusion] = {
    "live with chip": lambda chip, _second, _between: chip,
    "live with the second photograph": lambda _chip, second, _between: second,
    "mean of both scores": lambda chip, second, _between: (chip + second) / 2,
    "higher of both scores": lambda chip, second, _between: np.maximum(chip, second),
    # the cosine to the mean of both photographs' features
    "mean of both photographs": lambda chip, second, between: (chip + second) / np.sqrt(2 + 2 * between),
}


@dataclass(frozen=True, eq=False)
class Photographs:
    """Features behind the back-end of one kind and split, and whose photograph it is."""

    vectors: Array
    people: npt.NDArray[np.str_]
    sources: npt.NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of one fusion: mated ones with the person, non-mated ones."""

    mated: Array
    people: npt.NDArray[np.str_]
    non_mated: Array


def main() -> int:
    """Measure, fuse, count, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", type=Path, required=True, help="a simulated set with development and test people")
    parser.add_argument("--cache", type=Path, required=True, help="folder of measured features")
    parser.add_argument("--out", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    measured = _measured(read_set(arguments.set), arguments.cache)
    lines = []
    for second in SECOND_KINDS:
        for sources in ("apart", "same"):
            lines += _lines(measured, second, sources)
    for line in lines:
        print(json.dumps(line), flush=True)
    if arguments.out is not None:
        document = {"schema": "edge-fusion/1", "script": "scripts/fuse_edges.py", "photo_kinds": "simulated", "rows": lines}
        arguments.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return 0


def _measured(the_set: EvaluationSet, cache: Path) -> MeasuredSet:
    installation = open_installation()
    setup = MeasuringSetup(
        installation.root, installation.settings.face, installation.picture_limits, installation.features_sha256
    )
    rows = tuple(choose_rows([row for row in the_set.rows if row.kind in KINDS]))
    chosen = EvaluationSet(the_set.root, rows, the_set.images_csv_sha256)
    return measure_set(chosen, setup, cache, print).behind(installation.calibrations.back_end())


def _lines(measured: MeasuredSet, second: PhotoKind, sources: str) -> list[dict[str, Any]]:
    """Return one line a fusion: thresholds on development people, rates on test people."""
    triples = {split: _triples(measured, split, second, sources) for split in Split}
    lines = []
    weight, fitted = _fitted_sum(measured, triples[Split.DEV], second)
    for name, fusion in (*FUSIONS.items(), (f"sum with weights fitted on development people, chip {weight:.2f}", fitted)):
        dev, test = (_scores(measured, split, triples[split], second, fusion) for split in (Split.DEV, Split.TEST))
        line: dict[str, Any] = {"second": second.value, "sources": sources, "fusion": name}
        line |= {"mated": len(test.mated), "people": len(np.unique(test.people)), "non_mated": len(test.non_mated)}
        for target in TARGETS:
            threshold = _threshold(dev.non_mated, target)
            errors = int((test.non_mated >= threshold).sum())
            rates = _resampled(test.mated >= threshold, test.people)
            line[f"{target:g}"] = {
                "passed": int((test.mated >= threshold).sum()),
                "pass_rate": round(float((test.mated >= threshold).mean()), 4),
                "pass_ci95": [round(float(edge), 4) for edge in np.percentile(rates, [2.5, 97.5])],
                "fmr_errors": errors,
                "fmr": float(f"{errors / len(test.non_mated):.2g}"),
            }
        lines.append(line)
    return lines


def _fitted_sum(measured: MeasuredSet, triples: Array, second: PhotoKind) -> tuple[float, Fusion]:
    """Return the weighted sum that passes most development people at the strictest target."""

    def weighted(weight: float) -> Fusion:
        return lambda chip, second, _between: weight * chip + (1 - weight) * second

    def passed(weight: float) -> float:
        scores = _scores(measured, Split.DEV, triples, second, weighted(weight))
        return float((scores.mated >= _threshold(scores.non_mated, TARGETS[-1])).mean())

    best = max((float(weight) for weight in np.linspace(0, 1, 21)), key=passed)
    return best, weighted(best)


def _threshold(non_mated: Array, target: float) -> float:
    return float(np.sort(non_mated)[::-1][int(target * non_mated.size)])


def _of(measured: MeasuredSet, split: Split, kind: PhotoKind) -> Photographs:
    kept = [
        (row, one)
        for row, one in zip(measured.rows, measured.measured, strict=True)
        if row.split is split and row.kind is kind and not one.failure
    ]
    return Photographs(
        vectors=np.stack([one.vector for _, one in kept]).astype(np.float64),
        people=np.array([row.identity for row, _ in kept]),
        sources=np.array([row.source for row, _ in kept]),
    )


def _triples(measured: MeasuredSet, split: Split, second: PhotoKind, sources: str) -> Array:
    """Return (live, chip, second) indices: every triple of a person's own photographs, live apart from both others."""
    live, chips, seconds = (_of(measured, split, kind) for kind in (PhotoKind.LIVE, PhotoKind.CHIP, second))
    found = []
    for i, person in enumerate(live.people):
        own_chips = [j for j in np.flatnonzero(chips.people == person) if chips.sources[j] != live.sources[i]]
        own_seconds = [k for k in np.flatnonzero(seconds.people == person) if seconds.sources[k] != live.sources[i]]
        if len({live.sources[i], *(chips.sources[j] for j in own_chips)}) < 3:
            continue
        found += [
            (i, j, k) for j in own_chips for k in own_seconds
            if (chips.sources[j] == seconds.sources[k]) == (sources == "same")
        ]  # fmt: skip
    return np.array(found)


def _scores(measured: MeasuredSet, split: Split, triples: Array, second: PhotoKind, fusion: Fusion) -> Scores:
    live, chips, seconds = (_of(measured, split, kind) for kind in (PhotoKind.LIVE, PhotoKind.CHIP, second))
    i, j, k = triples.T
    between = (chips.vectors[j] * seconds.vectors[k]).sum(axis=1)
    mated = fusion((live.vectors[i] * chips.vectors[j]).sum(axis=1), (live.vectors[i] * seconds.vectors[k]).sum(axis=1), between)
    pairs, first = np.unique(triples[:, 1:], axis=0, return_index=True)  # each pair of references once against all strangers
    pairs, between = pairs[_every(len(pairs))], between[first][_every(len(pairs))]
    with_chip, with_second = live.vectors @ chips.vectors[pairs[:, 0]].T, live.vectors @ seconds.vectors[pairs[:, 1]].T
    strangers = live.people[:, None] != chips.people[pairs[:, 0]][None, :]
    return Scores(mated, live.people[i], fusion(with_chip, with_second, between[None, :])[strangers])


def _every(count: int, most: int = 2_500) -> npt.NDArray[np.int64]:
    """Return indices of at most so many, evenly spread: all pairs against all strangers would not fit into memory."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def _resampled(passed: npt.NDArray[np.bool_], people: npt.NDArray[np.str_]) -> Array:
    """Return pass rates of resampled people."""
    _, person = np.unique(people, return_inverse=True)
    asked, passes = np.bincount(person), np.bincount(person, weights=passed)
    random = np.random.default_rng(1)
    draws = random.multinomial(len(asked), np.full(len(asked), 1 / len(asked)), size=RESAMPLINGS)
    return np.asarray(draws @ passes / (draws @ asked))


if __name__ == "__main__":
    sys.exit(main())
