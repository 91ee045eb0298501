"""``evaluate face``: error rates of face comparison on a set of photographs, people of one split, thresholds from others."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from teller_assist.comparison.calibration import Calibration
from teller_assist.comparison.calibration_shelf import CalibrationShelf
from teller_assist.comparison.error_rates import NotStated
from teller_assist.decision.policy import OutcomePolicy
from teller_assist.errors import CalibrationMismatchError, CalibrationMissingError
from teller_assist.evaluation.contact_sheet import PickedComparisons, pick_comparisons
from teller_assist.evaluation.face_protocol import (
    Comparisons,
    MatedScores,
    Protocol,
    RowTest,
    compare,
    counted_rows,
    excused_comparisons,
    mated_scores,
    plan_protocol,
    rows_to_measure,
)
from teller_assist.evaluation.face_rates import (
    Observed,
    absent_thresholds,
    block_at,
    claims_against_observations,
    det_curve,
    observe,
    outcome_counts,
    reading_costs,
    refitted_thresholds,
    shipped_thresholds,
)
from teller_assist.evaluation.feature_sets import MeasuredSet, MeasuringSetup, measure_set
from teller_assist.evaluation.line_shape_rates import line_shape_rates
from teller_assist.evaluation.quality_rejects import JudgedPairs, error_versus_reject
from teller_assist.evaluation.sets import EvaluationSet, SetRow, Split
from teller_assist.evidence.kinds import PhotoKind

POLICY_TARGET = "1e-4"  # the FMR at which conditions, groups and the quality curve are read

MESH_KINDS = (PhotoKind.MESH, PhotoKind.MESH_HEAVY)

Thresholds = dict[str, float | NotStated]


@dataclass(frozen=True)
class FaceOrder:
    """What to evaluate.

    Attributes
    ----------
    kinds
        Reference kinds; all of the set when None.
    model_id
        Of the recogniser that runs.
    policy
        What makes an outcome of a score.
    excusing
        Values of quality components below which a probe is never told to be another person's, by their names.
    """

    split: Split
    kinds: frozenset[PhotoKind] | None
    model_id: str
    policy: OutcomePolicy
    excusing: Mapping[str, int]


@dataclass(frozen=True)
class KindResult:
    """One reference kind, evaluated.

    Attributes
    ----------
    set_dev
        Thresholds from the set's development people; None where it has none.
    shipped
        Thresholds of the calibration that ships.
    """

    comparisons: Comparisons
    observed: Observed
    calibration: Calibration | None
    order: FaceOrder
    set_dev: Thresholds | None
    shipped: Thresholds


@dataclass(frozen=True)
class FaceEvaluation:
    """What an evaluation leaves.

    Attributes
    ----------
    body
        Of an evaluate-face/1 document.
    picked
        Per mesh kind, comparisons worth looking at.
    """

    body: dict[str, Any]
    picked: dict[str, PickedComparisons]


def evaluate_face(
    the_set: EvaluationSet,
    order: FaceOrder,
    setup: MeasuringSetup,
    shelf: CalibrationShelf,
    cache: Path,
    progress: Callable[[str], None],
) -> FaceEvaluation:
    """Evaluate one set.

    Parameters
    ----------
    cache
        Folder of measured features; biometric data.
    progress
        Gets lines.

    Raises
    ------
    SetError
        The set holds nothing to compare.
    CalibrationMismatchError
        The back-end is not the one that shipped for this model.
    ResourceError
        The cache cannot be written.
    """
    started_s = time.monotonic()
    protocol = plan_protocol(the_set, order.split, order.kinds)
    measured = measure_set(rows_to_measure(the_set, protocol), setup, cache, progress).behind(shelf.back_end())
    rows_that_count = counted_rows(the_set, protocol)
    counted = measured.select(lambda row: row in rows_that_count)
    results = []
    for kind in protocol.reference_kinds:
        progress(f"compare {protocol.probe_kind} with {kind}")
        results.append(_kind_result(counted, protocol, kind, shelf, order))
    conditions = _conditions(measured, protocol, results)
    body = {
        "set": _set_body(the_set, order.split, counted),
        "split": order.split.value,
        "thresholds_fitted_on_the_same_people": order.split is Split.DEV,
        "model_id": order.model_id,
        "pipeline_sha256": shelf.pipeline_sha256,
        "probe_kind": protocol.probe_kind.value,
        "probes": _acquisition(results[0].comparisons.probes),
        "kinds": {
            result.comparisons.kind.value: _kind_body(result) | _with_lines(counted, protocol, result) for result in results
        },
        "conditions": conditions,
        "line_shapes": line_shape_rates(conditions, POLICY_TARGET),
        "groups": _groups(counted, protocol, results),
        "quality": _quality(results),
        "wall_s": round(time.monotonic() - started_s, 1),
        "features_from_cache": measured.from_cache,
    }
    meshes = [result for result in results if result.comparisons.kind in MESH_KINDS]
    return FaceEvaluation(body, {result.comparisons.kind.value: _picked(result) for result in meshes})


def _set_body(the_set: EvaluationSet, split: Split, counted: MeasuredSet) -> dict[str, Any]:
    in_split = the_set.select(split=split)
    return {
        "images_csv_sha256": the_set.images_csv_sha256,
        "images": len(in_split),
        "identities": len({row.identity for row in in_split}),
        "measured": sum(row.split is split for row in counted.rows),
    }


def _kind_result(
    measured: MeasuredSet, protocol: Protocol, kind: PhotoKind, shelf: CalibrationShelf, order: FaceOrder
) -> KindResult:
    comparisons, observed = _observed(measured, protocol, kind, lambda row: row.split is protocol.split)
    set_dev = None
    if any(row.split is Split.DEV and row.kind is kind for row in measured.rows):
        set_dev = refitted_thresholds(_observed(measured, protocol, kind, lambda row: row.split is Split.DEV)[1])
    calibration, shipped = None, absent_thresholds("no_calibration")
    try:
        # A set without live photographs is judged as if its probes were: nothing is calibrated for two archive photographs.
        calibration = shelf.factory(PhotoKind.LIVE, kind)
        shipped = shipped_thresholds(calibration)
    except CalibrationMissingError:
        pass  # said in the block: nothing is stated, for want of a calibration
    except CalibrationMismatchError:
        shipped = absent_thresholds("calibration_mismatch")
    return KindResult(comparisons, observed, calibration, order, set_dev, shipped)


def _observed(
    measured: MeasuredSet, protocol: Protocol, kind: PhotoKind, probe: RowTest, reference: RowTest | None = None
) -> tuple[Comparisons, Observed]:
    comparisons = compare(measured, protocol, kind, probe, reference or probe)
    people = {row.identity for row in comparisons.probes.rows + comparisons.references.rows}
    # Where nobody is shown twice, nobody can tell whether a person stands in the set under two names.
    known = comparisons.counted.mated[0].sum() >= 1 or comparisons.counted.mated_failed >= 1
    return comparisons, observe(comparisons.counted, len(people), identities_known=known)


def _kind_body(result: KindResult) -> dict[str, Any]:
    body = _counts(result.comparisons, result.observed) | _blocks(result.observed, result.set_dev, result.shipped)
    body |= reading_costs(result.observed, result.calibration.llr if result.calibration is not None else None)
    if result.calibration is not None:
        body["calibration_id"] = result.calibration.calibration_id
        body["claims"] = claims_against_observations(result.observed, result.calibration)
    body |= _outcomes(result, result.comparisons, result.observed)
    body["det"] = det_curve(result.observed)
    body["scores"] = _score_counts(result.observed)
    return body


def _with_lines(measured: MeasuredSet, protocol: Protocol, result: KindResult) -> dict[str, Any]:
    """Return the same rates with the meshes left in, at thresholds fitted in the same way: what their removal gains."""
    kind = result.comparisons.kind
    if kind not in MESH_KINDS:
        return {}
    left_in = measured.select(lambda row: row.kind in (protocol.probe_kind, kind)).with_lines_left_in()
    comparisons, observed = _observed(left_in, protocol, kind, lambda row: row.split is protocol.split)
    set_dev = None
    if result.set_dev is not None:
        set_dev = refitted_thresholds(_observed(left_in, protocol, kind, lambda row: row.split is Split.DEV)[1])
    return {"with_lines": _counts(comparisons, observed) | _blocks(observed, set_dev, result.shipped)}


def _picked(result: KindResult) -> PickedComparisons:
    threshold = _policy_threshold(result)
    return pick_comparisons(result.comparisons, np.inf if isinstance(threshold, NotStated) else threshold)


def _policy_threshold(result: KindResult) -> float | NotStated:
    """Return the threshold at the policy's target: the set's own, or where it says nothing the one that ships."""
    threshold = (result.set_dev or result.shipped)[POLICY_TARGET]
    return result.shipped[POLICY_TARGET] if isinstance(threshold, NotStated) else threshold


def _outcomes(result: KindResult, comparisons: Comparisons, observed: Observed) -> dict[str, Any]:
    """Return what the product would have told of comparisons of this kind; nothing without a calibration."""
    if result.calibration is None:
        return {}
    excused = excused_comparisons(comparisons, result.order.excusing)
    return {"outcomes": outcome_counts(observed, excused, result.calibration, result.order.policy)}


def _counts(comparisons: Comparisons, observed: Observed) -> dict[str, Any]:
    counted = comparisons.counted
    return {
        "mated": int(counted.mated[0].sum()) + counted.mated_failed,
        "mated_failed_to_acquire": counted.mated_failed,
        "mated_identities": counted.mated_identities,
        "non_mated": observed.non_mated.table.comparisons if observed.non_mated is not None else 0,
        "fta": _acquisition(comparisons.references),
    }


def _acquisition(rows: MeasuredSet) -> dict[str, Any]:
    reasons: dict[str, int] = {}
    for one in rows.measured:
        if one.failure:
            reasons[one.failure] = reasons.get(one.failure, 0) + 1
    return {"count": sum(reasons.values()), "of": len(rows.rows), "reasons": reasons}


def _blocks(observed: Observed, set_dev: Thresholds | None, shipped: Thresholds) -> dict[str, Any]:
    blocks = {} if set_dev is None else {"set_dev": block_at(observed, set_dev)}
    return blocks | {"shipped": block_at(observed, shipped)}


def _score_counts(observed: Observed) -> dict[str, Any]:
    """Return how many comparisons scored in each fiftieth, for the picture of the scores."""
    sums = {}
    for name, counts in (("mated", observed.counted.mated[0]), ("non_mated", observed.counted.non_mated[0])):
        sums[name] = [int(part.sum()) for part in np.split(counts[:-1], 100)]
        sums[name][-1] += int(counts[-1])
    return {"from": -1.0, "step": 0.02} | sums


# ---------------------------------------------------------------- conditions, groups, quality


def _conditions(measured: MeasuredSet, protocol: Protocol, results: Sequence[KindResult]) -> dict[str, Any]:
    """Per condition: its photographs in the place of the plain ones, everything else as it is."""
    in_split = [row for row in measured.rows if row.split is protocol.split]
    bodies = {}
    for condition in sorted({row.condition for row in in_split} - {""}):
        rows = measured.select(lambda row, condition=condition: row.split is protocol.split and row.condition == condition)  # type: ignore[misc]
        kinds = {}
        for result in results:
            tests = [_in_condition(in_split, kind, condition) for kind in (protocol.probe_kind, result.comparisons.kind)]
            if not any(_shows(in_split, kind, condition) for kind in (protocol.probe_kind, result.comparisons.kind)):
                continue
            comparisons, observed = _observed(measured, protocol, result.comparisons.kind, *tests)
            blocks = _blocks(observed, result.set_dev, result.shipped)
            kinds[result.comparisons.kind.value] = (
                _counts(comparisons, observed) | blocks | _outcomes(result, comparisons, observed)
            )
        bodies[condition] = {"not_assessable": _acquisition(rows), "kinds": kinds}
    return bodies


def _shows(rows: Sequence[SetRow], kind: PhotoKind, condition: str) -> bool:
    return any(row.kind is kind and row.condition == condition for row in rows)


def _in_condition(rows: Sequence[SetRow], kind: PhotoKind, condition: str) -> RowTest:
    """Return a test for the photographs of one kind under a condition; the plain ones where the kind has none under it."""
    wanted = condition if _shows(rows, kind, condition) else ""
    split = rows[0].split
    return lambda row: row.split is split and row.condition == wanted


def _groups(measured: MeasuredSet, protocol: Protocol, results: Sequence[KindResult]) -> dict[str, Any]:
    """Per group of people: how often two of them pass for each other at the thresholds for all."""
    names = sorted({row.group for row in measured.rows if row.split is protocol.split} - {""})
    bodies = {}
    for name in names:
        kinds, errors, made, upper = {}, 0, 0, False
        for result in results:
            kind = result.comparisons.kind

            def member(row: SetRow, name: str = name) -> bool:
                return row.split is protocol.split and row.group == name

            comparisons, observed = _observed(measured, protocol, kind, member)
            blocks = _blocks(observed, result.set_dev, result.shipped)
            kinds[kind.value] = _counts(comparisons, observed) | blocks
            entry = blocks["shipped"][POLICY_TARGET]
            if entry["stated"] and observed.non_mated is not None:
                errors, made = errors + entry["fmr_errors"], made + entry["fmr_comparisons"]
            upper |= observed.non_mated is not None and not observed.non_mated.identities_known
        bodies[name] = {
            "non_mated": sum(body["non_mated"] for body in kinds.values()),
            f"fmr_at_shipped_{POLICY_TARGET}": errors / made if made else {"stated": False, "why": "no_calibration"},
            "errors": errors,
            "upper_bound": upper,
            "kinds": kinds,
        }
    return bodies


def _quality(results: Sequence[KindResult]) -> dict[str, Any]:
    pairs = [_judged(result, mated_scores(result.comparisons)) for result in results]
    return error_versus_reject([one for one in pairs if one is not None])


def _judged(result: KindResult, scores: MatedScores) -> JudgedPairs | None:
    threshold = _policy_threshold(result)
    if isinstance(threshold, NotStated):
        return None
    probes, references = result.comparisons.probes.measured, result.comparisons.references.measured
    return JudgedPairs(
        kind=result.comparisons.kind.value,
        rejected=~(scores.scores >= threshold),
        components=[
            (probes[i].quality, references[j].quality)
            for i, j in zip(scores.probe.tolist(), scores.reference.tolist(), strict=True)
        ],
    )
