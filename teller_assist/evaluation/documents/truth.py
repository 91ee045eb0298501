"""Read a set of documents: a folder of pictures with ``truth.json``.

    [{"file", "kind", "severity", "background", "quad"?, "fields": {}}, ...]

Unknown keys are ignored. The reader is strict in the rest: a set that is wrong in one row would give rates that look right.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from teller_assist.errors import SetError
from teller_assist.evaluation.set_files import file_problem, safe_path
from teller_assist.evidence.pictures import Points
from teller_assist.evidence.printed import DocumentKind, FieldName

TRUTH_NAME = "truth.json"
# Kinds of the contract; those that are not read are listed as not measured, never counted as zero.
READ_KINDS = (DocumentKind.FRONT.value, DocumentKind.BACK.value, DocumentKind.TEMPORARY.value)
OTHER_KINDS = ("bank", "mrz", "hmt_permit", "fpr_2017", "fpr_2023")
_MAX_TRUTH_BYTES = 64_000_000
_MAX_TEXT = 1000  # characters of a field or a label; nothing printed on a card is longer


@dataclass(frozen=True, eq=False)
class TruthRow:
    """One document of a set.

    Attributes
    ----------
    file
        Below the set's folder, with forward slashes; two rows may name one picture that shows two documents.
    kind
        Of ``READ_KINDS`` or ``OTHER_KINDS``.
    labels
        How it may be told apart in tables: "severity" and "background", and "mode" and "script" where the set says them.
    quad
        float32, shape (4, 2), (x, y) in pixels: the document's corners; None where the set does not say.
    fields
        What is printed, by its field; empty for kinds that are not read.
    others
        Quads of further documents on the picture, that this row does not ask for.
    """

    file: str
    kind: str
    labels: Mapping[str, str]
    quad: Points | None
    fields: Mapping[FieldName, str]
    others: tuple[Points, ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether documents of this kind are read at all."""
        return self.kind in READ_KINDS


@dataclass(frozen=True)
class DocumentSet:
    """A set that was read and checked.

    Attributes
    ----------
    rows
        In the order of the file, at least one.
    truth_sha256
        Hash of ``truth.json`` as it lies there; names the set in reports.
    """

    root: Path
    rows: tuple[TruthRow, ...]
    truth_sha256: str

    @property
    def pictures(self) -> int:
        """How many different pictures it has."""
        return len({row.file for row in self.rows})


def read_document_set(root: Path) -> DocumentSet:
    """Read and check a set.

    Raises
    ------
    SetError
        "set_invalid"; ``why`` says what is wrong, ``row`` where (from 1): truth_missing truth_too_large truth_malformed
        truth_not_a_list row_malformed key_missing kind_unknown label_malformed quad_malformed fields_malformed fields_empty
        path_unsafe path_repeated picture_missing set_empty.
    """
    content = _read(root / TRUTH_NAME)
    rows = tuple(_checked_rows(root, content))
    if not rows:
        raise SetError("set_invalid", why="set_empty")
    return DocumentSet(root, rows, hashlib.sha256(content).hexdigest())


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_TRUTH_BYTES:
            raise SetError("set_invalid", why="truth_too_large")
        return path.read_bytes()
    except OSError as error:
        raise SetError("set_invalid", why="truth_missing") from error


def _checked_rows(root: Path, content: bytes) -> Iterator[TruthRow]:
    try:
        told = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested without end
        raise SetError("set_invalid", why="truth_malformed") from error
    if not isinstance(told, list):
        raise SetError("set_invalid", why="truth_not_a_list")
    real_root = root.resolve()
    seen: set[tuple[str, str, bytes]] = set()
    for number, entry in enumerate(told, start=1):
        try:
            row = _row(entry)
            problem = file_problem(real_root, row.file)
            name = (row.file, row.kind, b"" if row.quad is None else row.quad.tobytes())
            if problem or name in seen:
                raise _RowError(problem or "path_repeated")
        except _RowError as wrong:
            raise SetError("set_invalid", why=str(wrong), row=number) from wrong
        seen.add(name)
        yield row


class _RowError(ValueError):
    """What is wrong in a row; becomes a ``SetError`` with the row's number."""


def _row(entry: Any) -> TruthRow:
    if not isinstance(entry, dict):
        raise _RowError("row_malformed")
    missing = next((key for key in ("file", "kind", "severity", "background", "fields") if key not in entry), None)
    if missing is not None:
        raise _RowError("key_missing")
    path = safe_path(entry["file"]) if isinstance(entry["file"], str) else None
    if path is None:
        raise _RowError("path_unsafe")
    kind = entry["kind"]
    if kind not in READ_KINDS + OTHER_KINDS:
        raise _RowError("kind_unknown")
    others = entry.get("others")
    return TruthRow(
        file=path,
        kind=kind,
        labels=_labels(entry),
        quad=_quad(entry["quad"]) if entry.get("quad") is not None else None,
        fields=_fields(entry["fields"]) if kind in READ_KINDS else {},
        others=tuple(_quad(one["quad"]) for one in others if _has_quad(one)) if isinstance(others, list) else (),
    )


def _labels(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return what tables are split by; a set need not say mode or script, and may mean something else by the word."""
    for key in ("severity", "background"):
        if not isinstance(entry[key], str) or len(entry[key]) > _MAX_TEXT:
            raise _RowError("label_malformed")
    told = {key: entry[key] for key in ("severity", "background")}
    extra = {key: entry[key] for key in ("mode", "script") if isinstance(entry.get(key), str) and entry[key]}
    return told | extra


def _has_quad(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("quad") is not None


def _quad(told: Any) -> Points:
    corners = told if isinstance(told, list) else []
    numbers = [value for corner in corners if isinstance(corner, list) for value in corner]
    plain = all(isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6 for value in numbers)
    if len(corners) != 4 or len(numbers) != 8 or not plain or not all(math.isfinite(value) for value in numbers):
        raise _RowError("quad_malformed")
    try:
        return np.array(told, np.float32).reshape(4, 2)
    except ValueError as error:
        raise _RowError("quad_malformed") from error


def _fields(told: Any) -> dict[FieldName, str]:
    if not isinstance(told, dict):
        raise _RowError("fields_malformed")
    fields = {}
    for name in FieldName:
        value = told.get(name.value)
        if value is None:
            continue  # not printed on this document
        if not isinstance(value, str) or not value or len(value) > _MAX_TEXT:
            raise _RowError("fields_malformed")
        fields[name] = value
    if not fields:
        raise _RowError("fields_empty")
    return fields
