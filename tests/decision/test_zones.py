from __future__ import annotations

from collections.abc import Callable

import pytest

from teller_assist.app import Installation
from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.error_rates import GRID_STEPS_PER_UNIT
from teller_assist.decision.outcome import decide_outcome
from teller_assist.decision.policy import OutcomePolicy
from teller_assist.decision.zones import outcome_zones
from teller_assist.evidence.kinds import Outcome, PhotoKind

POLICY = OutcomePolicy("1e-4", 0.02)


def assert_no_reading_beyond_a_boundary_has_another_outcome(calibration: Calibration) -> None:
    zones = outcome_zones(calibration, POLICY)
    assert zones.match_from is not None
    assert zones.non_match_until is not None
    for index in range(-GRID_STEPS_PER_UNIT, GRID_STEPS_PER_UNIT + 1):
        score = index / GRID_STEPS_PER_UNIT
        reading, outcome = calibration.llr_at(score).value, decide_outcome(score, calibration, POLICY)
        if outcome is Outcome.MATCH:
            assert reading >= zones.match_from
        elif outcome is Outcome.NON_MATCH:
            assert reading <= zones.non_match_until
        else:
            assert zones.non_match_until <= reading <= zones.match_from


def test_the_zones_agree_with_the_outcome_at_every_score(make_calibration: Callable[..., Calibration]) -> None:
    assert_no_reading_beyond_a_boundary_has_another_outcome(make_calibration())


def test_too_few_comparisons_leave_no_zone_but_the_middle_one(make_calibration: Callable[..., Calibration]) -> None:
    few = make_calibration(mated=40, groups=(("first", True, 300, 0.05, 0.1),))
    assert not isinstance(few.thresholds["1e-5"], Threshold)
    zones = outcome_zones(few, OutcomePolicy("1e-5", 0.02))
    assert (zones.non_match_until, zones.match_from) == (None, None)


@pytest.mark.parametrize("kind", [PhotoKind.CHIP, PhotoKind.MESH, PhotoKind.MESH_HEAVY, PhotoKind.ARCHIVE])
def test_shipped_calibrations_have_their_zones_in_order_on_the_axis(installation: Installation, kind: PhotoKind) -> None:
    calibration = installation.calibrations.find(PhotoKind.LIVE, kind)
    zones = outcome_zones(calibration, installation.policy.outcome)
    assert zones.non_match_until is not None
    assert zones.match_from is not None
    assert zones.axis_low <= zones.non_match_until <= zones.match_from <= zones.axis_high
    assert_no_reading_beyond_a_boundary_has_another_outcome(calibration)
