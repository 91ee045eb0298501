"""Where the outcome's zones lie on the gauge's axis."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.error_rates import GRID_STEPS_PER_UNIT
from teller_assist.decision.outcome import decide_outcome
from teller_assist.decision.policy import OutcomePolicy
from teller_assist.evidence.kinds import Outcome


@dataclass(frozen=True)
class OutcomeZones:
    """The gauge's axis: natural logarithm of the likelihood ratio, positive speaks for the same person.

    A calibration's readings rise in steps while the outcome follows the score: on a boundary itself lie INCONCLUSIVE scores, too.

    Attributes
    ----------
    non_match_until
        Readings below are NON_MATCH, none above is; None where the counts carry no such statement.
    match_from
        Readings above are MATCH, none below is; None where the calibration states no threshold for the policy's FMR.
    axis_low, axis_high
        All that the counts can carry.
    """

    non_match_until: float | None
    match_from: float | None
    axis_low: float
    axis_high: float


def outcome_zones(calibration: Calibration, policy: OutcomePolicy) -> OutcomeZones:
    """Return the zones that one calibration and policy make.

    Scores are searched on the grid of the calibration, so that no reading beyond a boundary has another outcome.
    """
    threshold = calibration.thresholds.get(policy.target_fmr)
    match_from = calibration.llr_at(threshold.score).value if isinstance(threshold, Threshold) else None
    low, high = -GRID_STEPS_PER_UNIT, GRID_STEPS_PER_UNIT
    if decide_outcome(low / GRID_STEPS_PER_UNIT, calibration, policy) is not Outcome.NON_MATCH:
        return OutcomeZones(None, match_from, calibration.llr.low, calibration.llr.high)
    while high - low > 1:  # NON_MATCH never follows INCONCLUSIVE as the score rises
        middle = (low + high) // 2
        is_non_match = decide_outcome(middle / GRID_STEPS_PER_UNIT, calibration, policy) is Outcome.NON_MATCH
        low, high = (middle, high) if is_non_match else (low, middle)
    boundary = calibration.llr_at(low / GRID_STEPS_PER_UNIT).value
    return OutcomeZones(boundary, match_from, calibration.llr.low, calibration.llr.high)
