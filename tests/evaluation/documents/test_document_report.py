"""The two files of ``evaluate documents``."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest

from teller_assist.documents.engine import EngineIdentity
from teller_assist.evaluation.documents.document_evaluation import DocumentOrder, evaluate_documents
from teller_assist.evaluation.documents.document_report import SHOWN_FAILURES, html_document_report, write_document_reports
from teller_assist.evaluation.documents.truth import read_document_set
from teller_assist.pictures.decode import PictureLimits
from tests.evaluation.documents.readings import FRONT, FakeReader, document, make_set, reading, truth_row

DAY = datetime.date(2026, 11, 1)


def report_in(folder: Path, *, made_up: bool = True) -> dict[str, Any]:
    rows = [truth_row("a.png", background="<b>mat</b>", mode="cam", script="zhuang"), truth_row("b.png", kind="bank")]
    the_set = read_document_set(make_set(folder / "set", rows))
    reader = FakeReader(reading(document(FRONT | {"name": "<script>alert(1)</script>"})))
    order = DocumentOrder(EngineIdentity("fake & co", ()), PictureLimits(10_000_000, 10_000_000), DAY, made_up)
    body = evaluate_documents(the_set, reader, order, folder / "out", lambda _: None)
    return {"schema": "evaluate-documents/1", "product_version": "0.0.0", **body}


@pytest.fixture
def report(tmp_path: Path) -> dict[str, Any]:
    return report_in(tmp_path)


def test_both_files_are_written_and_the_first_is_the_document(report: dict[str, Any], tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_document_reports(out, report)
    assert json.loads((out / "report.json").read_text("utf-8")) == report
    page = (out / "report.html").read_text("utf-8")
    assert not re.search(r'src="(?!data:image/png;base64,)|href\s*=|@import|url\(|<script|http', page), "nothing from elsewhere"
    assert page.count("data:image/png;base64,") == 1


def test_what_was_read_is_shown_as_text_whatever_it_is(report: dict[str, Any]) -> None:
    page = html_document_report(report, {})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page
    assert "<b>mat</b>" not in page
    assert "fake &amp; co" in page


def test_counts_stand_beside_rates_and_the_page_says_made_up(report: dict[str, Any]) -> None:
    page = html_document_report(report, {})
    assert "人造样本 made-up" in page
    assert "0 / 1" in page
    assert "1 / 1" in page
    assert "bank" in page
    for split in ("mild", "cam", "zhuang"):
        assert split in page


def test_a_set_of_genuine_documents_is_called_personal_instead(tmp_path: Path) -> None:
    page = html_document_report(report_in(tmp_path, made_up=False), {})
    assert "made-up" not in page
    assert "个人信息" in page


def test_a_page_shows_some_failures_and_says_how_many_there_are(report: dict[str, Any]) -> None:
    many = report | {"failures": report["failures"] * (SHOWN_FAILURES + 5)}
    page = html_document_report(many, {})
    assert f"failures（{SHOWN_FAILURES + 5}，显示前 {SHOWN_FAILURES} 条" in page
    assert page.count("a.png<br>") == SHOWN_FAILURES


def test_without_a_failure_and_without_a_time_the_page_is_whole(report: dict[str, Any]) -> None:
    page = html_document_report(report | {"failures": [], "latency_ms": {"n": 0, "located_over_2000": 0}}, {})
    assert "failures（0）" in page
    assert "没有图像被识读" in page
