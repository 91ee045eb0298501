from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.app import Installation
from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.error_rates import NotStated
from teller_assist.decision.outcome import EXCUSING_ADVICE, decide_outcome, outcome_as_photographed
from teller_assist.decision.policy import OutcomePolicy
from teller_assist.evidence.kinds import Outcome, PhotoKind

Make = Callable[..., Calibration]
POLICY = OutcomePolicy("1e-4", 0.02)
ORDER = [Outcome.NON_MATCH, Outcome.INCONCLUSIVE, Outcome.MATCH]
POLICIES = st.builds(OutcomePolicy, st.sampled_from(["1e-3", "1e-4", "1e-5"]), st.floats(0.001, 0.5))


def threshold_of(calibration: Calibration, target: str = "1e-4") -> float:
    entry = calibration.thresholds[target]
    assert isinstance(entry, Threshold)
    return entry.score


@given(st.floats(-1, 1), st.floats(-1, 1), st.sampled_from([40, 120, 170, 2_000, 50_000]), POLICIES)
def test_a_higher_score_never_gives_a_worse_outcome(
    make_calibration: Make, one: float, other: float, mated: int, policy: OutcomePolicy
) -> None:
    calibration = make_calibration(mated=mated)
    lower, higher = sorted((one, other))
    outcomes = [decide_outcome(score, calibration, policy) for score in (lower, higher)]
    assert ORDER.index(outcomes[0]) <= ORDER.index(outcomes[1])


def test_at_the_threshold_it_is_a_match_and_below_it_is_not(make_calibration: Make) -> None:
    calibration = make_calibration()
    threshold = threshold_of(calibration)
    assert decide_outcome(threshold, calibration, POLICY) is Outcome.MATCH
    assert decide_outcome(math.nextafter(threshold, -1), calibration, POLICY) is not Outcome.MATCH


def test_all_three_outcomes_occur_in_their_order(make_calibration: Make) -> None:
    calibration = make_calibration()
    outcomes = [decide_outcome(index / 500, calibration, POLICY) for index in range(-500, 501)]
    assert list(dict.fromkeys(outcomes)) == ORDER
    first_match = outcomes.index(Outcome.MATCH)
    assert (first_match - 500) / 500 == threshold_of(calibration)


def test_a_non_match_is_a_score_that_hardly_any_mated_comparison_has(make_calibration: Make) -> None:
    calibration = make_calibration()
    for index in range(-500, 501):
        if decide_outcome(index / 500, calibration, POLICY) is Outcome.NON_MATCH:
            assert calibration.fnmr_at(index / 500).value <= POLICY.non_match_fnmr_max


@pytest.mark.full
def test_different_persons_is_never_said_where_the_reading_favours_neither(
    installation: Installation, make_calibration: Make
) -> None:
    shelf = installation.calibrations
    shipped = [shelf.find(PhotoKind.LIVE, kind) for kind in (PhotoKind.CHIP, PhotoKind.MESH, PhotoKind.CLEAN, PhotoKind.ARCHIVE)]
    for calibration in (*shipped, make_calibration()):
        outcomes = {index: decide_outcome(index / 500, calibration, POLICY) for index in range(-500, 501)}
        said = [index for index, outcome in outcomes.items() if outcome is Outcome.NON_MATCH]
        assert said
        assert all(calibration.llr_at(index / 500).ci95[1] < 0 for index in said)


@given(st.floats(-1, 1))
def test_a_threshold_that_is_not_stated_never_decides(make_calibration: Make, score: float) -> None:
    calibration = make_calibration(groups=[("g", True, 40_000, 0.05, 0.1)])
    assert isinstance(calibration.thresholds["1e-4"], NotStated)
    assert decide_outcome(score, calibration, POLICY) is Outcome.INCONCLUSIVE
    assert decide_outcome(score, replace(calibration, thresholds={}), POLICY) is Outcome.INCONCLUSIVE


@given(st.floats(-1, 1))
def test_few_mated_comparisons_never_carry_a_non_match(make_calibration: Make, score: float) -> None:
    """No error in 100 shows an FNMR below 3 %, not below 2 %."""
    assert decide_outcome(score, make_calibration(mated=100), POLICY) is not Outcome.NON_MATCH


@given(st.floats(-1, 1))
def test_a_stricter_target_never_adds_a_match(make_calibration: Make, score: float) -> None:
    calibration = make_calibration(groups=[("g", True, 4_000_000, 0.05, 0.1)])
    outcomes = [decide_outcome(score, calibration, OutcomePolicy(target, 0.02)) for target in ("1e-5", "1e-4", "1e-3")]
    matched = [outcome is Outcome.MATCH for outcome in outcomes]
    assert matched == sorted(matched)


@pytest.mark.parametrize(("target", "expected"), [("1e-3", Outcome.MATCH), ("1e-5", Outcome.INCONCLUSIVE)])
def test_the_policy_chooses_the_target(make_calibration: Make, target: str, expected: Outcome) -> None:
    calibration = make_calibration(groups=[("g", True, 4_000_000, 0.05, 0.1)])
    between = (threshold_of(calibration, "1e-3") + threshold_of(calibration, "1e-5")) / 2
    assert decide_outcome(between, calibration, OutcomePolicy(target, 0.01)) is expected


@pytest.mark.parametrize(
    ("probe_advice", "reference_advice"),
    [*(((code, "too_dark"), ()) for code in sorted(EXCUSING_ADVICE)), ((), ("aligned_by_layout",))],
)
def test_nobody_is_told_to_be_another_person_beside_an_excuse(
    probe_advice: tuple[str, ...], reference_advice: tuple[str, ...]
) -> None:
    told = [outcome_as_photographed(outcome, probe_advice, reference_advice) for outcome in ORDER]
    assert told == [Outcome.INCONCLUSIVE, Outcome.INCONCLUSIVE, Outcome.MATCH]


def test_other_advice_and_an_excuse_on_the_other_side_change_nothing() -> None:
    assert [outcome_as_photographed(outcome, ("aligned_by_layout",), sorted(EXCUSING_ADVICE)) for outcome in ORDER] == ORDER
