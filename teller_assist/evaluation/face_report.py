"""The two files that ``evaluate face`` leaves: report.json for programs, report.html for people, each complete in itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from teller_assist.comparison.short_arrays import with_short_arrays
from teller_assist.evaluation.charts import Axis, line_chart
from teller_assist.evaluation.contact_sheet import SheetPictures
from teller_assist.evaluation.simulation_folder import write_whole
from teller_assist.wording import sentence

JSON_NAME = "report.json"
HTML_NAME = "report.html"
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_TARGETS = ("1e-3", "1e-4", "1e-5")


Sheets = Mapping[str, tuple[Sequence[SheetPictures], Sequence[SheetPictures]]]  # kind -> successes, failures


def write_reports(out: Path, report: Mapping[str, Any], sheets: Sheets | None = None) -> None:
    """Write both files.

    Parameters
    ----------
    report
        An evaluate-face/1 document.
    sheets
        Pictures for the page, where it shall show faces.

    Raises
    ------
    ResourceError
        The folder cannot be written.
    """
    write_whole(out / JSON_NAME, (with_short_arrays(dict(report)) + "\n").encode())
    write_whole(out / HTML_NAME, html_report(report, sheets).encode())


def html_report(report: Mapping[str, Any], sheets: Sheets | None = None) -> str:
    """Return the page for people: tables, error curves and score distributions, nothing to load from elsewhere."""
    return _TEMPLATES.get_template("face_report.html").render(
        report=report,
        targets=_TARGETS,
        sheets=sheets or {},
        kind_name=lambda kind: sentence("photo_kind", kind).zh,
        why=_why,
        percent=lambda share: f"{100 * share:.1f} %",
        det=Markup(_det_chart(report)),  # noqa: S704 - our own SVG, its texts are escaped
        scores={kind: Markup(_score_chart(body)) for kind, body in report["kinds"].items()},  # noqa: S704 - likewise
        rejects=Markup(_reject_chart(report)),  # noqa: S704 - likewise
    )


def _why(entry: Mapping[str, Any]) -> str:
    had, needed = str(entry["comparisons"]), str(entry["comparisons_needed"])
    words = {
        "too_few_comparisons": sentence("not_stated", "too_few_comparisons", had=had, needed=needed),
        "no_calibration": sentence("not_stated", "no_calibration"),
        "calibration_mismatch": sentence("not_stated", "calibration_mismatch"),
        "no_mated_comparisons": sentence("not_stated", "no_mated_comparisons"),
        "no_non_mated_comparisons": sentence("not_stated", "no_non_mated_comparisons"),
    }
    return words[entry["why"]].zh


def _det_chart(report: Mapping[str, Any]) -> str:
    curves = {sentence("photo_kind", kind).zh: body["det"] for kind, body in report["kinds"].items() if body["det"]}
    shares = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
    return line_chart(
        curves,
        Axis("FMR", 1e-6, 1.0, shares, logarithmic=True, show="{:.0e}".format),
        Axis("FNMR", 1e-3, 1.0, (1e-3, 1e-2, 1e-1, 1.0), logarithmic=True, show="{:.1%}".format),
    )


def _score_chart(body: Mapping[str, Any]) -> str:
    counts = body["scores"]
    curves = {}
    for name, label in (("mated", "同人比对"), ("non_mated", "不同人比对")):
        total = sum(counts[name])
        if total:
            curves[label] = [(counts["from"] + index * counts["step"], count / total) for index, count in enumerate(counts[name])]
    highest = max((share for points in curves.values() for _, share in points), default=1.0)
    return line_chart(
        curves,
        Axis("比对分数", -0.4, 1.0, (-0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        Axis("占比", 0.0, highest, (0.0, highest / 2, highest), show="{:.1%}".format),
        steps=True,
    )


def _reject_chart(report: Mapping[str, Any]) -> str:
    curves = {sentence("photo_kind", kind).zh: points for kind, points in report["quality"].get("kinds", {}).items()}
    highest = max((rate for points in curves.values() for _, rate in points), default=0.0) or 1.0
    return line_chart(
        curves,
        Axis("剔除比例", 0.0, 0.3, (0.0, 0.1, 0.2, 0.3), show="{:.0%}".format),
        Axis("FNMR", 0.0, highest, (0.0, highest / 2, highest), show="{:.1%}".format),
    )
