"""Pictures of every state for people to look at: nothing but eyes can tell whether a bank would buy it.

TELLER_ASSIST_SCREENSHOTS names the folder they are written to. The documentation's picture is made by the demonstration.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtGui import QImage, QPainter
from PyQt5.QtWidgets import QApplication, QGridLayout, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from teller_assist.decision.judgement import Alert, AlertKind, Severity
from teller_assist.decision.kinship import LOOK_ALIKE, POSSIBLE_TWIN, RELATIVE
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.ui.panel import Panel
from teller_assist.ui.theme import PANEL_WIDTH_PX, THEMES, style_sheet
from teller_assist.ui.widgets.alert_banner import AlertBanner
from teller_assist.ui.widgets.strip import Strip
from teller_assist.ui.words import Language, Words
from teller_assist.wording import codes
from teller_assist.workflow.view_reviews import ReviewAct
from tests.stand_ins.training_views import ENOUGH, FEW, between
from tests.stand_ins.views import STATES, preview_frame

HEIGHTS_PX = (1040, 760)
OF_PERSONS = (RELATIVE.why, POSSIBLE_TWIN.why, LOOK_ALIKE.why)
FIGURE_HEIGHT_PX, NEIGHBOUR_WIDTH_PX, GAP_PX = 1080, 700, 24
TRAINING_HEIGHT_PX = 800
FIGURE_MOST_BYTES = 400_000
TERMINAL = """

  核心业务系统                                3号柜台   10427
  ──────────────────────────────────

  3102   密码重置

         客户姓名      林*晓
         证件类型      居民身份证
         证件号码      330106 19** **** 0416
         账号          6217 **** **** 0038

         核身结果      ________

  ──────────────────────────────────
  F1 帮助   F3 返回   F12 提交
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    named = os.environ.get("TELLER_ASSIST_SCREENSHOTS", "")
    chosen = Path(named) if named else tmp_path
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


def kept(widget: QWidget, path: Path) -> None:
    QApplication.processEvents()
    assert widget.grab().save(str(path))


@pytest.mark.full
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_state_is_drawn_for_people_to_look_at(qtbot: QtBot, folder: Path, theme: str, language: Language) -> None:
    panel, strip = Panel(Words(language), THEMES[theme]), Strip(Words(language), THEMES[theme])
    for widget in (panel, strip):
        qtbot.addWidget(widget)
        widget.show()
    for name, make in STATES.items():
        view = make()
        panel.show_view(view)
        strip.show_view(view)
        panel.show_preview(preview_frame(box=(0.39, 0.1, 0.22, 0.66) if view.capture.permitted else None))
        for height_px in HEIGHTS_PX:
            panel.resize(panel.width(), height_px)
            kept(panel, folder / f"{name}-{theme}-{language}-{height_px}.png")
        strip.resize(strip.width(), HEIGHTS_PX[-1])
        kept(strip, folder / f"strip-{name}-{theme}-{language}.png")


@pytest.mark.full
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_is_drawn_for_people_to_look_at(qtbot: QtBot, folder: Path, theme: str, language: Language) -> None:
    panel = Panel(Words(language), THEMES[theme])
    qtbot.addWidget(panel)
    panel.show()
    panel.show_view(STATES["non_match"]())
    for height_px in HEIGHTS_PX:
        panel.resize(panel.width(), height_px)
        for decision in TellerDecision:
            panel.decision.buttons[decision].click()
            kept(panel, folder / f"form_{decision}-{theme}-{language}-{height_px}.png")
            panel.decision.close_form()
        panel.portraits.pictures["live"].click()
        kept(panel, folder / f"original-{theme}-{language}-{height_px}.png")
        panel.original.close_picture()


