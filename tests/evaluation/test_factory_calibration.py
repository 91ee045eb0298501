from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.calibration_file import read_calibration, write_calibration
from teller_assist.comparison.error_rates import Bound, NotStated
from teller_assist.errors import BugError, SetError
from teller_assist.evaluation.calibration_making import RunningPipeline
from teller_assist.evaluation.factory_calibration import PAIRS, fit_calibration, fit_mesh_limit
from teller_assist.evaluation.feature_cache import MeasuredRow
from teller_assist.evaluation.feature_sets import MeasuredSet
from teller_assist.evaluation.sets import SetRow, Split
from teller_assist.evidence.kinds import PhotoKind

LIVE, CHIP, MESH, MESH_HEAVY = PhotoKind.LIVE, PhotoKind.CHIP, PhotoKind.MESH, PhotoKind.MESH_HEAVY
PIPELINE = RunningPipeline("made-up", "11" * 32, "22" * 32)
TODAY = datetime.date(2026, 1, 2)
DIMENSION = 24


def measured_people(
    people: int, each: int, *, seed: int, alike: float = 0.0, kinds: tuple[PhotoKind, ...] = (LIVE, CHIP)
) -> MeasuredSet:
    """People whose features lie around a centre each; ``alike`` draws all centres towards one point."""
    random = np.random.default_rng(seed)
    common = random.normal(size=DIMENSION)
    rows, measured = [], []
    for person in range(people):
        centre = random.normal(size=DIMENSION) + alike * common
        for photograph in range(each):
            for kind in kinds:
                vector = centre + 0.45 * random.normal(size=DIMENSION)
                failed = kind is CHIP and person % 50 == 49
                rows.append(SetRow(f"{kind}/{person}/{photograph}", str(person), Split.DEV, kind, f"{person}/{photograph}"))
                features = np.zeros(0) if failed else vector / np.linalg.norm(vector)
                measured.append(MeasuredRow(features.astype(np.float32), "no_face" if failed else "", float("nan")))
    return MeasuredSet(tuple(rows), tuple(measured))


@pytest.fixture(scope="module")
def groups() -> dict[str, MeasuredSet]:
    return {
        "lfw_dev": measured_people(300, 2, seed=1),
        "asian_f": measured_people(80, 1, seed=2, alike=0.6),
        "asian_m": measured_people(60, 1, seed=3),
    }


@pytest.fixture(scope="module")
def fitted(groups: dict[str, MeasuredSet]) -> tuple[Calibration, dict[str, Any]]:
    return fit_calibration((LIVE, CHIP), groups, PIPELINE, TODAY)


def test_every_pair_that_the_product_compares_is_fitted() -> None:
    live = {(LIVE, kind) for kind in PhotoKind if kind is not LIVE}
    assert set(PAIRS) == live | {(CHIP, MESH), (CHIP, MESH_HEAVY), (CHIP, PhotoKind.CLEAN)}
    assert len(PAIRS) == len(set(PAIRS))


def test_a_calibration_says_what_it_is_of(fitted: tuple[Calibration, dict[str, Any]]) -> None:
    calibration, provenance = fitted
    assert (calibration.calibration_id, calibration.scope) == ("made-up/live-chip/2026-01-02", "factory")
    assert (calibration.probe_kind, calibration.reference_kind) == (LIVE, CHIP)
    assert [group.name for group in calibration.groups] == ["lfw_dev", "asian_f", "asian_m"]
    assert [group.identities_known for group in calibration.groups] == [True, False, False]
    assert [group.identities for group in calibration.groups] == [300, 80, 60]
    assert provenance["date"] == "2026-01-02"
    assert {"seed", "opencv", "numpy", "photographs_per_person", "data", "author"} <= set(provenance)


def test_its_counts_are_those_of_the_photographs(fitted: tuple[Calibration, dict[str, Any]]) -> None:
    calibration, provenance = fitted
    acquired = 600 - 12
    assert calibration.groups[0].table.comparisons == 600 * acquired - 2 * acquired
    assert calibration.groups[1].table.comparisons == 80 * 79 - 79
    assert calibration.mated.table.comparisons == acquired, "each live picture with the other photograph of its person"
    assert calibration.mated.failed_to_acquire == 12
    assert provenance["failures_to_acquire"]["lfw_dev"]["chip"] == {"of": 600, "no_face": 12}


def test_the_group_whose_people_look_alike_sets_the_threshold(fitted: tuple[Calibration, dict[str, Any]]) -> None:
    calibration, _ = fitted
    entry = calibration.thresholds["1e-3"]
    assert isinstance(entry, Threshold)
    assert (entry.group, entry.bound) == ("asian_f", Bound.UPPER)
    assert entry.score > entry.first_group_score


