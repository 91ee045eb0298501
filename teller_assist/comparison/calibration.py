"""What a comparison score means: one calibration per model, probe kind and reference kind. The only home of score thresholds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from teller_assist.comparison.error_rates import (
    RULE_OF_3,
    Bound,
    CountTable,
    NonMatedGroup,
    NotStated,
    StatedRate,
    grid_index_at_or_above,
    worst_fmr,
)
from teller_assist.comparison.llr import LlrReading, LlrTable
from teller_assist.evidence.kinds import PhotoKind

# The FMRs for which thresholds are fitted and printed, as written in policy, calibrations and answers.
TARGET_FMRS = {"1e-3": 1e-3, "1e-4": 1e-4, "1e-5": 1e-5}

# How often identical twins pass a threshold at FMR 1e-4, for three algorithms of others (NIST FRTE twins, 2026-08):
# the lowest and the highest. Never narrower: nothing was measured on twins here.
TWIN_PASS_RATES = (0.911, 0.994)


@dataclass(frozen=True)
class Threshold:
    """A score at or above which no group observed more than the target FMR.

    Attributes
    ----------
    score
        On the grid of the count tables.
    fmr
        What was observed at this score in the group that asks for it, with its counts; an upper bound where that group has no
        identities or is too small to state the target.
    pass_rate
        Mated comparisons at or above it, failures to acquire counted as rejected.
    first_group_score, first_group_pass_rate
        What it would be for the first group alone: the cost of protecting the others stands beside it.
    """

    score: float
    fmr: StatedRate
    pass_rate: StatedRate
    first_group_score: float
    first_group_pass_rate: StatedRate

    @property
    def group(self) -> str:
        """The group that asks for it."""
        return self.fmr.group

    @property
    def bound(self) -> Bound:
        """How the FMR at it is to be read."""
        return self.fmr.bound


@dataclass(frozen=True)
class MatedCounts:
    """Mated comparisons: those made, and those that failed because a face could not be acquired."""

    identities: int
    table: CountTable
    failed_to_acquire: int
    group: str

    def fnmr_at(self, score: float) -> StatedRate:
        """Return the share of mated comparisons below a score (rounded up to the grid), of those that were made."""
        index = grid_index_at_or_above(score)
        comparisons = self.table.comparisons
        errors = comparisons - self.table.count(index)
        low, high = self.table.share_ci95(index)
        ci95 = (1.0 - high, 1.0 - low)
        if errors == 0:
            return StatedRate(min(1.0, RULE_OF_3 / comparisons), Bound.UPPER, 0, comparisons, (0.0, ci95[1]), self.group)
        return StatedRate(errors / comparisons, Bound.ESTIMATE, errors, comparisons, ci95, self.group)


@dataclass(frozen=True)
class Calibration:
    """One calibration file.

    Attributes
    ----------
    calibration_id
        model / probe kind - reference kind / date.
    scope
        "factory" (research photographs, photo kinds simulated) or "bank" (the bank's own customers).
    pipeline_sha256
        The pipeline whose scores it was counted on; another pipeline's scores mean something else.
    groups
        Non-mated comparisons per group of people.
    thresholds
        By target FMR as written in the policy ("1e-3", "1e-4", "1e-5").
    camera
        Id of the camera plugin that took the live photographs; "" where nobody said.
    """

    calibration_id: str
    scope: str
    model_id: str
    model_sha256: str
    pipeline_sha256: str
    probe_kind: PhotoKind
    reference_kind: PhotoKind
    groups: tuple[NonMatedGroup, ...]
    mated: MatedCounts
    llr: LlrTable
    thresholds: Mapping[str, Threshold | NotStated]
    camera: str = ""

    def fmr_at(self, score: float) -> StatedRate:
        """Return the FMR of the worst group if this score were the threshold."""
        return worst_fmr(self.groups, score)

    def fnmr_at(self, score: float) -> StatedRate:
        """Return the FNMR if this score were the threshold."""
        return self.mated.fnmr_at(score)

    def llr_at(self, score: float) -> LlrReading:
        """Return the reading against a stranger."""
        return self.llr.at(score)


def relative_band(pass_rate: float) -> tuple[float, float]:
    """Return the reading against a close relative on a pass: (low, high), natural logarithm.

    It is near zero: an identical twin passes almost as often as the person. Published figures of other algorithms,
    never narrower.
    """
    low, high = (math.log(pass_rate / twin) for twin in reversed(TWIN_PASS_RATES))
    return low, high
