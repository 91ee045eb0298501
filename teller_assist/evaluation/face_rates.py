"""What is said about the comparisons of one kind: two blocks of rates, the cost of the readings, claims against observations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from teller_assist.comparison.calibration import TARGET_FMRS, Calibration, MatedCounts, Threshold
from teller_assist.comparison.calibration_file import rate_body
from teller_assist.comparison.cllr import cllr, cllr_min
from teller_assist.comparison.error_rates import (
    GRID_STEPS_PER_UNIT,
    NonMatedGroup,
    NotStated,
    binomial_interval,
    comparisons_needed,
    grid_index_at_or_above,
    grid_score,
)
from teller_assist.comparison.fitting import CountedComparisons, mated_counts, non_mated_group, pass_rate_at
from teller_assist.comparison.llr import LlrTable
from teller_assist.decision.outcome import decide_outcome
from teller_assist.decision.policy import OutcomePolicy
from teller_assist.evidence.kinds import Outcome

# FMRs that a calibration may claim, checked against what is observed; a table of claims needs more than the policy's targets.
CLAIMED_FMRS = (1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5)
GROUP = "set"
WORST = "worst"
_DET_POINTS = 60


@dataclass(frozen=True)
class Observed:
    """What came of the comparisons of one kind, ready to be read at any threshold.

    Attributes
    ----------
    mated, non_mated
        None where there was no such comparison.
    """

    counted: CountedComparisons
    mated: MatedCounts | None
    non_mated: NonMatedGroup | None


def observe(counted: CountedComparisons, identities: int, *, identities_known: bool = True) -> Observed:
    """Turn counted comparisons into tables; ``identities_known`` is False where a person may occur under two names."""
    has_mated, has_non_mated = counted.mated[0].sum() >= 1, counted.non_mated[0].sum() >= 1
    return Observed(
        counted,
        mated_counts(counted, group=GROUP) if has_mated else None,
        non_mated_group(counted, name=GROUP, identities=identities, identities_known=identities_known) if has_non_mated else None,
    )


def block_at(observed: Observed, thresholds: Mapping[str, float | NotStated]) -> dict[str, Any]:
    """Return one block: per target FMR the threshold, what passes it, and how often strangers do.

    Parameters
    ----------
    thresholds
        Scores by target FMR as written ("1e-4"), or why there is none.
    """
    return {target: _entry(observed, threshold) for target, threshold in thresholds.items()}


def refitted_thresholds(development: Observed) -> dict[str, float | NotStated]:
    """Return the thresholds that development people of the set itself ask for, where they are enough to carry one."""
    found: dict[str, float | NotStated] = {}
    made = development.non_mated.table.comparisons if development.non_mated is not None else 0
    for target, fmr in TARGET_FMRS.items():
        needed = comparisons_needed(fmr)
        if development.non_mated is None or made < needed:
            found[target] = NotStated("too_few_comparisons", made, needed)
        else:
            found[target] = grid_score(development.non_mated.table.lowest_index_with_share(fmr))
    return found


def shipped_thresholds(calibration: Calibration) -> dict[str, float | NotStated]:
    """Return the thresholds of a calibration as it stands."""
    return {target: entry.score if isinstance(entry, Threshold) else entry for target, entry in calibration.thresholds.items()}


def absent_thresholds(why: str) -> dict[str, float | NotStated]:
    """Return "not stated" for every target."""
    return {target: NotStated(why, 0, 0) for target in TARGET_FMRS}


def not_stated_body(entry: NotStated) -> dict[str, Any]:
    """Return why a rate is not stated."""
    return {"stated": False, "why": entry.why, "comparisons": entry.comparisons, "comparisons_needed": entry.comparisons_needed}


def reading_costs(observed: Observed, readings: LlrTable | None) -> dict[str, Any]:
    """Return Cllr of a calibration's readings and the least that was possible, in bit; empty unless there are both kinds."""
    if observed.mated is None or observed.non_mated is None:
        return {}
    mated, non_mated = observed.counted.mated[0], observed.counted.non_mated[0]
    costs = {"cllr_min": cllr_min(mated, non_mated)}
    if readings is not None:
        costs["cllr"] = cllr(mated, non_mated, readings_on_grid(readings))
    return costs


def readings_on_grid(table: LlrTable) -> npt.NDArray[np.float64]:
    """Return the reading of every bin of the grid."""
    indices = range(-GRID_STEPS_PER_UNIT, GRID_STEPS_PER_UNIT + 1)
    return np.array([table.at(grid_score(index)).value for index in indices])


