"""What one comparison score means for one pair of photographs."""

from __future__ import annotations

from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.error_rates import RULE_OF_3
from teller_assist.decision.policy import OutcomePolicy
from teller_assist.evidence.kinds import Outcome


def decide_outcome(score: float, calibration: Calibration, policy: OutcomePolicy) -> Outcome:
    """Return MATCH, NON_MATCH or INCONCLUSIVE for a calibrated score.

    MATCH at or above the threshold for the policy's target FMR. NON_MATCH where hardly any mated comparison scores so low and the
    whole interval of the reading against a stranger speaks for a stranger: "different persons" never stands beside evidence that
    favours neither. "Cannot tell" lies between and wherever the counts carry neither statement; it is an outcome like the others.
    """
    threshold = calibration.thresholds.get(policy.target_fmr)
    if not isinstance(threshold, Threshold):
        return Outcome.INCONCLUSIVE
    if score >= threshold.score:
        return Outcome.MATCH
    # No count shows less than 3/N: without that floor one error in few comparisons would claim more than none (rule of 3).
    fnmr = calibration.fnmr_at(score)
    hardly_anyone = max(fnmr.value, RULE_OF_3 / fnmr.comparisons) <= policy.non_match_fnmr_max
    speaks_for_a_stranger = calibration.llr_at(score).ci95[1] < 0
    return Outcome.NON_MATCH if hardly_anyone and speaks_for_a_stranger else Outcome.INCONCLUSIVE
