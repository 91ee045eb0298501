"""A comparer with real models and made-up calibrations; stations at stand-in counters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from teller_assist.app import Installation
from teller_assist.comparison.calibration import Calibration
from teller_assist.comparison.calibration_file import calibration_path, write_calibration
from teller_assist.comparison.calibration_shelf import CalibrationShelf
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.settings.schema import Settings
from teller_assist.workflow import scan_work
from teller_assist.workflow.comparing import PictureComparer
from teller_assist.workflow.instruments import Instruments
from tests.stand_ins.counter import Counter
from tests.stand_ins.previews import FastRule
from tests.stand_ins.scanning_counter import Make, ScanningCounter
from tests.stand_ins.scans import ToldDocumentReader, ToldScanner

MODEL_SHA256, PIPELINE_SHA256 = "11" * 32, "22" * 32


@pytest.fixture
def make_comparer(
    installation: Installation, tmp_path: Path, make_calibration: Callable[..., Calibration]
) -> Callable[..., PictureComparer]:
    """Make a comparer with calibrations for some kinds of references; what they say can be changed."""

    def make(*kinds: PhotoKind, **changed: object) -> PictureComparer:
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
        return PictureComparer(installation.measurer, shelf, installation.policy, model_sha256=MODEL_SHA256)

    return make


@pytest.fixture(scope="module")
def instruments(installation: Installation) -> Instruments:
    return installation.instruments


@pytest.fixture
def settings(installation: Installation) -> Settings:
    shipped = installation.settings
    return replace(shipped, station=replace(shipped.station, sign_on="name"))  # with passwords: test_signing.py


@pytest.fixture
def make_counter(instruments: Instruments, settings: Settings, astronaut: Picture) -> Iterator[Callable[..., Counter]]:
    made: list[Counter] = []

    def make(**changed: object) -> Counter:
        given = {"instruments": instruments, "settings": settings, **changed}
        made.append(Counter(given.pop("instruments"), given.pop("settings"), astronaut, **given))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for counter in made:
        counter.station.close()


@pytest.fixture
def make(make_counter: Callable[..., Counter], instruments: Instruments, monkeypatch: pytest.MonkeyPatch) -> Make:
    monkeypatch.setattr(scan_work, "_AGAIN_AFTER_S", 0.01)

    def made(*readings: Any, scanner: ToldScanner | None = None, **more: object) -> ScanningCounter:
        used, reader = scanner or ToldScanner(), ToldDocumentReader(*readings)
        reads = replace(instruments, document_reader=reader, new_capture_rule=FastRule)
        return ScanningCounter(make_counter(instruments=reads, scanner=used, **more), used, reader)

    return made
