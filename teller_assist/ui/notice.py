"""The notice that a customer reads and signs: one page in both languages, printed from the window; nothing of it is personal."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from PyQt5.QtCore import QMarginsF, QSizeF
from PyQt5.QtGui import QPageLayout, QPageSize, QTextDocument
from PyQt5.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PyQt5.QtWidgets import QWidget

from teller_assist.settings.schema import StationSettings
from teller_assist.wording import Sentences, sentence

_PARAGRAPHS = ("purpose", "way", "storage", "choice", "child", "signature", "sign_here")
# Where faces are kept to be searched, the customer reads of that purpose, too, and signs for it.
_WITH_RECENT_FACES = (
    "purpose_and_search", "way", "storage", "recent_faces", "choice", "child", "signature_and_search", "sign_here",
)  # fmt: skip
_TO_FILL_IN = "________________"
_MARGIN_MM = 18.0
_STYLE = "body { font-family: 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif; font-size: 10pt; } h1 { font-size: 15pt; }"


def notice_document(settings: StationSettings) -> QTextDocument:
    """Return the notice, Chinese first."""
    facts = {name: value or _TO_FILL_IN for name, value in _facts(settings).items()}
    told = _WITH_RECENT_FACES if settings.notice_recent_faces_days else _PARAGRAPHS
    title, paragraphs = sentence("paper_notice", "title"), [sentence("paper_notice", code, **facts) for code in told]
    document = QTextDocument()
    document.setDefaultStyleSheet(_STYLE)
    document.setHtml("<body>" + "".join(_part(title, paragraphs, language) for language in ("zh", "en")) + "</body>")
    return document


def has_printer() -> bool:
    """Return whether the notice can come out on paper: without a printer the dialog would write a file and call it printed."""
    return bool(QPrinterInfo.availablePrinterNames())


def print_notice(settings: StationSettings, parent: QWidget) -> bool:
    """Ask which printer and print; returns whether it was printed."""
    printer = make_printer()
    dialog = QPrintDialog(printer, parent)
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintToFile, False)
    if dialog.exec_() != QPrintDialog.DialogCode.Accepted:
        return False
    print_document(notice_document(settings), printer)
    return True


def make_printer() -> QPrinter:
    """Return a printer set to A4."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    printer.setPageLayout(QPageLayout(QPageSize(QPageSize.A4), QPageLayout.Portrait, margins, QPageLayout.Millimeter))
    return printer


def print_document(document: QTextDocument, printer: QPrinter) -> None:
    """Print it; its margins are the printer's own, and no page number is added."""
    layout = document.documentLayout()
    if layout is not None:
        layout.setPaintDevice(printer)
    document.setDocumentMargin(0)
    document.setPageSize(QSizeF(printer.pageRect().size()))
    document.print_(printer)


def _facts(settings: StationSettings) -> Mapping[str, str]:
    days = str(settings.notice_recent_faces_days)
    told = {"bank": settings.notice_bank, "contact": settings.notice_contact, "kept_for": settings.notice_kept_for}
    return {**told, "days": days}


def _part(title: Sentences, paragraphs: list[Sentences], language: str) -> str:
    texts = "".join(f"<p>{escape(getattr(one, language))}</p>" for one in paragraphs)
    return f"<h1>{escape(getattr(title, language))}</h1>{texts}"
