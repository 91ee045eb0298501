"""The notice on paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtPrintSupport import QPrinter
from pytestqt.qtbot import QtBot

from teller_assist.settings.schema import StationSettings
from teller_assist.ui.notice import make_printer, notice_document, print_document
from teller_assist.wording import codes

LONG = replace(
    StationSettings(),
    notice_bank="示例市第一商业银行股份有限公司海湾支行",
    notice_contact="12345678 " * 8,
    notice_kept_for="三年" * 20,
)


@pytest.mark.usefixtures("qtbot")
def test_it_says_purpose_way_storage_choice_and_who_signs_in_both_languages() -> None:
    text = notice_document(StationSettings()).toPlainText()
    for words in (
        "单独同意", "不用于其他目的", "不能区分双胞胎", "不保留您的人像", "不向互联网传输", "保存期限", "可以不同意",
        "不影响您办理业务", "撤回同意", "监护人", "签字", "separate consent", "no other purpose", "You may refuse", "withdraw",
    ):  # fmt: skip
        assert words in text, words
    assert "近期人脸" not in text
    assert len([line for line in text.splitlines() if line.strip()]) == 2 * (len(codes("paper_notice")) - 3)


@pytest.mark.usefixtures("qtbot")
def test_where_faces_are_kept_to_be_searched_the_customer_reads_of_it_and_signs_for_it() -> None:
    text = notice_document(replace(StationSettings(), notice_recent_faces_days=7)).toPlainText()
    for words in ("加密保存在本行服务器7天", "近期人脸核对。此外不用于其他目的", "用于本次核身和近期人脸核对", "for 7 days"):
        assert words in text, words
    assert len([line for line in text.splitlines() if line.strip()]) == 2 * (len(codes("paper_notice")) - 2)


@pytest.mark.usefixtures("qtbot")
def test_what_the_bank_set_stands_in_it_as_text_and_what_it_did_not_set_is_a_line_to_fill_in() -> None:
    text = notice_document(replace(StationSettings(), notice_bank="<b>示例银行</b>")).toPlainText()
    assert text.count("<b>示例银行</b>") == 2
    assert "联系方式：________" in text
    assert "保存期限：________" in text


@pytest.mark.parametrize("settings", [StationSettings(), LONG, replace(LONG, notice_recent_faces_days=30)])
def test_it_is_one_page_of_a4(qtbot: QtBot, tmp_path: Path, settings: StationSettings) -> None:
    printer, document = make_printer(), notice_document(settings)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "notice.pdf"))
    print_document(document, printer)
    assert document.pageCount() == 1
    content = (tmp_path / "notice.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") == 1
