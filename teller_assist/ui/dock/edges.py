"""Which screen edge, in Qt's pixels and in the screen's own."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PyQt5.QtCore import QPoint, QRect, QSize
from PyQt5.QtGui import QGuiApplication, QScreen

from teller_assist.errors import BugError


class Side(StrEnum):
    """The screen edge the window docks at."""

    RIGHT = "right"
    LEFT = "left"


def outermost_screen(side: Side) -> QScreen:
    """Return the screen whose edge is no other screen's neighbour: only such an edge can be reserved.

    Raises
    ------
    BugError
        Qt knows no screen.
    """
    screens = QGuiApplication.screens()
    if not screens:
        raise BugError("there is no screen")
    return max(screens, key=lambda screen: native_area(screen).right() if side is Side.RIGHT else -native_area(screen).left())


def native_area(screen: QScreen) -> QRect:
    """Return the screen's area in its own pixels. Qt scales a screen's size but leaves its corner in the screen's own pixels."""
    area, factor = screen.geometry(), screen.devicePixelRatio()
    return QRect(area.topLeft(), QSize(round(area.width() * factor), round(area.height() * factor)))


def at_edge(area: QRect, side: Side, width: int) -> QRect:
    """Return the part of an area along one side, ``width`` wide and as high as the area."""
    left = area.left() if side is Side.LEFT else area.left() + area.width() - width
    return QRect(QPoint(left, area.top()), QSize(width, area.height()))


def strut(screens: Sequence[QRect], place: QRect, side: Side) -> tuple[int, ...]:
    """Return the value of _NET_WM_STRUT_PARTIAL that reserves ``place``.

    Parameters
    ----------
    screens
        Every screen's area, in the screens' own pixels; together they span the root window.
    place
        Where the dock stands, likewise.

    Returns
    -------
    Twelve numbers: left, right, top, bottom, then start and end of each of them (Extended Window Manager Hints 1.5, "Application
    Window Properties"). Left and right count from the edge of the root window, not of the screen.
    """
    root_right = max(screen.left() + screen.width() for screen in screens)
    top, bottom = place.top(), place.top() + place.height() - 1
    if side is Side.LEFT:
        return (place.left() + place.width(), 0, 0, 0, top, bottom, 0, 0, 0, 0, 0, 0)
    return (0, root_right - place.left(), 0, 0, 0, 0, top, bottom, 0, 0, 0, 0)