@pytest.mark.full
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_of_a_referred_customer_is_drawn_for_people_to_look_at(
    qtbot: QtBot, folder: Path, theme: str, language: Language
) -> None:
    panel = Panel(Words(language), THEMES[theme])
    qtbot.addWidget(panel)
    panel.show()
    for height_px in HEIGHTS_PX:
        panel.resize(panel.width(), height_px)
        for state, act in (("reviews_answered", ReviewAct.TWO_TELLERS), ("reviews_declined", ReviewAct.DOCUMENTS)):
            view = STATES[state]()
            panel.show_view(view)
            row = panel.reviews.rows[next(one.case_id for one in view.reviews.rows if one.act is act)]
            assert row.act is not None
            for name, button in ((act.value, row.act), ("left", row.left)):
                button.click()
                kept(panel, folder / f"form_review_{name}-{theme}-{language}-{height_px}.png")
                panel.take_escape()


@pytest.mark.full
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_alert_is_drawn_for_people_to_look_at(qtbot: QtBot, folder: Path, theme: str, language: Language) -> None:
    page = QWidget()
    page.setStyleSheet(style_sheet(THEMES[theme]))
    page.setObjectName("panel")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    grid = QGridLayout(page)
    whys = codes("alert_headline")
    for place, why in enumerate(whys):
        banner = AlertBanner(Words(language), THEMES[theme])
        banner.setFixedWidth(PANEL_WIDTH_PX - 24)
        kind = AlertKind.KINSHIP if why in OF_PERSONS else AlertKind.DOCUMENT_MISMATCH
        banner.show_alert(Alert(kind, list(Severity)[place % len(Severity)], why), 0)
        grid.addWidget(banner, place // 3, place % 3)
    qtbot.addWidget(page)
    page.show()
    QApplication.processEvents()
    for banner in page.findChildren(AlertBanner):  # now that it has its fonts; a grid asks nobody for the height of a width
        banner.setFixedHeight(banner.heightForWidth(banner.width()))
    kept(page, folder / f"alerts-{theme}-{language}.png")
    assert grid.count() == len(whys)


@pytest.mark.full
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_training_summary_is_drawn_for_people_to_look_at(qtbot: QtBot, folder: Path, theme: str, language: Language) -> None:
    panel = Panel(Words(language), THEMES[theme])
    qtbot.addWidget(panel)
    panel.show()
    for name, score in (("few", FEW), ("enough", ENOUGH)):
        panel.show_view(STATES["locked"]())
        panel.show_view(replace(STATES["training_between"](), training=between(score)))
        panel.training.line.more.click()
        panel.resize(panel.width(), HEIGHTS_PX[0])
        kept(panel, folder / f"training_summary_{name}-{theme}-{language}.png")


def side_by_side(images: list[QImage], height_px: int) -> QImage:
    """One figure of several panels on white."""
    width = sum(image.width() for image in images) + GAP_PX * (len(images) - 1)
    figure = QImage(width, height_px, QImage.Format.Format_RGB32)
    figure.fill(Qt.GlobalColor.white)
    painter = QPainter(figure)
    for place, image in enumerate(images):
        painter.drawImage(place * (image.width() + GAP_PX), 0, image)
    painter.end()
    return figure


@pytest.mark.full
def test_the_training_is_drawn_for_the_documentation(qtbot: QtBot, folder: Path) -> None:
    images = []
    for state in ("training_asked", "training_wrong", "training_between"):
        panel = Panel(Words("zh"), THEMES["light"])
        qtbot.addWidget(panel)
        panel.resize(panel.width(), TRAINING_HEIGHT_PX)
        panel.show()
        view = STATES[state]()
        panel.show_view(replace(view, training=between(ENOUGH)) if state == "training_between" else view)
        if state == "training_between":
            panel.training.line.more.click()
        QApplication.processEvents()
        images.append(panel.grab().toImage())
    assert side_by_side(images, TRAINING_HEIGHT_PX).save(str(folder / "training.png"))
    assert (folder / "training.png").stat().st_size <= FIGURE_MOST_BYTES


def neighbour(qtbot: QtBot) -> QWidget:
    """A window of another program, as wide as the docked one leaves it; what stands in it is made up."""
    terminal = QPlainTextEdit(TERMINAL)
    terminal.setStyleSheet("background: #10233a; color: #d7e3f1; border: none; font: 17px 'Noto Sans Mono CJK SC', monospace;")
    terminal.setFixedSize(NEIGHBOUR_WIDTH_PX, FIGURE_HEIGHT_PX)
    qtbot.addWidget(terminal)
    terminal.show()
    return terminal


@pytest.mark.full
def test_the_window_beside_its_neighbour_is_drawn_for_people_to_look_at(qtbot: QtBot, folder: Path) -> None:
    match, kinship = Panel(Words("zh"), THEMES["light"]), Panel(Words("zh"), THEMES["dark"])
    for panel, state in ((match, "match"), (kinship, "kinship")):
        qtbot.addWidget(panel)
        panel.resize(panel.width(), FIGURE_HEIGHT_PX)
        panel.show()
        panel.show_view(STATES[state]())
    parts = (neighbour(qtbot), match, kinship)
    lefts = (0, NEIGHBOUR_WIDTH_PX, NEIGHBOUR_WIDTH_PX + match.width() + GAP_PX)
    figure = QImage(lefts[-1] + kinship.width(), FIGURE_HEIGHT_PX, QImage.Format.Format_RGB32)
    figure.fill(Qt.GlobalColor.white)
    QApplication.processEvents()
    focus = QApplication.focusWidget()
    if focus is not None:
        focus.clearFocus()  # the keyboard is the neighbour's
    painter = QPainter(figure)
    for left, part in zip(lefts, parts, strict=True):
        part.render(painter, QPoint(left, 0))
    painter.end()
    path = folder / "window.png"
    assert figure.save(str(path))
    assert path.stat().st_size <= FIGURE_MOST_BYTES


STEPS = ("waiting_for_consent", "judging", "match", "questions")
STEP_HEIGHT_PX = 900


@pytest.mark.full
def test_the_tellers_steps_are_drawn_for_the_documentation(qtbot: QtBot, folder: Path) -> None:
    images = []
    for state in STEPS:
        panel = Panel(Words("zh"), THEMES["light"])
        qtbot.addWidget(panel)
        panel.resize(panel.width(), STEP_HEIGHT_PX)
        panel.show()
        view = STATES[state]()
        panel.show_view(view)
        panel.show_preview(preview_frame(box=(0.39, 0.1, 0.22, 0.66) if view.capture.permitted else None))
        QApplication.processEvents()
        images.append(panel.grab().toImage())
    assert side_by_side(images, STEP_HEIGHT_PX).save(str(folder / "teller_steps.png"))
    assert (folder / "teller_steps.png").stat().st_size <= FIGURE_MOST_BYTES


SCAN_HEIGHT_PX = 620
SCAN_STEPS: tuple[tuple[str, str, str], ...] = (  # state; part and button of it that is pressed
    ("scan_agrees", "scan", "all_button"),
    ("scan_doubts", "scan", "check_button"),
    ("scan_differs", "", ""),
    ("scan_nothing_found", "scan", "box_button"),
)


@pytest.mark.full
def test_the_scan_step_is_drawn_for_the_documentation(qtbot: QtBot, folder: Path) -> None:
    images = []
    for state, part, button in SCAN_STEPS:
        panel = Panel(Words("zh"), THEMES["light"])
        qtbot.addWidget(panel)
        panel.resize(panel.width(), SCAN_HEIGHT_PX)
        panel.show()
        panel.show_view(STATES[state]())
        if part:
            getattr(getattr(panel, part), button).click()
        QApplication.processEvents()
        images.append(panel.grab().toImage())
    assert side_by_side(images, SCAN_HEIGHT_PX).save(str(folder / "scan_card.png"))
    assert (folder / "scan_card.png").stat().st_size <= FIGURE_MOST_BYTES
