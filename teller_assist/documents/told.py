"""A scan's reading as lines for people."""

from __future__ import annotations

from teller_assist.evidence.printed import FieldName, PrintedField, ScanReading
from teller_assist.wording import sentence


def reading_lines(reading: ScanReading) -> list[str]:
    """Return what was read, field by field with what is doubtful of it, or why nothing was."""
    if reading.finding is not None:
        return [sentence("scan", reading.finding.value).zh]
    lines: list[str] = []
    for document in reading.documents:
        lines.append(sentence("document_kind", document.kind.value).zh)
        lines.extend(_field_line(name, field) for name, field in document.fields.items())
    return lines


def _field_line(name: FieldName, field: PrintedField) -> str:
    value = field.value.reveal()
    marked = "".join(f"[{one}]" if place in field.doubtful else one for place, one in enumerate(value))
    names = [sentence("document_check", check.check).zh for check in field.checks if not check.passed]
    failed = [sentence("ocr_line", "check_failed", check=name).zh for name in names]
    doubt = "" if field.accepted else "  ← " + sentence("ocr_line", "look").zh
    return f"  {sentence('printed_field', name.value).zh}  {marked}{doubt}" + "".join(f"\n      {told}" for told in failed)
