"""A panel on the screen, in a made-up state."""

from __future__ import annotations

from typing import Any

from PyQt5.QtCore import Qt
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from teller_assist.ui.panel import Panel
from teller_assist.ui.theme import LIGHT, PANEL_WIDTH_PX
from teller_assist.ui.words import Language, Words
from tests.stand_ins.views import STATES


def made(qtbot: QtBot, language: Language = "zh", height_px: int = 1040) -> Panel:
    panel = Panel(Words(language), LIGHT)
    qtbot.addWidget(panel)
    panel.resize(PANEL_WIDTH_PX, height_px)
    panel.show()
    return panel


def press_key(widget: QWidget | None, key: Qt.Key) -> None:
    # Through the class: the stubs of QTest take its static methods for methods.
    QTest.keyClick(widget, key)  # type: ignore[call-overload]


def in_state(qtbot: QtBot, name: str, **sizes: Any) -> Panel:
    panel = made(qtbot, **sizes)
    panel.show_view(STATES[name]())
    return panel
