"""Reading and writing calibration files: ``config/calibration/<model>/<probe kind>-<reference kind>.json``."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping
from typing import Any

from teller_assist.comparison.calibration import TARGET_FMRS, Calibration, MatedCounts, Threshold
from teller_assist.comparison.error_rates import GRID_STEPS_PER_UNIT, Bound, CountTable, NonMatedGroup, NotStated, StatedRate
from teller_assist.comparison.llr import LlrTable
from teller_assist.comparison.short_arrays import with_short_arrays
from teller_assist.errors import CalibrationMismatchError
from teller_assist.evidence.kinds import PhotoKind

SCHEMA = "calibration/1"
SCOPES = ("factory", "bank")

# Far beyond anything counted or fitted; within them no arithmetic on a file's numbers overflows.
COMPARISONS_MAX = 10**15
COEFFICIENT_MAX = 1e6


def calibration_path(model_id: str, probe_kind: PhotoKind, reference_kind: PhotoKind) -> str:
    """Return where a calibration lies, relative to the installation root, with forward slashes."""
    return f"config/calibration/{model_id}/{probe_kind}-{reference_kind}.json"


def bank_calibration_name(model_id: str, probe_kind: PhotoKind, reference_kind: PhotoKind) -> str:
    """Return the name of a calibration that a bank accepted for itself, below the folder of such files."""
    return f"{model_id}/{probe_kind}-{reference_kind}.json"


def read_calibration(content: bytes) -> Calibration:
    """Read one calibration file.

    Raises
    ------
    CalibrationMismatchError
        The content is no calibration of this schema.
    """
    try:
        document = json.loads(content, parse_float=_finite, parse_constant=_finite)
        if document["schema"] != SCHEMA:
            raise ValueError(document["schema"])
        return _calibration(document)
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError) as error:
        raise CalibrationMismatchError(why="unreadable") from error


def write_calibration(calibration: Calibration, provenance: Mapping[str, Any]) -> str:
    """Return the file's text: arrays on one line each, so that a change of numbers can be read in a diff.

    Parameters
    ----------
    provenance
        What a reader must know and the program does not use: data, seed, versions, date, author.
    """
    head = {
        "schema": SCHEMA,
        "calibration_id": calibration.calibration_id,
        "scope": calibration.scope,
        "provenance": dict(provenance),
        "model_id": calibration.model_id,
        "model_sha256": calibration.model_sha256,
        "pipeline_sha256": calibration.pipeline_sha256,
        "probe_kind": calibration.probe_kind.value,
        "reference_kind": calibration.reference_kind.value,
        **({"camera": calibration.camera} if calibration.camera else {}),
        "thresholds": {target: _threshold_body(entry) for target, entry in calibration.thresholds.items()},
        "llr": _llr_body(calibration.llr),
        "mated": _mated_body(calibration.mated),
        "groups": [_group_body(group) for group in calibration.groups],
    }
    return with_short_arrays(head) + "\n"


def rate_body(rate: StatedRate) -> dict[str, Any]:
    """Return a stated rate as the JSON shape of every answer."""
    return {
        "stated": True,
        "value": rate.value,
        "bound": rate.bound.value,
        "errors": rate.errors,
        "comparisons": rate.comparisons,
        "ci95": list(rate.ci95),
        "group": rate.group,
    }


def _finite(text: str) -> float:
    """Return a number as JSON means it: Python would also take NaN, Infinity and 1e999, and no reading survives those."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _within(number: float, low: float, high: float) -> float:
    if not low <= number <= high:
        raise ValueError(number)
    return number


def _coefficient(number: float) -> float:
    return _within(float(number), -COEFFICIENT_MAX, COEFFICIENT_MAX)


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _calibration(document: Mapping[str, Any]) -> Calibration:
    calibration = _read_parts(document)
    if calibration.scope not in SCOPES or not calibration.groups or set(calibration.thresholds) != set(TARGET_FMRS):
        raise ValueError("incomplete")
    return calibration


def _read_parts(document: Mapping[str, Any]) -> Calibration:
    return Calibration(
        calibration_id=str(document["calibration_id"]),
        scope=str(document["scope"]),
        model_id=str(document["model_id"]),
        model_sha256=str(document["model_sha256"]),
        pipeline_sha256=str(document["pipeline_sha256"]),
        probe_kind=PhotoKind(document["probe_kind"]),
        reference_kind=PhotoKind(document["reference_kind"]),
        groups=tuple(
            NonMatedGroup(str(g["name"]), int(g["identities"]), _truth(g["identities_known"]), _table(g["table"]))
            for g in document["groups"]
        ),
        mated=_mated(document["mated"]),
        llr=_llr(document["llr"]),
        thresholds={str(target): _threshold(entry) for target, entry in dict(document["thresholds"]).items()},
        camera=str(document.get("camera", "")),
    )


