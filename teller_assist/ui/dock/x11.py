"""Docking on X11: a window of type dock that reserves its edge of the root window with a strut.

The strut is a property of the window: it goes with the window, also when the process is killed.
"""

from __future__ import annotations

from PyQt5.QtGui import QGuiApplication
from PyQt5.QtWidgets import QWidget

from teller_assist.ui.dock.edges import Side, at_edge, native_area, outermost_screen, strut
from teller_assist.ui.dock.xlib import XDisplay

_PARTIAL = "_NET_WM_STRUT_PARTIAL"
_WHOLE = "_NET_WM_STRUT"  # what window managers read that do not know the partial one


class X11Dock:
    """A ``Dock`` for window managers that follow struts."""

    def __init__(self, window: QWidget, side: Side, display: XDisplay) -> None:
        self._window, self._side, self._display = window, side, display
        self._remembered = 0

    def place(self, width: int) -> None:
        """Put the window at its edge and reserve the edge."""
        screen = outermost_screen(self._side)
        self._window.setGeometry(at_edge(screen.geometry(), self._side, width))
        native = at_edge(native_area(screen), self._side, round(width * screen.devicePixelRatio()))
        values = strut([native_area(one) for one in QGuiApplication.screens()], native, self._side)
        self._display.set_cardinals(self._id, _PARTIAL, values)
        self._display.set_cardinals(self._id, _WHOLE, values[:4])

    def remember_focus(self) -> None:
        """Note the active window."""
        active = self._display.active_window()
        if active not in (0, self._id):
            self._remembered = active

    def return_focus(self) -> None:
        """Ask the window manager to activate the remembered window."""
        if self._remembered:
            self._display.activate(self._remembered, instead_of=self._id)

    def remove(self) -> None:
        """Take the struts away."""
        for name in (_PARTIAL, _WHOLE):
            self._display.delete_property(self._id, name)

    @property
    def _id(self) -> int:
        return int(self._window.winId())
