"""What one comparison score means for one pair of photographs."""

from __future__ import annotations

from collections.abc import Collection

from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.error_rates import RULE_OF_3
from teller_assist.decision.policy import OutcomePolicy
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.measurements import ADVICE_BY_LAYOUT, ADVICE_TURNED

# Advice about the probe beside which nobody is told to be another person. Simulated, at the scores that say so to 1.9 % of honest
# customers otherwise: 8.1 % with a mask, 6.3 % at odd angles, 1.4 to 2.1 % on a side or on the head.
EXCUSING_ADVICE = frozenset({"mouth_covered", "head_tilted", ADVICE_TURNED})


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


def outcome_as_photographed(outcome: Outcome, probe_advice: Collection[str], reference_advice: Collection[str]) -> Outcome:
    """Return what may be told of it: a covered mouth, a turned head or a face that was not seen makes nobody another person.

    Parameters
    ----------
    outcome
        By the score alone.
    probe_advice, reference_advice
        Codes of the wording group ``advice`` about each photograph.
    """
    excused = not EXCUSING_ADVICE.isdisjoint(probe_advice) or ADVICE_BY_LAYOUT in reference_advice
    return Outcome.INCONCLUSIVE if excused and outcome is Outcome.NON_MATCH else outcome