def _table(body: Mapping[str, Any]) -> CountTable:
    table = CountTable(
        comparisons=int(_within(body["comparisons"], 1, COMPARISONS_MAX)),
        first_index=int(_within(body["first_index"], -GRID_STEPS_PER_UNIT, GRID_STEPS_PER_UNIT + 1)),
        at_or_above=tuple(int(count) for count in body["at_or_above"]),
        ci95_low=tuple(_within(float(share), 0, 1) for share in body["ci95_low"]),
        ci95_high=tuple(_within(float(share), 0, 1) for share in body["ci95_high"]),
    )
    counts = (table.comparisons, *table.at_or_above, 0)
    falling = all(a >= b for a, b in itertools.pairwise(counts))
    same_length = len(table.at_or_above) == len(table.ci95_low) == len(table.ci95_high)
    if not falling or not same_length:
        raise ValueError("not a count table")
    return table


def _table_body(table: CountTable) -> dict[str, Any]:
    return {
        "comparisons": table.comparisons,
        "first_index": table.first_index,
        "at_or_above": list(table.at_or_above),
        "ci95_low": [float(f"{share:.3g}") for share in table.ci95_low],
        "ci95_high": [float(f"{share:.3g}") for share in table.ci95_high],
    }


def _group_body(group: NonMatedGroup) -> dict[str, Any]:
    return {
        "name": group.name,
        "identities": group.identities,
        "identities_known": group.identities_known,
        "table": _table_body(group.table),
    }


def _mated(body: Mapping[str, Any]) -> MatedCounts:
    failed = int(_within(body["failed_to_acquire"], 0, COMPARISONS_MAX))
    return MatedCounts(int(body["identities"]), _table(body["table"]), failed, str(body["group"]))


def _mated_body(mated: MatedCounts) -> dict[str, Any]:
    return {
        "group": mated.group,
        "identities": mated.identities,
        "failed_to_acquire": mated.failed_to_acquire,
        "table": _table_body(mated.table),
    }


def _llr(body: Mapping[str, Any]) -> LlrTable:
    names = ("values", "ci95_low", "ci95_high")
    values, ci95_low, ci95_high = (tuple(_coefficient(one) for one in body[name]) for name in names)
    low, high = _coefficient(body["low"]), _coefficient(body["high"])
    within = all(low <= a <= b <= c <= high for a, b, c in zip(ci95_low, values, ci95_high, strict=True))
    if not values or not within or list(values) != sorted(values):
        raise ValueError("not a curve that rises")
    return LlrTable(int(body["first_index"]), values, ci95_low, ci95_high, low, high)


def _llr_body(table: LlrTable) -> dict[str, Any]:
    return {
        "low": table.low,
        "high": table.high,
        "first_index": table.first_index,
        "values": list(table.values),
        "ci95_low": list(table.ci95_low),
        "ci95_high": list(table.ci95_high),
    }


def _rate(body: Mapping[str, Any]) -> StatedRate:
    low, high = body["ci95"]
    return StatedRate(
        value=_within(float(body["value"]), 0, 1),
        bound=Bound(body["bound"]),
        errors=int(_within(body["errors"], 0, COMPARISONS_MAX)),
        comparisons=int(_within(body["comparisons"], 1, COMPARISONS_MAX)),
        ci95=(_within(float(low), 0, 1), _within(float(high), 0, 1)),
        group=str(body["group"]),
    )


def _threshold(body: Mapping[str, Any]) -> Threshold | NotStated:
    if not _truth(body["stated"]):
        return NotStated(str(body["why"]), int(body["comparisons"]), int(body["comparisons_needed"]))
    return Threshold(
        score=_within(float(body["score"]), -1, 1 + 1 / GRID_STEPS_PER_UNIT),
        fmr=_rate(body["fmr"]),
        pass_rate=_rate(body["pass_rate"]),
        first_group_score=float(body["first_group_score"]),
        first_group_pass_rate=_rate(body["first_group_pass_rate"]),
    )


def _threshold_body(entry: Threshold | NotStated) -> dict[str, Any]:
    if isinstance(entry, NotStated):
        return {
            "stated": False,
            "why": entry.why,
            "comparisons": entry.comparisons,
            "comparisons_needed": entry.comparisons_needed,
        }
    return {
        "stated": True,
        "score": entry.score,
        "fmr": rate_body(entry.fmr),
        "pass_rate": rate_body(entry.pass_rate),
        "first_group_score": entry.first_group_score,
        "first_group_pass_rate": rate_body(entry.first_group_pass_rate),
    }
