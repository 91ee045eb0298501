"""A comparer with real models and made-up calibrations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from teller_assist.app import Installation
from teller_assist.comparison.calibration import Calibration
from teller_assist.comparison.calibration_file import calibration_path, write_calibration
from teller_assist.comparison.calibration_shelf import CalibrationShelf
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.face.mesh import MeshWeigher
from teller_assist.workflow.comparing import PictureComparer

MODEL_SHA256, PIPELINE_SHA256 = "11" * 32, "22" * 32


@pytest.fixture
def make_comparer(
    installation: Installation, tmp_path: Path, make_calibration: Callable[..., Calibration]
) -> Callable[..., PictureComparer]:
    """Make a comparer with calibrations for some kinds of references; what they say can be changed."""

    def make(*kinds: PhotoKind, heavy_from: float = 0.5, **changed: object) -> PictureComparer:
        model_id = installation.measurer.model_id
        for kind in kinds:
            path = tmp_path / calibration_path(model_id, PhotoKind.LIVE, kind)
            path.parent.mkdir(parents=True, exist_ok=True)
            made = make_calibration(
                reference_kind=kind,
                **{"model_id": model_id, "calibration_id": f"{model_id}/live-{kind}/2026-01-01", **changed},
            )
            path.write_text(write_calibration(made, {}), encoding="utf-8")
        shelf = CalibrationShelf(
            tmp_path,
            lambda root, relative: (root / relative).read_bytes(),
            model_id=model_id,
            model_sha256=MODEL_SHA256,
            pipeline_sha256=PIPELINE_SHA256,
        )
        weigher = MeshWeigher(heavy_from=heavy_from)
        return PictureComparer(installation.measurer, shelf, installation.policy, weigher, model_sha256=MODEL_SHA256)

    return make
