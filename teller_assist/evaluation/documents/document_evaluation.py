"""Reads a whole set and counts: the body of an evaluate-documents/1 document, and crops of what went wrong."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from teller_assist.documents.engine import EngineIdentity
from teller_assist.errors import KnownError, PictureError, ResourceError, SetError
from teller_assist.evaluation.documents.comparing import DocumentOutcome, judge, not_located
from teller_assist.evaluation.documents.counting import Counted, counted, kind_body, latency_body
from teller_assist.evaluation.documents.failures import Failure, failures_of
from teller_assist.evaluation.documents.truth import OTHER_KINDS, READ_KINDS, DocumentSet, TruthRow
from teller_assist.evaluation.photo_kinds.encoding import png
from teller_assist.evaluation.progress import ProgressLines
from teller_assist.evaluation.simulation_folder import write_whole
from teller_assist.evidence.pictures import Picture, Points
from teller_assist.evidence.printed import ScanReading
from teller_assist.pictures.decode import PictureLimits, read_picture
from teller_assist.wording import sentence

CROPS = "crops"
_ROLE = "set"


class ReadsScans(Protocol):
    """What reads a scan: the product's document reader."""

    def read(self, scan: Picture) -> ScanReading:
        """Return everything on a scan.

        Raises
        ------
        KnownError
            The engine failed.
        """


@dataclass(frozen=True)
class DocumentOrder:
    """How to evaluate.

    Attributes
    ----------
    engine
        Which engine reads, for the report.
    day
        On which the reader holds cards to be in force, for the report.
    made_up
        Whether the set's documents are made up; figures are then called so.
    """

    engine: EngineIdentity
    limits: PictureLimits
    day: datetime.date
    made_up: bool = True


@dataclass
class _Tally:
    """What is kept of pictures that were read."""

    documents: list[Counted] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)


def evaluate_documents(
    the_set: DocumentSet, reader: ReadsScans, order: DocumentOrder, out: Path, progress: Callable[[str], None]
) -> dict[str, Any]:
    """Evaluate one set; crops of failures are written below ``out``.

    Parameters
    ----------
    progress
        Gets lines.

    Returns
    -------
    The body of an evaluate-documents/1 document.

    Raises
    ------
    SetError
        "set_invalid", ``why`` "nothing_to_read": no document of a kind that is read.
    ResourceError
        A crop cannot be written.
    """
    started_s = time.monotonic()
    rows = [row for row in the_set.rows if row.is_read]
    if not rows:
        raise SetError("set_invalid", why="nothing_to_read")
    by_file = groupby(sorted(rows, key=lambda row: row.file), key=lambda row: row.file)
    lines = ProgressLines("read", len({row.file for row in rows}), progress)
    not_measured = list(_not_measured(the_set))
    tally = _Tally()
    _clear_crops(out / CROPS)
    for file, of_file in by_file:
        scan, outcomes = _read_one(the_set.root / file, tuple(of_file), reader, order)
        for outcome in outcomes:
            tally.documents.append(counted(outcome))
            _keep_failures(tally, outcome, scan, out)
        lines.step()
    return _body(the_set, order, tally) | {"not_measured": not_measured, "wall_s": round(time.monotonic() - started_s, 1)}


def _read_one(
    path: Path, rows: tuple[TruthRow, ...], reader: ReadsScans, order: DocumentOrder
) -> tuple[Picture | None, list[DocumentOutcome]]:
    """Read one picture; whatever fails counts as a document that was not located, with the error's reason."""
    rows = tuple(replace(row, others=row.others + tuple(_quads_but(row, rows))) for row in rows)
    try:
        scan = read_picture(path, role=_ROLE, limits=order.limits)
    except PictureError as error:
        return None, [not_located(row, error.reason) for row in rows]
    started_s = time.monotonic()
    try:
        reading = reader.read(scan)
    except KnownError as error:
        if error.facts.get("why") == "resting":  # after failures in a row the engine saw nothing of this picture: no result of it
            raise
        return scan, [not_located(row, error.reason) for row in rows]
    total_ms = 1000 * (time.monotonic() - started_s)
    return scan, [judge(row, reading, reading.latency_ms.get("total", total_ms)) for row in rows]


def _quads_but(one: TruthRow, rows: Sequence[TruthRow]) -> Iterator[Points]:
    """Yield where the other rows of the same picture lie: documents there are not unexpected."""
    yield from (row.quad for row in rows if row is not one and row.quad is not None)


def _clear_crops(folder: Path) -> None:
    """Take away the crops of an earlier run: a report names its own only."""
    try:
        for path in folder.glob("*.png"):
            if path.stem.isdigit() and path.is_file():
                path.unlink()
    except OSError as error:
        raise ResourceError("folder_not_writable", folder=folder.name) from error


def _keep_failures(tally: _Tally, outcome: DocumentOutcome, scan: Picture | None, out: Path) -> None:
    for failure in failures_of(outcome, scan):
        name = f"{CROPS}/{len(tally.failures) + 1:04d}.png"
        if failure.crop is not None:
            write_whole(out / name, png(failure.crop))
        tally.failures.append(_failure_body(outcome.row, failure, name if failure.crop is not None else ""))


def _failure_body(row: TruthRow, failure: Failure, crop: str) -> dict[str, Any]:
    told = {"file": row.file, "kind": row.kind, "field": failure.field, "read": failure.read, "truth": failure.truth}
    return told | {"why": failure.why, "accepted": failure.accepted, "crop": crop} | dict(row.labels)


def _body(the_set: DocumentSet, order: DocumentOrder, tally: _Tally) -> dict[str, Any]:
    of_kind = {kind: [one for one in tally.documents if one.row.kind == kind] for kind in READ_KINDS}
    return {
        "set": {
            "pictures": the_set.pictures,
            "documents": len(the_set.rows),
            "truth_sha256": the_set.truth_sha256,
            "made_up": order.made_up,
        },
        "engine": order.engine.name,
        "models": list(order.engine.models),
        "day": order.day.isoformat(),
        "kinds": {kind: kind_body(documents) for kind, documents in of_kind.items() if documents},
        "latency_ms": latency_body(tally.documents),
        "failures": tally.failures,
    }


def _not_measured(the_set: DocumentSet) -> Iterator[dict[str, Any]]:
    words = sentence("evaluation", "documents_kind_not_read")
    for kind in OTHER_KINDS:
        pictures = sum(row.kind == kind for row in the_set.rows)
        if pictures:
            yield {"kind": kind, "pictures": pictures, "why_zh": words.zh, "why_en": words.en}
