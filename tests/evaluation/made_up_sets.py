"""Evaluation sets with made-up features: people are directions, photographs of a person lie near theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from teller_assist.evaluation.feature_cache import MeasuredRow
from teller_assist.evaluation.feature_sets import MeasuredSet
from teller_assist.evaluation.sets import EvaluationSet, SetRow, Split
from teller_assist.evidence.kinds import PhotoKind

DIMENSION = 24
TEST_PEOPLE = [f"t{number:03d}" for number in range(40)]

Evaluate = Callable[..., dict[str, Any]]  # rows to the body of evaluate-face/1; a fixture


def row(identity: str, source: str, kind: PhotoKind, split: Split = Split.TEST, condition: str = "", group: str = "") -> SetRow:
    return SetRow(f"{kind}/{condition}{identity}_{source}.png", identity, split, kind, f"{identity}_{source}", condition, group)


def rows_of(
    people: Iterable[str], kinds: Iterable[PhotoKind], split: Split = Split.TEST, photographs: int = 2, group: str = ""
) -> list[SetRow]:
    """Return every photograph of every person in every kind."""
    chosen = tuple(kinds)
    return [
        row(person, str(number), kind, split, group=group)
        for person in people
        for number in range(photographs)
        for kind in chosen
    ]


def set_of(rows: Iterable[SetRow]) -> EvaluationSet:
    return EvaluationSet(Path("nowhere"), tuple(rows), "ab" * 32)


def measured_of(rows: Iterable[SetRow], spread: float = 1.5, failures: Iterable[str] = ()) -> MeasuredSet:
    """Measure rows: the same row always gives the same features."""
    failed = set(failures)
    given = tuple(rows)
    return MeasuredSet(given, tuple(_measured(one, spread, failed) for one in given))


def _measured(one: SetRow, spread: float, failed: set[str]) -> MeasuredRow:
    if one.path in failed:
        return MeasuredRow(np.zeros(0, np.float32), "no_face", float("nan"))
    person = _direction(one.identity)
    vector = person + spread * _direction(one.path)
    lowest = 20 + int(75 * float(person @ vector) / float(np.linalg.norm(vector)))
    quality = {"Sharpness": lowest, "HeadPoseYaw": 99, "MouthOcclusionPrevention": 5 if one.condition == "mask" else 95}
    found = MeasuredRow((vector / np.linalg.norm(vector)).astype(np.float32), "", float("nan"), quality)
    if one.kind not in (PhotoKind.MESH, PhotoKind.MESH_HEAVY):
        return found
    hidden = person + 2 * spread * _direction(f"under lines {one.path}")  # less of the person is left with the mesh
    with_lines = (hidden / np.linalg.norm(hidden)).astype(np.float32)
    return replace(found, heaviness=0.1, had_lines=True, with_lines=with_lines)


def _direction(name: str) -> np.ndarray:
    seed = np.frombuffer(name.encode().ljust(4, b"_"), np.uint8)
    vector = np.random.default_rng(seed.astype(np.uint32)).normal(size=DIMENSION)
    return np.asarray(vector / np.linalg.norm(vector))
