"""The window's own behaviour; what concerns other windows stands in dock/test_beside_a_neighbour.py."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PyQt5.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from teller_assist.ui.dock import Side
from teller_assist.ui.dock.fallback import EdgeWindow
from teller_assist.ui.window import DockWindow

PANEL_PX, STRIP_PX = 392, 48


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[DockWindow]:
    made = DockWindow(Side.RIGHT)
    made.show_surfaces(surface(PANEL_PX, QLineEdit()), surface(STRIP_PX, QLabel()))
    with qtbot.waitSignal(made.painted, timeout=20_000):
        made.open()
    yield made
    made.release()


def surface(width: int, content: QWidget) -> QWidget:
    made = QWidget()
    made.setFixedWidth(width)
    QVBoxLayout(made).addWidget(content)
    return made


def screen_right() -> int:
    screen = QGuiApplication.primaryScreen()
    assert screen is not None
    return screen.geometry().right() + 1


def press_escape(window: DockWindow) -> None:
    QApplication.sendEvent(window, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier))


def stands_at_the_edge(window: DockWindow, width: int) -> bool:
    return (window.width(), window.x() + window.width()) == (width, screen_right())


def refuses_focus(window: DockWindow) -> bool:
    handle = window.windowHandle()
    assert handle is not None
    return bool(handle.flags() & Qt.WindowType.WindowDoesNotAcceptFocus)


def test_it_stands_at_the_edge_as_panel_and_as_strip(window: DockWindow, qtbot: QtBot) -> None:
    for to_strip, width in ((False, PANEL_PX), (True, STRIP_PX), (False, PANEL_PX)):
        window.fold(to_strip=to_strip)
        qtbot.waitUntil(partial(stands_at_the_edge, window, width))
        assert window.is_strip is to_strip


def test_it_refuses_the_keyboard_unless_it_is_asked_to_take_it(window: DockWindow) -> None:
    assert refuses_focus(window)
    window.take_focus()
    assert not refuses_focus(window)
    window.return_focus()
    assert refuses_focus(window)


def test_a_field_that_goes_gives_the_keyboard_back(window: DockWindow, qtbot: QtBot) -> None:
    window.take_focus_for_text()
    assert not refuses_focus(window)
    field = window.findChild(QLineEdit)
    assert field is not None
    field.hide()
    qtbot.waitUntil(lambda: refuses_focus(window))


def test_folding_gives_the_keyboard_back(window: DockWindow) -> None:
    window.take_focus()
    window.fold(to_strip=True)
    assert refuses_focus(window)


def test_esc_first_closes_what_the_panel_has_open(window: DockWindow) -> None:
    asked: list[bool] = []

    def closes_once() -> bool:
        asked.append(not asked)
        return asked[-1]

    window.escape_wanted = closes_once
    window.take_focus()
    press_escape(window)
    assert (asked, refuses_focus(window)) == ([True], False)
    press_escape(window)
    assert (asked, refuses_focus(window)) == ([True, False], True)


def test_a_mouse_that_moves_over_the_window_is_use_and_takes_no_keyboard(window: DockWindow, qtbot: QtBot) -> None:
    handle = window.windowHandle()
    assert handle is not None
    window.ask_for_text(True)
    none = Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, QPointF(50, 50), none, none, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(window.used):
        QApplication.sendEvent(handle, moved)
    assert refuses_focus(window)


def test_no_button_gets_the_keyboard_by_accident(window: DockWindow, qtbot: QtBot) -> None:
    first, second = QPushButton("first"), QPushButton("second")
    panel = surface(PANEL_PX, first)
    panel_layout = panel.layout()
    assert panel_layout is not None
    panel_layout.addWidget(second)
    window.show_surfaces(panel, surface(STRIP_PX, QLabel()))
    window.take_focus()
    qtbot.waitUntil(window.isActiveWindow)
    assert QApplication.focusWidget() is window
    first.setFocus()
    first.hide()
    assert QApplication.focusWidget() is window
    second.setFocus()
    second.setEnabled(False)
    assert QApplication.focusWidget() in (window, None)


def test_other_surfaces_replace_those_before(window: DockWindow, qtbot: QtBot) -> None:
    panel, strip = surface(PANEL_PX, QLabel("new")), surface(STRIP_PX, QLabel())
    window.show_surfaces(panel, strip)
    assert panel.isVisible()
    other = surface(STRIP_PX, QLabel())
    window.show_surfaces(panel, other)
    window.fold(to_strip=True)
    assert other.isVisible()
    assert not panel.isVisible()
    qtbot.waitUntil(lambda: window.findChild(QLineEdit) is None, timeout=5_000)


def test_a_new_screen_makes_it_take_its_place_anew(window: DockWindow, qtbot: QtBot) -> None:
    window.setGeometry(10, 10, 300, 300)
    screen = QGuiApplication.primaryScreen()
    assert screen is not None
    screen.geometryChanged.emit(screen.geometry())
    qtbot.waitUntil(partial(stands_at_the_edge, window, PANEL_PX))


def test_where_nothing_can_be_reserved_it_stays_on_top(window: DockWindow) -> None:
    dock = EdgeWindow(window, Side.LEFT)
    dock.place(PANEL_PX)
    screen, handle = QGuiApplication.primaryScreen(), window.windowHandle()
    assert screen is not None
    assert handle is not None
    assert handle.flags() & Qt.WindowType.WindowStaysOnTopHint
    assert window.geometry().left() == screen.availableGeometry().left()
    assert window.geometry().width() == PANEL_PX
    for nothing in (dock.remember_focus, dock.return_focus, dock.remove):
        nothing()
