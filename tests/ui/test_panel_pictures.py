"""Pictures of every state for people to look at: nothing but eyes can tell whether a bank would buy it.

TELLER_ASSIST_SCREENSHOTS names the folder they are written to.
"""

import os
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from teller_assist.evidence.transaction import TellerDecision
from teller_assist.ui.panel import Panel
from teller_assist.ui.theme import THEMES
from teller_assist.ui.widgets.strip import Strip
from teller_assist.ui.words import Language, Words
from tests.stand_ins.views import STATES, preview_frame

HEIGHTS_PX = (1040, 760)


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
