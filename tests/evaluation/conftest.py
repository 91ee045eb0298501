"""Made-up people and sets: no picture of a person lies in this folder."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from teller_assist.evaluation.photo_kinds import Portrait, prepare_portrait
from teller_assist.evaluation.photo_kinds.layout import CANONICAL_LANDMARKS
from teller_assist.evidence.pictures import Pixels

SetMaker = Callable[[Sequence[Sequence[str]]], Path]
COLUMNS = ("path", "identity", "split", "kind", "source")


@pytest.fixture(scope="session")
def drawn_person() -> Pixels:
    """A drawn head and shoulders before a busy background, in the canonical layout; uint8, (250, 250, 3), BGR."""
    rng = np.random.default_rng(7)
    coarse = rng.integers(60, 200, (25, 25, 3)).astype(np.uint8)
    picture = np.ascontiguousarray(cv2.resize(coarse, (250, 250), interpolation=cv2.INTER_CUBIC))
    shoulders = np.array([[10, 250], [40, 210], [100, 190], [150, 190], [210, 210], [240, 250]], dtype=np.int32)
    cv2.fillPoly(picture, [shoulders], (90, 50, 30))
    cv2.ellipse(picture, (125, 100), (52, 62), 0, 0, 360, (25, 25, 30), -1)
    cv2.ellipse(picture, (125, 130), (44, 58), 0, 0, 360, (140, 170, 215), -1)
    for x, y in CANONICAL_LANDMARKS[:2]:
        cv2.circle(picture, (round(float(x)), round(float(y))), 5, (40, 40, 40), -1)
    cv2.line(picture, (108, 156), (142, 156), (80, 80, 170), 4)
    return np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def portrait(drawn_person: Pixels) -> Portrait:
    """The drawn person, ready for rendering."""
    return prepare_portrait(drawn_person, CANONICAL_LANDMARKS)


@pytest.fixture
def make_set(tmp_path: Path) -> SetMaker:
    """Write a set whose pictures exist (as empty files) and return its folder."""

    def make(rows: Sequence[Sequence[str]], columns: Sequence[str] = COLUMNS) -> Path:
        root = tmp_path / "set"
        root.mkdir(exist_ok=True)
        for row in rows:
            picture = root / row[0]
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.touch()
        with (root / "images.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([columns, *rows])
        return root

    return make
