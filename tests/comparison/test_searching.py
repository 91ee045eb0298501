"""What a live face is searched by, and what finding one is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.comparison.back_end import BackEnd, back_end_path, write_back_end
from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.calibration_file import calibration_path, write_calibration
from teller_assist.comparison.calibration_shelf import CalibrationShelf
from teller_assist.comparison.error_rates import NotStated
from teller_assist.comparison.scores import comparison_score
from teller_assist.comparison.searching import SEARCH_FMRS, extrapolated_fpir, one_search_in, search_probe, strictest_threshold
from teller_assist.errors import CalibrationMismatchError
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.measurements import Features

Make = Callable[..., Calibration]
DIMENSION = 64


def features(seed: int) -> Features:
    drawn = np.random.default_rng(seed).normal(size=DIMENSION)
    return Features(np.asarray(drawn / np.linalg.norm(drawn), np.float32), "made-up")


def shelf(root: Path, calibration: Calibration | None = None, back_end: BackEnd | None = None) -> CalibrationShelf:
    written = {
        calibration_path("made-up", PhotoKind.LIVE, PhotoKind.ARCHIVE): calibration and write_calibration(calibration, {}),
        back_end_path("made-up"): back_end and write_back_end(back_end, {}),
    }
    for relative, text in written.items():
        if text:
            (root / relative).parent.mkdir(parents=True, exist_ok=True)
            (root / relative).write_text(text, encoding="utf-8")
    return CalibrationShelf(
        root,
        lambda folder, relative: (folder / relative).read_bytes(),
        model_id="made-up",
        model_sha256="11" * 32,
        pipeline_sha256="22" * 32,
    )


def test_two_probes_cosine_is_their_comparison_score_behind_the_back_end(tmp_path: Path, make_calibration: Make) -> None:
    drawn = np.random.default_rng(3)
    back_end = BackEnd("made-up", "11" * 32, drawn.normal(size=DIMENSION) / 20, drawn.normal(size=(DIMENSION, DIMENSION)))
    one = shelf(tmp_path, make_calibration(reference_kind=PhotoKind.ARCHIVE), back_end)
    probes = [search_probe(features(seed), one, target_fmr="1e-5") for seed in (1, 2)]
    assert all(probe is not None and probe.vector.dtype == np.float32 for probe in probes)
    score = float(probes[0].vector @ probes[1].vector)  # type: ignore[union-attr]
    assert score == pytest.approx(comparison_score(features(1), features(2), one.back_end()), abs=1e-6)
    assert probes[0] is not None
    assert np.linalg.norm(probes[0].vector) == pytest.approx(1.0, abs=1e-6)
    assert (probes[0].model_id, probes[0].pipeline_sha256) == ("made-up", "22" * 32)


def test_without_a_calibration_nothing_is_searched(tmp_path: Path) -> None:
    assert search_probe(features(1), shelf(tmp_path), target_fmr="1e-5") is None


def test_a_calibration_of_another_pipeline_is_refused(tmp_path: Path, make_calibration: Make) -> None:
    other = make_calibration(reference_kind=PhotoKind.ARCHIVE, pipeline_sha256="33" * 32)
    with pytest.raises(CalibrationMismatchError):
        search_probe(features(1), shelf(tmp_path, other), target_fmr="1e-5")


def test_the_strictest_threshold_that_is_stated_is_taken_and_nothing_looser_than_1e_4(make_calibration: Make) -> None:
    calibration, not_stated = make_calibration(), NotStated("too_few", 10)
    stated = next(one for one in calibration.thresholds.values() if isinstance(one, Threshold))
    whole = replace(calibration, thresholds={"1e-3": stated, "1e-4": stated, "1e-5": stated})
    found = strictest_threshold(whole, target_fmr="1e-5")
    assert found is not None
    assert (found.target_fmr, found.score, found.fmr) == ("1e-5", stated.score, stated.fmr.value)
    assert found.calibration_id == calibration.calibration_id
    less = strictest_threshold(replace(whole, thresholds={**whole.thresholds, "1e-5": not_stated}), target_fmr="1e-5")
    assert less is not None
    assert less.target_fmr == "1e-4"
    chosen = strictest_threshold(whole, target_fmr="1e-4")
    assert chosen is not None
    assert chosen.target_fmr == "1e-4"
    loose = replace(whole, thresholds={"1e-3": stated, "1e-4": not_stated, "1e-5": not_stated})
    assert strictest_threshold(loose, target_fmr="1e-5") is None


def test_what_ships_can_be_searched_with(installation: Installation) -> None:
    calibration = installation.calibrations.find(PhotoKind.LIVE, PhotoKind.ARCHIVE)
    for target_fmr in SEARCH_FMRS:
        found = strictest_threshold(calibration, target_fmr=target_fmr)
        assert found is not None
        assert found.fmr <= float(target_fmr)


@pytest.mark.parametrize(
    ("fmr", "searched", "fpir"),
    [(1e-4, 0, 0.0), (1e-4, 1, 1e-4), (1e-4, 1000, 0.0951671), (1e-5, 1_000_000, 0.9999546), (1.0, 5, 1.0), (1.0, 0, 0.0)],
)
def test_the_more_faces_the_oftener_a_stranger_is_met(fmr: float, searched: int, fpir: float) -> None:
    assert extrapolated_fpir(fmr, searched) == pytest.approx(fpir, rel=1e-5)


def test_how_often_is_told_as_one_in_so_many() -> None:
    assert [one_search_in(fpir) for fpir in (1.0, 0.7, 0.0951671, 1e-4)] == [1, 1, 11, 10_000]


def test_a_probe_never_prints(tmp_path: Path, make_calibration: Make) -> None:
    probe = search_probe(features(1), shelf(tmp_path, make_calibration(reference_kind=PhotoKind.ARCHIVE)), target_fmr="1e-5")
    assert repr(probe) == "SearchProbe(made-up, ***)"
