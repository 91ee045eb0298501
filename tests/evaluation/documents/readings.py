"""Readings and truth rows put together by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from teller_assist.evidence.pictures import Picture, Points
from teller_assist.evidence.printed import (
    DocumentKind,
    FieldName,
    LocatedBy,
    Location,
    PrintedDocument,
    PrintedField,
    ScanFinding,
    ScanReading,
)
from teller_assist.settings.personal import Personal

QUAD = [[10.0, 10.0], [110.0, 10.0], [110.0, 73.0], [10.0, 73.0]]
FAR_QUAD = [[10.0, 90.0], [110.0, 90.0], [110.0, 153.0], [10.0, 153.0]]
QUAD_PICTURE = np.full((170, 130, 3), 120, np.uint8)
FRONT = {
    "name": "林晓样", "sex": "男", "ethnicity": "汉", "birth": "1990-03-15",
    "address": "样本省示例市虚构区演示路1号", "id_number": "190001199003150176",
}  # fmt: skip


def quad(corners: Sequence[Sequence[float]] = QUAD) -> Points:
    return np.array(corners, np.float32)


def printed(value: str, *, accepted: bool = True) -> PrintedField:
    crop = np.full((12, 30, 3), 200, np.uint8)
    return PrintedField(Personal(value), 0.9, (1, 2, 30, 12), crop, (), (), accepted)


def document(
    values: Mapping[str, str],
    *,
    kind: DocumentKind = DocumentKind.FRONT,
    corners: Sequence[Sequence[float]] = QUAD,
    by: LocatedBy = LocatedBy.CONTOUR,
    unsure: Sequence[str] = (),
) -> PrintedDocument:
    fields = {FieldName(name): printed(value, accepted=name not in unsure) for name, value in values.items()}
    card = np.full((638, 1011, 3), 230, np.uint8)
    return PrintedDocument(kind, Location(quad(corners), by), fields, card, None)


def reading(*documents: PrintedDocument, finding: ScanFinding | None = None, total_ms: float = 400) -> ScanReading:
    return ScanReading(documents, finding, {"total": total_ms})


def truth_row(file: str, **changed: Any) -> dict[str, Any]:
    row = {"file": file, "kind": "front", "severity": "mild", "background": "mat", "quad": QUAD, "fields": FRONT}
    return {key: value for key, value in (row | changed).items() if value is not ...}


def make_set(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Write a set; each picture's grey level is its place among the names, so that a fake reader can tell them apart."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, name in enumerate(sorted({row["file"] for row in rows})):
        cv2.imwrite(str(folder / name), np.full((170, 130, 3), 10 * place, np.uint8))
    (folder / "truth.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return folder


class FakeReader:
    """Answers by the picture's grey level: the reading, or the error, at that place."""

    def __init__(self, *answers: ScanReading | Exception) -> None:
        self._answers = answers

    def read(self, scan: Picture) -> ScanReading:
        answer = self._answers[round(float(scan.pixels.mean()) / 10)]
        if isinstance(answer, Exception):
            raise answer
        return answer
