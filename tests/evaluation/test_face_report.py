"""The two files of ``evaluate face``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from teller_assist.comparison.calibration import Calibration
from teller_assist.errors import ResourceError
from teller_assist.evaluation.charts import Axis, line_chart
from teller_assist.evaluation.contact_sheet import SheetPictures
from teller_assist.evaluation.face_report import html_report, write_reports
from teller_assist.evaluation.sets import Split
from teller_assist.evidence.kinds import PhotoKind
from tests.evaluation.made_up_sets import TEST_PEOPLE, Evaluate, row, rows_of

LIVE, CHIP, CLEAN, MESH = PhotoKind.LIVE, PhotoKind.CHIP, PhotoKind.CLEAN, PhotoKind.MESH


@pytest.fixture
def report(evaluate: Evaluate, make_calibration: Callable[..., Calibration]) -> dict[str, Any]:
    rows = rows_of(TEST_PEOPLE, (LIVE, CHIP, CLEAN), group="<b>north</b>")
    rows += [row(person, "0", LIVE, condition="rotated_90") for person in TEST_PEOPLE]
    body = evaluate(rows, failures=[rows[1].path], chip=make_calibration())
    return {"schema": "evaluate-face/1", "product_version": "0.0.0", **body}


def test_both_files_are_written_and_the_first_is_the_document(report: dict[str, Any], tmp_path: Path) -> None:
    write_reports(tmp_path / "out", report)
    assert json.loads((tmp_path / "out" / "report.json").read_text("utf-8")) == report
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.html", "report.json"]


def test_the_page_needs_nothing_from_elsewhere_and_says_what_is_not_stated(report: dict[str, Any]) -> None:
    page = html_report(report)
    assert not re.search(r"(src|href)\s*=|@import|url\(|<script", page)
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "不作结论" in page
    assert "模拟" in page
    assert "rotated_90" in page
    passed = report["kinds"]["chip"]["shipped"]["1e-4"]["pass_rate"]
    assert f"{100 * passed:.1f} %" in page
    assert f"错判为不同人 {report['kinds']['chip']['outcomes']['mated']['NON_MATCH']:,}" in page


def test_faces_stand_in_the_page_on_request_only(report: dict[str, Any]) -> None:
    face = SheetPictures("data:image/jpeg;base64,AAAA", "data:image/jpeg;base64,BBBB", "data:image/jpeg;base64,CCCC", 0.41, 0.1)
    unseen = SheetPictures("data:image/jpeg;base64,DDDD", "", "data:image/jpeg;base64,EEEE", float("nan"), 0.0)
    assert "data:image" not in html_report(report)
    page = html_report(report, {"chip": ([face], [unseen])})
    assert [letter in page for letter in ("AAAA", "BBBB", "CCCC", "DDDD", "EEEE")] == [True] * 5
    assert "分数 0.410" in page
    assert "未发现网纹" in page
    assert not re.search(r'src="(?!data:image/jpeg;base64,)', page)


@pytest.mark.full
def test_meshes_have_a_table_of_before_and_after_and_one_of_their_lines(evaluate: Evaluate) -> None:
    rows = rows_of(TEST_PEOPLE, (LIVE, MESH))
    rows += [row(person, "0", MESH, condition="lines_contours") for person in TEST_PEOPLE]
    rows += rows_of([f"d{number:03d}" for number in range(300)], (LIVE, MESH), Split.DEV)
    page = html_report({"schema": "evaluate-face/1", "product_version": "0.0.0", **evaluate(rows)})
    assert "去除网纹前后" in page
    assert "lines_contours" in page
    assert "未见过的合计" in page


def test_names_from_a_set_are_text_never_markup(report: dict[str, Any]) -> None:
    page = html_report(report)
    assert "<b>north</b>" not in page
    assert "&lt;b&gt;north" in page


def test_every_chart_is_well_formed(report: dict[str, Any]) -> None:
    charts = re.findall(r"<svg.*?</svg>", html_report(report), re.DOTALL)
    assert len(charts) == 4  # error trade-off, scores of two kinds, rejects
    for chart in charts:
        ElementTree.fromstring(chart)  # noqa: S314 - our own text


def test_a_value_beyond_an_axis_is_drawn_at_its_end() -> None:
    axis = Axis("FMR", 1e-4, 1.0, (1e-4, 1.0), logarithmic=True)
    assert [axis.share(value) for value in (0.0, 1e-2, 7.0)] == pytest.approx([0.0, 0.5, 1.0])
    chart = line_chart({"a < b": [(0.0, 0.0), (1.0, 1.0)]}, axis, Axis("FNMR", 0.0, 1.0, (0.0, 1.0)))
    assert "a &lt; b" in chart


def test_a_folder_that_cannot_be_written_is_a_known_error(report: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(ResourceError):
        write_reports(tmp_path / "taken" / "out", report)
