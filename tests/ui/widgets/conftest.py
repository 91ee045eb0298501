"""What the widgets' tests share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from teller_assist.ui.theme import LIGHT, style_sheet
from teller_assist.ui.words import Words

T = TypeVar("T", bound=QWidget)


@pytest.fixture
def zh() -> Words:
    return Words("zh")


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[[T], T]:
    """Show a widget as it stands in the panel: its width, its style sheet."""

    def show(widget: T, *, width_px: int = 368) -> T:
        qtbot.addWidget(widget)
        widget.setStyleSheet(style_sheet(LIGHT))
        widget.setFixedWidth(width_px)
        widget.show()
        return widget

    return show
