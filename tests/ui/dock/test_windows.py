"""The AppBar against a scripted shell: never run on Windows itself."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest
from PyQt5.QtGui import QGuiApplication
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from teller_assist.ui.dock import Side
from teller_assist.ui.dock import windows as w

MESSAGE = 0xC123
TASK_BAR_PX = 40


class Shell:
    """A shell with a task bar below and another program's bar of 60 px at the right edge; it keeps no more than it is asked."""

    def __init__(self, *, grants: bool = True) -> None:
        self.grants = grants
        self.messages: list[int] = []
        self.sizes: set[int] = set()
        self.edges: set[int] = set()
        self.reserved: tuple[int, int, int, int] | None = None

    def SHAppBarMessage(self, message: int, pointer: Any, /) -> int:  # noqa: N802 - the system's name
        data: w.AppBarData = pointer._obj
        self.messages.append(message)
        self.sizes.add(data.size)
        self.edges.add(data.edge)
        screen = QGuiApplication.primaryScreen()
        assert screen is not None
        if message == w.ABM_QUERYPOS:
            data.rect.bottom = min(data.rect.bottom, screen.geometry().height() - TASK_BAR_PX)
            data.rect.right = min(data.rect.right, screen.geometry().width() - 60)
        elif message == w.ABM_SETPOS:
            self.reserved = (data.rect.left, data.rect.top, data.rect.right, data.rect.bottom)
        elif message == w.ABM_REMOVE:
            self.reserved = None
        return int(message != w.ABM_NEW or self.grants)


class User:
    """Remembers what was asked of it."""

    def __init__(self) -> None:
        self.foreground = 4711
        self.placed: list[tuple[int, ...]] = []

    def RegisterWindowMessageW(self, name: str, /) -> int:  # noqa: N802 - the system's name
        return MESSAGE

    def SetWindowPos(self, window: int, *arguments: int) -> int:  # noqa: N802 - the system's name
        self.placed.append(arguments)
        return 1

    def GetForegroundWindow(self) -> int | None:  # noqa: N802 - the system's name
        return self.foreground

    def SetForegroundWindow(self, window: int, /) -> int:  # noqa: N802 - the system's name
        self.foreground = window
        return 1


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def screen_size() -> tuple[int, int]:
    screen = QGuiApplication.primaryScreen()
    assert screen is not None
    return screen.geometry().width(), screen.geometry().height()


def notice(bar: w.AppBar, window: QWidget, what: int, parameter: int = 0, message: int = MESSAGE) -> bool:
    told = w.WindowMessage(int(window.winId()), message, what, parameter)
    return bar.look_at(ctypes.addressof(told))


def test_the_systems_structures_have_their_documented_sizes() -> None:
    assert ctypes.sizeof(w.AppBarData) == 48
    assert ctypes.sizeof(w.Rect) == 16
    assert [getattr(w.AppBarData, name).offset for name, _ in w.AppBarData._fields_] == [0, 8, 16, 20, 24, 40]


def test_a_place_beside_another_bar_keeps_our_width(window: QWidget) -> None:
    shell, user = Shell(), User()
    bar = w.AppBar(window, Side.RIGHT, shell, user)
    assert bar.register()
    bar.place(392)
    width, height = screen_size()
    assert shell.messages == [w.ABM_NEW, w.ABM_QUERYPOS, w.ABM_SETPOS]
    assert shell.reserved == (width - 60 - 392, 0, width - 60, height - TASK_BAR_PX)
    assert user.placed == [(w.HWND_TOPMOST, width - 60 - 392, 0, 392, height - TASK_BAR_PX, w.SWP_NOACTIVATE)]
    assert (shell.sizes, shell.edges) == ({48}, {w.ABE_RIGHT})
    bar.remove()
    bar.remove()
    assert shell.messages[3:] == [w.ABM_REMOVE]


def test_the_left_edge(window: QWidget) -> None:
    shell = Shell()
    bar = w.AppBar(window, Side.LEFT, shell, User())
    bar.register()
    bar.place(48)
    assert shell.reserved is not None
    assert (shell.reserved[0], shell.reserved[2], shell.edges) == (0, 48, {w.ABE_LEFT})
    bar.remove()


def test_another_bar_makes_us_take_our_place_anew(window: QWidget) -> None:
    shell = Shell()
    bar = w.AppBar(window, Side.RIGHT, shell, User())
    bar.register()
    bar.place(48)
    assert notice(bar, window, w.ABN_POSCHANGED)
    assert shell.messages[3:] == [w.ABM_QUERYPOS, w.ABM_SETPOS]
    bar.remove()


def test_a_full_screen_program_is_let_in_front(window: QWidget) -> None:
    user = User()
    bar = w.AppBar(window, Side.RIGHT, Shell(), user)
    bar.register()
    notice(bar, window, w.ABN_FULLSCREENAPP, 1)
    notice(bar, window, w.ABN_FULLSCREENAPP, 0)
    assert [placed[0] for placed in user.placed] == [w.HWND_BOTTOM, w.HWND_TOPMOST]
    bar.remove()


def test_messages_of_others_pass(window: QWidget) -> None:
    shell = Shell()
    bar = w.AppBar(window, Side.RIGHT, shell, User())
    bar.register()
    assert not notice(bar, window, w.ABN_POSCHANGED, message=MESSAGE + 1)
    assert shell.messages == [w.ABM_NEW]
    bar.remove()


def test_a_shell_that_grants_no_place_says_so(window: QWidget) -> None:
    shell = Shell(grants=False)
    bar = w.AppBar(window, Side.RIGHT, shell, User())
    assert not bar.register()
    bar.remove()
    assert shell.messages == [w.ABM_NEW]


def test_the_keyboard_goes_back_to_whom_it_was_taken_from(window: QWidget) -> None:
    user = User()
    bar = w.AppBar(window, Side.RIGHT, Shell(), user)
    bar.remember_focus()
    user.foreground = int(window.winId())
    bar.remember_focus()  # our own window does not count
    bar.return_focus()
    assert user.foreground == 4711