def claims_against_observations(observed: Observed, calibration: Calibration) -> list[dict[str, Any]]:
    """Return, for round claimed FMRs, the lowest score that claims no more, and the FMR observed there.

    Twice: as the calibration claims it (its worst group, for which these people need not stand), and for its first group alone.
    """
    if observed.non_mated is None:
        return []
    rows = []
    for group, table in ((WORST, calibration.groups), (calibration.groups[0].name, calibration.groups[:1])):
        for claimed in CLAIMED_FMRS:
            if max(one.table.comparisons for one in table) < comparisons_needed(claimed):
                continue
            index = max(one.table.lowest_index_with_share(claimed) for one in table)
            rate = observed.non_mated.fmr_at(grid_score(index))
            row = {"group": group, "claimed": claimed, "threshold": grid_score(index), "observed": rate_body(rate)}
            rows.append(row | ({"ratio": round(rate.value / claimed, 3)} if rate.errors else {}))
    return rows


def outcome_counts(
    observed: Observed, excused: Sequence[CountedComparisons], calibration: Calibration, policy: OutcomePolicy
) -> dict[str, dict[str, int]]:
    """Return how many comparisons the product would have told with which outcome; mated ones that failed are told apart.

    NON_MATCH of mated comparisons is the error that accuses an honest customer.

    Parameters
    ----------
    excused
        Those among them that are never told as NON_MATCH, each in one of the parts.
    """
    middles = (np.arange(-GRID_STEPS_PER_UNIT, GRID_STEPS_PER_UNIT + 1) + 0.5) / GRID_STEPS_PER_UNIT
    outcomes = np.array([decide_outcome(float(middle), calibration, policy).value for middle in middles])
    counted = {"mated": observed.counted.mated[0], "non_mated": observed.counted.non_mated[0]}
    found = {
        name: {outcome.value: int(counts[outcomes == outcome.value].sum()) for outcome in Outcome}
        for name, counts in counted.items()
    }
    for part in excused:
        for name, counts in (("mated", part.mated[0]), ("non_mated", part.non_mated[0])):
            spared = int(counts[outcomes == Outcome.NON_MATCH.value].sum())
            found[name][Outcome.NON_MATCH.value] -= spared
            found[name][Outcome.INCONCLUSIVE.value] += spared
    found["mated"]["not_assessable"] = observed.counted.mated_failed
    return found


def det_curve(observed: Observed) -> list[list[float]]:
    """Return points (FMR, FNMR with failures to acquire as rejects), strict thresholds first; empty without both kinds."""
    if observed.mated is None or observed.non_mated is None:
        return []
    table = observed.non_mated.table
    last = table.first_index + len(table.at_or_above)
    indices = range(table.first_index, last + 1)
    points = [(table.count(index) / table.comparisons, 1 - pass_rate_at(observed.mated, index).value) for index in indices]
    shares = np.geomspace(1 / table.comparisons, 1.0, _DET_POINTS)
    chosen = sorted({next(index for index, point in enumerate(points) if point[0] <= share) for share in shares}, reverse=True)
    return [[float(f"{points[index][0]:.4g}"), float(f"{points[index][1]:.4g}")] for index in chosen]


def _entry(observed: Observed, threshold: float | NotStated) -> dict[str, Any]:
    if isinstance(threshold, NotStated):
        return not_stated_body(threshold)
    body: dict[str, Any] = {"stated": True, "threshold": threshold}
    if observed.mated is not None:
        passed = pass_rate_at(observed.mated, grid_index_at_or_above(threshold))
        body |= {"pass_rate": passed.value, "pass_ci95": list(passed.ci95), "passed": passed.comparisons - passed.errors}
    elif observed.counted.mated_failed:  # nobody was found: none of them passes
        asked = observed.counted.mated_failed
        body |= {"pass_rate": 0.0, "pass_ci95": list(binomial_interval(0, asked)), "passed": 0}
    else:
        body["pass_rate"] = not_stated_body(NotStated("no_mated_comparisons", 0))
    if observed.non_mated is not None:
        fmr = observed.non_mated.fmr_at(threshold)
        body |= {
            "fmr_obtained": fmr.value, "fmr_bound": fmr.bound.value, "fmr_errors": fmr.errors,
            "fmr_comparisons": fmr.comparisons, "fmr_ci95": list(fmr.ci95),
        }  # fmt: skip
    else:
        body["fmr_obtained"] = not_stated_body(NotStated("no_non_mated_comparisons", 0))
    return body
