"""Outcomes counted into the tables of an evaluate-documents/1 document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from teller_assist.comparison.error_rates import binomial_interval
from teller_assist.evaluation.documents.comparing import DocumentOutcome, FieldOutcome, normalised
from teller_assist.evaluation.documents.truth import TruthRow
from teller_assist.evidence.printed import FieldName

SLOW_MS = 2000.0  # no located card may take longer
_SPLIT_BY = ("background", "mode", "script")  # besides severity; two of them only where a set says them


@dataclass(frozen=True)
class CountedField:
    """One field's outcome without its pictures, so that a large set is counted in little memory."""

    name: FieldName
    exact: bool
    accepted: bool
    edits: int
    characters: int


@dataclass(frozen=True, eq=False)
class Counted:
    """One document's outcome without its pictures."""

    row: TruthRow
    located: bool
    by_fallback: bool
    kind_is_right: bool
    all_exact: bool
    fields: tuple[CountedField, ...]
    total_ms: float | None
    unexpected: int


def counted(outcome: DocumentOutcome) -> Counted:
    """Return what of an outcome is counted."""
    return Counted(
        outcome.row,
        outcome.document is not None,
        outcome.by_fallback,
        outcome.kind_is_right,
        outcome.all_exact,
        tuple(_counted_field(field) for field in outcome.fields),
        outcome.total_ms,
        outcome.unexpected,
    )


def kind_body(documents: Sequence[Counted]) -> dict[str, Any]:
    """Return the entry of one kind: of all its documents, and split by severity, background, mode and script."""
    body = group_body(documents)
    body["by_severity"] = _split(documents, "severity", group_body)
    for label in _SPLIT_BY:
        parts = _split(documents, label, _short_body)
        if parts:
            body[f"by_{label}"] = parts
    return body


def group_body(documents: Sequence[Counted]) -> dict[str, Any]:
    """Return the counts of some documents of one kind."""
    names = [name for name in FieldName if any(field.name is name for one in documents for field in one.fields)]
    of_field = {name: [field for one in documents for field in one.fields if field.name is name] for name in names}
    return _short_body(documents) | {"fields": {name.value: field_body(fields) for name, fields in of_field.items()}}


def field_body(fields: Sequence[CountedField]) -> dict[str, Any]:
    """Return the counts of one field: exact, error rate of characters, and what was accepted without a look.

    The character error rate (``cer``) is the sum of edit distances over the sum of lengths; what was not read counts whole.
    """
    characters = sum(field.characters for field in fields)
    body = share_body(sum(field.exact for field in fields), len(fields))
    return body | {
        "cer": round(sum(field.edits for field in fields) / characters, 4) if characters else 0.0,
        "auto_accepted": sum(field.accepted for field in fields),
        "accepted_wrong": sum(field.accepted and not field.exact for field in fields),
    }


def share_body(exact: int, of: int) -> dict[str, Any]:
    """Return a share with its counts and its exact 95 % interval."""
    return {
        "exact": exact,
        "of": of,
        "rate": round(exact / of, 4),
        "ci95": [round(end, 4) for end in binomial_interval(exact, of)],
    }


def latency_body(documents: Sequence[Counted]) -> dict[str, Any]:
    """Return how long scans took, each picture once; without a number where none was read."""
    by_file = {one.row.file: one.total_ms for one in documents if one.total_ms is not None}
    times = list(by_file.values())
    located = {one.row.file for one in documents if one.located and by_file.get(one.row.file, 0.0) > SLOW_MS}
    body: dict[str, Any] = {"n": len(times), "located_over_2000": len(located)}
    if not times:
        return body
    figures = {"median": np.median(times), "p95": np.percentile(times, 95), "max": max(times)}
    return {name: round(float(value)) for name, value in figures.items()} | body


def _short_body(documents: Sequence[Counted]) -> dict[str, Any]:
    located = [one for one in documents if one.located]
    return {
        "pictures": len(documents),
        "located": {"count": len(located), "by_fallback": sum(one.by_fallback for one in located)},
        "kind_right": sum(one.kind_is_right for one in documents),
        "unexpected_documents": sum(one.unexpected for one in documents),
        "all_fields": share_body(sum(one.all_exact for one in documents), len(documents)),
    }


def _split(documents: Sequence[Counted], label: str, body: Callable[[Sequence[Counted]], dict[str, Any]]) -> dict[str, Any]:
    values = sorted({one.row.labels[label] for one in documents if label in one.row.labels})
    return {value: body([one for one in documents if one.row.labels.get(label) == value]) for value in values}


def _counted_field(field: FieldOutcome) -> CountedField:
    return CountedField(field.name, field.exact, field.accepted, field.edits, len(normalised(field.truth)))
