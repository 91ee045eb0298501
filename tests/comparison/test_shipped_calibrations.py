"""The calibrations that ship: whoever changes one sees here what a calibration promises."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from teller_assist.app import Installation
from teller_assist.comparison.calibration import TARGET_FMRS, Calibration, Threshold
from teller_assist.comparison.calibration_file import calibration_path
from teller_assist.comparison.error_rates import (
    GRID_STEPS_PER_UNIT,
    Bound,
    NotStated,
    comparisons_needed,
    grid_index_at_or_below,
    grid_score,
    worst_threshold_index,
)
from teller_assist.comparison.llr import carried_range
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.settings.home import installation_root

MODEL_ID = "sface-2021dec"
ROOT = installation_root()
SHIPPED = sorted(path.stem for path in (ROOT / "config" / "calibration" / MODEL_ID).glob("*.json"))
REQUIRED = [
    *("live-chip", "live-mesh", "live-mesh_heavy", "live-clean", "live-recapture", "live-archive"),
    *("chip-mesh", "chip-mesh_heavy", "chip-clean"),
]


def pair_of(name: str) -> tuple[PhotoKind, PhotoKind]:
    probe, _, reference = name.partition("-")
    return PhotoKind(probe), PhotoKind(reference)


@pytest.fixture(params=SHIPPED)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def calibration(name: str, installation: Installation) -> Calibration:
    """Opened as the running program opens it: pins, model and pipeline checked."""
    return installation.calibrations.find(*pair_of(name))


@pytest.fixture
def provenance(name: str) -> dict[str, Any]:
    found = json.loads((ROOT / calibration_path(MODEL_ID, *pair_of(name))).read_text(encoding="utf-8"))["provenance"]
    assert isinstance(found, dict)
    return found


def stated(calibration: Calibration) -> dict[str, Threshold]:
    return {target: entry for target, entry in calibration.thresholds.items() if isinstance(entry, Threshold)}


def test_it_is_for_what_runs_and_says_that_it_is_the_factorys(
    calibration: Calibration, name: str, provenance: dict[str, Any]
) -> None:
    assert calibration.scope == "factory"
    assert calibration.calibration_id == f"{MODEL_ID}/{name}/{provenance['date']}"
    assert provenance["author"]
    assert "simulated" in provenance["data"]
    assert isinstance(provenance["seed"], int)


def test_the_worst_of_three_groups_of_people_counts(calibration: Calibration) -> None:
    groups = {group.name: group.identities_known for group in calibration.groups}
    assert groups == {"lfw_dev": True, "asian_f": False, "asian_m": False}
    assert calibration.groups[0].name == calibration.mated.group == "lfw_dev"


def test_thresholds_rise_and_pass_rates_fall_with_the_target(calibration: Calibration) -> None:
    found = list(stated(calibration).values())
    assert found
    for lower, higher in pairwise(found):
        assert lower.score < higher.score
        assert lower.first_group_score <= higher.first_group_score
        assert lower.pass_rate.value >= higher.pass_rate.value
        assert lower.first_group_pass_rate.value >= higher.first_group_pass_rate.value
    for entry in found:
        assert entry.first_group_score <= entry.score
        assert entry.first_group_pass_rate.value >= entry.pass_rate.value


def test_no_group_observes_more_than_the_target_at_its_threshold(calibration: Calibration) -> None:
    for target, entry in stated(calibration).items():
        for group in calibration.groups:
            observed = group.fmr_at(entry.score)
            assert observed.errors <= TARGET_FMRS[target] * observed.comparisons, (target, group.name)


def test_every_threshold_is_the_lowest_that_the_worst_group_allows(calibration: Calibration) -> None:
    for target, fmr in TARGET_FMRS.items():
        entry, expected = calibration.thresholds[target], worst_threshold_index(calibration.groups, fmr)
        if isinstance(expected, NotStated):
            assert entry == expected
            continue
        assert isinstance(entry, Threshold)
        index, group = expected
        assert (entry.score, entry.group) == (grid_score(index), group.name)
        carried = group.identities_known and group.table.comparisons >= comparisons_needed(fmr)
        assert entry.bound is (Bound.ESTIMATE if carried else Bound.UPPER)
        one_step_lower = [one.fmr_at(grid_score(index - 1)) for one in calibration.groups]
        assert any(rate.errors > fmr * rate.comparisons for rate in one_step_lower)


def test_pass_rates_are_those_of_the_mated_counts(calibration: Calibration) -> None:
    mated = calibration.mated
    asked = mated.table.comparisons + mated.failed_to_acquire
    for entry in stated(calibration).values():
        passed = mated.table.count(grid_index_at_or_below(entry.score))
        assert (entry.pass_rate.comparisons, entry.pass_rate.errors) == (asked, asked - passed)
        assert entry.pass_rate.value == pytest.approx(passed / asked)
        assert entry.pass_rate.ci95[0] <= entry.pass_rate.value <= entry.pass_rate.ci95[1]


def test_the_counts_are_those_of_the_photographs_that_were_measured(
    calibration: Calibration, name: str, provenance: dict[str, Any]
) -> None:
    acquired = {
        group: [entry["of"] - sum(count for reason, count in entry.items() if reason != "of") for entry in kinds.values()]
        for group, kinds in provenance["failures_to_acquire"].items()
    }
    assert set(acquired) == {group.name for group in calibration.groups}
    for group in calibration.groups:
        probes, references = acquired[group.name]
        made = group.table.comparisons + (calibration.mated.table.comparisons if group.name == "lfw_dev" else 0)
        assert made <= probes * references
        assert made >= probes * references - max(probes, references), "only renderings of one photograph are left out"


def test_the_reading_rises_with_the_score_and_stays_in_what_the_counts_carry(calibration: Calibration) -> None:
    readings = [calibration.llr_at(index / 100) for index in range(-100, 101)]
    values = [reading.value for reading in readings]
    assert values == sorted(values)
    assert values[0] < 0 < values[-1]
    smallest = min(group.table.comparisons for group in calibration.groups)
    low, high = carried_range(calibration.mated.table.comparisons, smallest)
    assert [calibration.llr.low, calibration.llr.high] == pytest.approx([low, high], abs=1e-4)
    for reading in readings:
        assert reading.ci95[0] <= reading.value <= reading.ci95[1]


def test_no_reading_claims_more_than_passes_at_some_threshold_up_to_its_score(calibration: Calibration) -> None:
    """For every group: how much more often mated than non-mated comparisons pass, at the best threshold so far."""
    mated = calibration.mated.table
    strongest = {group.name: 0.0 for group in calibration.groups}
    for index in range(-GRID_STEPS_PER_UNIT, GRID_STEPS_PER_UNIT):
        passed = mated.count(index) / mated.comparisons
        for group in calibration.groups:
            falsely = (group.table.count(index) + 1) / (group.table.comparisons + 1)
            if passed > 0:
                strongest[group.name] = max(strongest[group.name], math.log(passed / falsely))
        assert calibration.llr_at(grid_score(index)).value <= min(strongest.values()) + 0.01


def test_rates_move_one_way_with_the_score(calibration: Calibration) -> None:
    scores = [index / 250 for index in range(-250, 251)]
    misses = [calibration.fnmr_at(score).errors for score in scores]
    assert misses == sorted(misses)
    for group in calibration.groups:
        errors = [group.fmr_at(score).errors for score in scores]
        assert errors == sorted(errors, reverse=True)


def test_no_number_in_a_file_is_missing_or_none(name: str) -> None:
    text = (ROOT / calibration_path(MODEL_ID, *pair_of(name))).read_text(encoding="utf-8")
    json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))
    assert text.endswith("}\n")
    assert all(math.isfinite(number) for number in _numbers(json.loads(text)))


def _numbers(value: Any) -> list[float]:
    if isinstance(value, dict | list):
        children = value.values() if isinstance(value, dict) else value
        return [number for child in children for number in _numbers(child)]
    return [value] if isinstance(value, int | float) else []


def test_every_promised_pair_of_photo_kinds_has_its_calibration() -> None:
    assert [name for name in REQUIRED if name not in SHIPPED] == []


def test_the_page_of_figures_says_what_the_files_say(name: str, calibration: Calibration) -> None:
    page = Path(ROOT / "docs" / "figures" / "factory_calibration.json")
    rows = {row["calibration_id"]: row for row in json.loads(page.read_text(encoding="utf-8"))["calibrations"]}
    row = rows[calibration.calibration_id]
    assert row["mated"] == calibration.mated.table.comparisons
    assert row["non_mated"] == {group.name: group.table.comparisons for group in calibration.groups}
    for target, entry in stated(calibration).items():
        assert row["thresholds"][target]["score"] == entry.score
        assert row["thresholds"][target]["pass_rate"]["value"] == entry.pass_rate.value
