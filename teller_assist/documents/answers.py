"""A scan's reading as the JSON shape that callers are promised (ocr/1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from teller_assist.evidence.printed import PrintedDocument, PrintedField, ScanReading
from teller_assist.wording import sentence


def scans_body(readings: Sequence[ScanReading]) -> dict[str, Any]:
    """Return the body of an ocr/1 document.

    Parameters
    ----------
    readings
        One for each picture that was asked about, in that order; ``picture`` counts them from 0.
    """
    findings = [(place, reading.finding) for place, reading in enumerate(readings) if reading.finding is not None]
    stages = dict.fromkeys(stage for reading in readings for stage in reading.latency_ms)
    return {
        "documents": [
            {"picture": place, **_document_body(document)}
            for place, reading in enumerate(readings)
            for document in reading.documents
        ],
        "findings": [
            {"picture": place, "finding": finding.value, "zh": words.zh, "en": words.en}
            for place, finding in findings
            for words in (sentence("scan", finding.value),)
        ],
        "latency_ms": {stage: round(sum(one.latency_ms.get(stage, 0.0) for one in readings), 1) for stage in stages},
    }


def _document_body(document: PrintedDocument) -> dict[str, Any]:
    location = document.location
    quad = [[round(float(x), 1), round(float(y), 1)] for x, y in location.quad]
    return {
        "kind": document.kind.value,
        "located": {"quad": quad, "by": location.by.value},
        "fields": {name.value: _field_body(field) for name, field in document.fields.items()},
    }


def _field_body(field: PrintedField) -> dict[str, Any]:
    return {
        "value": field.value.reveal(),
        "confidence": round(field.confidence, 4),
        "box": list(field.box_px),
        "checks": [{"check": check.check, "passed": check.passed} for check in field.checks],
        "doubtful_characters": list(field.doubtful),
        "accepted": field.accepted,
    }
