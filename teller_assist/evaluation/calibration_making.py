"""From counted comparisons of one pair of photo kinds to a calibration; the factory's and a bank's are made alike."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from teller_assist.comparison.calibration import TARGET_FMRS, Calibration
from teller_assist.comparison.fitting import CountedComparisons, fit_llr, fit_thresholds, mated_counts, non_mated_group
from teller_assist.evidence.kinds import PhotoKind


@dataclass(frozen=True)
class RunningPipeline:
    """What the features were measured with."""

    model_id: str
    model_sha256: str
    pipeline_sha256: str


@dataclass(frozen=True)
class CountedGroup:
    """All comparisons within one group of people.

    Attributes
    ----------
    identities_known
        False where nobody knows whether a person occurs twice.
    """

    name: str
    counts: CountedComparisons
    identities: int
    identities_known: bool


def make_calibration(
    pair: tuple[PhotoKind, PhotoKind],
    groups: Sequence[CountedGroup],
    pipeline: RunningPipeline,
    *,
    scope: str,
    today: datetime.date,
    camera: str = "",
) -> Calibration:
    """Fit one calibration by the worst group.

    Parameters
    ----------
    groups
        The first has the mated comparisons; of the others only the non-mated ones count.
    scope
        "factory" or "bank".
    camera
        Id of the camera plugin that took the live photographs; "" where nobody said.

    Raises
    ------
    SetError
        "set_too_small": the first group has no mated comparison, or a group no non-mated one.
    """
    first, *others = groups
    probe_kind, reference_kind = pair
    mated = mated_counts(first.counts, group=first.name)
    non_mated = tuple(
        non_mated_group(one.counts, name=one.name, identities=one.identities, identities_known=one.identities_known)
        for one in groups
    )
    return Calibration(
        calibration_id=f"{pipeline.model_id}/{probe_kind}-{reference_kind}/{today.isoformat()}",
        scope=scope,
        model_id=pipeline.model_id,
        model_sha256=pipeline.model_sha256,
        pipeline_sha256=pipeline.pipeline_sha256,
        probe_kind=probe_kind,
        reference_kind=reference_kind,
        groups=non_mated,
        mated=mated,
        llr=fit_llr(first.counts, [one.counts for one in others]),
        thresholds=fit_thresholds(non_mated, mated, TARGET_FMRS),
        camera=camera,
    )
