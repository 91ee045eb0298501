"""What the window asks of a desktop, and which desktop it is."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from PyQt5.QtGui import QGuiApplication
from PyQt5.QtWidgets import QWidget

from teller_assist.ui.dock.edges import Side


class Dock(Protocol):
    """A window at the outer edge of the outermost screen. Focus: the window asks Qt for it, the dock remembers whose it was."""

    def place(self, width: int) -> None:
        """Put the window at its edge and have other windows keep clear of it, where the desktop can.

        Parameters
        ----------
        width
            In Qt's pixels, which the scale factor multiplies.
        """

    def remember_focus(self) -> None:
        """Note which window has the keyboard now; our own does not count."""

    def return_focus(self) -> None:
        """Give the keyboard back to the window that had it."""

    def remove(self) -> None:
        """Give the reserved edge back."""


class Docked(StrEnum):
    """How well the desktop keeps other windows clear of ours."""

    RESERVED = "reserved"  # a maximised neighbour ends where we begin
    ON_TOP = "on_top"  # we stand above the neighbour and may cover its edge


@dataclass(frozen=True)
class OpenedDock:
    """A dock and what it can do."""

    dock: Dock
    docked: Docked


def open_dock(window: QWidget, side: Side) -> OpenedDock:
    """Return the dock for the desktop that this process runs on.

    Parameters
    ----------
    window
        The top-level window; its native window exists.
    """
    platform = QGuiApplication.platformName()
    # Inside a Wayland session X11 windows are guests: what they reserve holds for no native window.
    if platform == "xcb" and not os.environ.get("WAYLAND_DISPLAY"):
        from teller_assist.ui.dock.x11 import X11Dock
        from teller_assist.ui.dock.xlib import XDisplay

        display = XDisplay.of_qt()
        if display.manager_supports("_NET_WM_STRUT_PARTIAL"):
            return OpenedDock(X11Dock(window, side, display), Docked.RESERVED)
    if platform == "windows" and sys.platform == "win32":
        from teller_assist.ui.dock.windows import AppBar, shell32, user32

        app_bar = AppBar(window, side, shell32(), user32())
        if app_bar.register():
            return OpenedDock(app_bar, Docked.RESERVED)
    from teller_assist.ui.dock.fallback import EdgeWindow

    return OpenedDock(EdgeWindow(window, side), Docked.ON_TOP)


__all__ = ["Dock", "Docked", "OpenedDock", "Side", "open_dock"]
