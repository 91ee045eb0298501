"""Rates by the shape of a mesh's lines: each, and those that were trained on against those that were held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from teller_assist.evidence.kinds import HELD_OUT_SHAPES, LineShape


def line_shape_rates(conditions: Mapping[str, Any], target: str) -> dict[str, Any]:
    """Return, per mesh kind, one row a shape and the two sums; empty where a set has no such photographs.

    Parameters
    ----------
    conditions
        As an evaluate-face/1 document has them.
    target
        The FMR whose thresholds count: those of the set's development people where it has any, else those that ship.
    """
    found: dict[str, Any] = {}
    for shape in LineShape:
        for kind, body in conditions.get(shape.value, {"kinds": {}})["kinds"].items():
            found.setdefault(kind, []).append(_row(shape, body, target))
    return {kind: {"shapes": rows, **_sums(rows)} for kind, rows in found.items()}


def _row(shape: LineShape, body: Mapping[str, Any], target: str) -> dict[str, Any]:
    entry = body.get("set_dev", body["shipped"])[target]
    counts = {"fta": body["fta"]["count"], "photographs": body["fta"]["of"], "mated": body["mated"]}
    named = {"shape": shape.value, "held_out": shape in HELD_OUT_SHAPES, **counts}
    if not entry["stated"] or "passed" not in entry:
        return named
    passed = {"passed": entry["passed"], "pass_rate": entry["pass_rate"], "pass_ci95": entry["pass_ci95"]}
    return named | passed | {name: entry[name] for name in ("fmr_errors", "fmr_comparisons") if name in entry}


def _sums(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the sums over seen and over held-out shapes; their photographs show the same people, so they bear no interval."""
    sums = {}
    for name, held_out in (("seen", False), ("held_out", True)):
        part = [row for row in rows if row["held_out"] is held_out and "passed" in row]
        if part:
            total = {key: sum(row[key] for row in part) for key in ("mated", "passed", "fta", "photographs")}
            sums[name] = total | {"pass_rate": total["passed"] / total["mated"]}
    return sums