@pytest.mark.full
def test_the_weakest_reading_of_any_group_holds(
    fitted: tuple[Calibration, dict[str, Any]], groups: dict[str, MeasuredSet]
) -> None:
    alone, _ = fit_calibration((LIVE, CHIP), {"lfw_dev": groups["lfw_dev"]}, PIPELINE, TODAY)
    scores = np.linspace(-0.2, 0.99, 60)
    readings = [(abs(fitted[0].llr_at(score).value), abs(alone.llr_at(score).value)) for score in scores]
    assert all(both <= one + 1e-9 for both, one in readings)
    assert any(both < one - 0.1 for both, one in readings), "alike strangers weaken what a score says"


@pytest.mark.full
def test_a_fit_can_be_repeated_and_kept(fitted: tuple[Calibration, dict[str, Any]], groups: dict[str, MeasuredSet]) -> None:
    again = fit_calibration((LIVE, CHIP), groups, PIPELINE, TODAY)
    assert write_calibration(*again) == write_calibration(*fitted)
    assert read_calibration(write_calibration(*fitted).encode()).thresholds == fitted[0].thresholds


def test_too_few_people_state_no_threshold() -> None:
    calibration, _ = fit_calibration((LIVE, CHIP), {"lfw_dev": measured_people(40, 2, seed=1)}, PIPELINE, TODAY)
    assert all(isinstance(entry, NotStated) for entry in calibration.thresholds.values())


def test_people_with_one_photograph_each_give_no_calibration() -> None:
    with pytest.raises(SetError) as caught:
        fit_calibration((LIVE, CHIP), {"lfw_dev": measured_people(40, 1, seed=1)}, PIPELINE, TODAY)
    assert caught.value.reason == "set_too_small"


# ---------------------------------------------------------------- the limit between medium and heavy meshes


def with_heaviness(medium: np.ndarray, heavy: np.ndarray, clean: Sequence[float] = (0.001,)) -> MeasuredSet:
    """Photographs of these heavinesses; from 0.02 on they were told to have lines."""
    rows, measured = [], []
    for kind, numbers in ((PhotoKind.CLEAN, clean), (MESH, medium), (MESH_HEAVY, heavy)):
        for index, number in enumerate(numbers):
            rows.append(SetRow(f"{kind}/{index}", str(index), Split.DEV, kind, str(index)))
            measured.append(MeasuredRow(np.ones(1, np.float32), "", float(number), had_lines=bool(number >= 0.02)))
    return MeasuredSet(tuple(rows), tuple(measured))


def test_the_limit_parts_two_kinds_that_do_not_overlap() -> None:
    limit = fit_mesh_limit({"a": with_heaviness(np.linspace(0.03, 0.08, 40), np.linspace(0.1, 0.2, 30))})
    assert 0.08 < limit["heavy_from"] <= 0.1
    assert (limit["medium_called_heavy"], limit["heavy_called_medium"], limit["medium"], limit["heavy"]) == (0, 0, 40, 30)


def test_where_they_overlap_both_error_shares_are_alike() -> None:
    random = np.random.default_rng(0)
    sets = {
        "a": with_heaviness(random.normal(0.08, 0.015, 3000), random.normal(0.11, 0.02, 1000)),
        "b": with_heaviness(random.normal(0.08, 0.015, 2000), random.normal(0.11, 0.02, 500)),
    }
    limit = fit_mesh_limit(sets)
    assert (limit["medium"], limit["heavy"]) == (5000, 1500)
    shares = limit["medium_called_heavy"] / 5000, limit["heavy_called_medium"] / 1500
    assert shares[0] == pytest.approx(shares[1], abs=0.01)
    assert 0.05 < shares[0] < 0.3


def test_a_mesh_photograph_without_a_heaviness_is_our_own_fault() -> None:
    with pytest.raises(BugError):
        fit_mesh_limit({"a": with_heaviness(np.array([0.1, np.nan]), np.array([0.2]))})


def test_photos_wrongly_told_to_have_lines_or_none_are_counted() -> None:
    some = with_heaviness(np.array([0.01, 0.02, 0.05]), np.array([0.2]), clean=[0.0, 0.005, 0.02, 0.03])
    limit = fit_mesh_limit({"a": some})
    assert (limit["clean_called_mesh"], limit["clean"], limit["medium_called_clean"]) == (2, 4, 1)
