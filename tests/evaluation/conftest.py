"""Made-up people and sets: no picture of a person lies in this folder."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from teller_assist.comparison.calibration import Calibration
from teller_assist.decision.policy import OutcomePolicy
from teller_assist.errors import CalibrationMismatchError, CalibrationMissingError
from teller_assist.evaluation import face_evaluation
from teller_assist.evaluation.face_evaluation import FaceOrder, evaluate_face
from teller_assist.evaluation.feature_sets import MeasuredSet, MeasuringSetup
from teller_assist.evaluation.photo_kinds import Portrait, prepare_portrait
from teller_assist.evaluation.photo_kinds.layout import CANONICAL_LANDMARKS
from teller_assist.evaluation.sets import EvaluationSet, SetRow, Split
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Pixels
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.schema import FaceSettings
from tests.evaluation.made_up_sets import Evaluate, measured_of, set_of

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


# ---------------------------------------------------------------- evaluating made-up features


class Shelf:
    """Calibrations by reference kind; the one for recaptures was altered."""

    def __init__(self, **calibrations: Calibration) -> None:
        self.calibrations = calibrations

    pipeline_sha256 = "22" * 32

    def back_end(self) -> None:
        return None

    def factory(self, probe_kind: PhotoKind, reference_kind: PhotoKind) -> Calibration:
        if reference_kind is PhotoKind.RECAPTURE:
            raise CalibrationMismatchError(why="pipeline")
        if probe_kind is not PhotoKind.LIVE or reference_kind.value not in self.calibrations:
            raise CalibrationMissingError(probe_kind=probe_kind.value, reference_kind=reference_kind.value)
        return self.calibrations[reference_kind.value]


@pytest.fixture
def evaluate(monkeypatch: pytest.MonkeyPatch, make_calibration: Callable[..., Calibration]) -> Evaluate:
    """Evaluate rows whose features are made up."""

    def run(
        rows: Iterable[SetRow],
        failures: Iterable[str] = (),
        split: Split = Split.TEST,
        change: Callable[[MeasuredSet], MeasuredSet] = lambda measured: measured,
        **shelf: Calibration,
    ) -> dict[str, Any]:
        def measure(the_set: EvaluationSet, *_: object) -> MeasuredSet:
            return change(measured_of(the_set.rows, failures=failures))

        monkeypatch.setattr(face_evaluation, "measure_set", measure)
        setup = MeasuringSetup(Path("nowhere"), FaceSettings(), PictureLimits(1, 1), "22" * 32)
        order = FaceOrder(split, None, "made-up", OutcomePolicy("1e-4", 0.02), {"MouthOcclusionPrevention": 20})
        calibrations = Shelf(**(shelf or {"chip": make_calibration()}))
        evaluation = evaluate_face(set_of(rows), order, setup, calibrations, Path("nowhere"), lambda _: None)  # type: ignore[arg-type]
        found: dict[str, Any] = json.loads(json.dumps(evaluation.body, allow_nan=False))
        return found

    return run
