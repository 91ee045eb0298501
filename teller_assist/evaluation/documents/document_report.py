"""The files that ``evaluate documents`` leaves: report.json for programs, report.html for people, each complete in itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from teller_assist.comparison.short_arrays import with_short_arrays
from teller_assist.evaluation.simulation_folder import write_whole
from teller_assist.evidence.printed import DocumentKind, FieldName

JSON_NAME = "report.json"
HTML_NAME = "report.html"
SHOWN_FAILURES = 400  # the page stays one that a browser opens; report.json has them all
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_KIND_NAMES = {
    DocumentKind.FRONT.value: "居民身份证（人像面）front",
    DocumentKind.BACK.value: "居民身份证（国徽面）back",
    DocumentKind.TEMPORARY.value: "临时居民身份证 temporary",
}
_FIELD_NAMES = {
    FieldName.NAME.value: "姓名 name",
    FieldName.SEX.value: "性别 sex",
    FieldName.ETHNICITY.value: "民族 ethnicity",
    FieldName.BIRTH.value: "出生 birth",
    FieldName.ADDRESS.value: "住址 address",
    FieldName.ID_NUMBER.value: "公民身份号码 id_number",
    FieldName.AUTHORITY.value: "签发机关 authority",
    FieldName.VALID_FROM.value: "有效期起 valid_from",
    FieldName.VALID_TO.value: "有效期止 valid_to",
    "located": "定位 located",
    "kind": "种类 kind",
}
_SPLITS = {
    "by_severity": "难度 severity",
    "by_mode": "采集方式 mode",
    "by_background": "背景 background",
    "by_script": "少数民族文字 script",
}


def write_document_reports(out: Path, report: Mapping[str, Any]) -> None:
    """Write both files; the crops that the report names lie in ``out`` already.

    Parameters
    ----------
    report
        An evaluate-documents/1 document.

    Raises
    ------
    ResourceError
        The folder cannot be written.
    """
    write_whole(out / JSON_NAME, (with_short_arrays(dict(report)) + "\n").encode())
    write_whole(out / HTML_NAME, html_document_report(report, _pictures(out, report["failures"])).encode())


def html_document_report(report: Mapping[str, Any], pictures: Mapping[str, str]) -> str:
    """Return the page for people: tables with their counts, and the failures with their crops; nothing to load from elsewhere.

    Parameters
    ----------
    pictures
        Data address of each crop by its name in the report.
    """
    return _TEMPLATES.get_template("document_report.html").render(
        report=report,
        shown=report["failures"][:SHOWN_FAILURES],
        pictures=pictures,
        kind_names=_KIND_NAMES,
        field_names=_FIELD_NAMES,
        splits=_SPLITS,
        percent=lambda share: f"{100 * share:.1f} %",
    )


def document_report_schema() -> dict[str, Any]:
    """Return the JSON schema of a report."""
    file = resources.files(__package__).joinpath("schemas", "evaluate-documents-1.json")
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema


def _pictures(out: Path, failures: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    names = [failure["crop"] for failure in failures[:SHOWN_FAILURES] if failure["crop"]]
    return {name: f"data:image/png;base64,{base64.b64encode((out / name).read_bytes()).decode()}" for name in names}
