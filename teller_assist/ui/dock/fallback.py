"""Where no edge can be reserved (Wayland, a desktop without struts): an edge window that stays on top."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QWidget

from teller_assist.ui.dock.edges import Side, at_edge, outermost_screen


class EdgeWindow:
    """A ``Dock`` that reserves nothing. Whose keyboard it was is not known there: the desktop decides who gets it back."""

    def __init__(self, window: QWidget, side: Side) -> None:
        self._window, self._side = window, side
        handle = window.windowHandle()
        if handle is not None:
            handle.setFlag(Qt.WindowType.WindowStaysOnTopHint, True)

    def place(self, width: int) -> None:
        """Put the window at its edge, inside what panels of the desktop leave."""
        self._window.setGeometry(at_edge(outermost_screen(self._side).availableGeometry(), self._side, width))

    def remember_focus(self) -> None:
        """Nothing can be asked."""

    def return_focus(self) -> None:
        """Nothing can be asked; the window refuses the keyboard again and the desktop chooses."""

    def remove(self) -> None:
        """Nothing is reserved."""
