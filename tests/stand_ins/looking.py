"""Look at widgets as a person or a screen reader would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from PyQt5.QtCore import QCoreApplication, QEvent, QPoint, QRect
from PyQt5.QtGui import QColor
from PyQt5.QtWidgets import QAbstractButton, QLabel, QWidget

from teller_assist.demonstration.drawn_faces import SKIN

Shown = TypeVar("Shown", bound=QWidget)


def settled(widget: Shown) -> Shown:
    """The widget after its layouts took note of what changed, as the panel has them do at the end of every view."""
    for _round in range(4):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    return widget


def visible_labels(widget: QWidget) -> list[QLabel]:
    """Every label that is shown and says something; one without text is no label here."""
    return [one for one in widget.findChildren(QLabel) if one.isVisible() and one.text()]


def texts(widget: QWidget) -> list[str]:
    """Every text of the labels that are shown, from top to bottom as they were made."""
    return [one.text() for one in visible_labels(widget)]


def everything_said(widget: QWidget) -> Iterator[str]:
    """Every text, tooltip and accessible word of everything shown."""
    for one in (widget, *widget.findChildren(QWidget)):
        if one.isVisible():
            yield from (one.toolTip(), one.accessibleName(), one.accessibleDescription())
            if isinstance(one, QLabel | QAbstractButton):
                yield one.text()


def place(one: QWidget, within: QWidget) -> QRect:
    return QRect(one.mapTo(within, QPoint(0, 0)), one.size())


def clipped(widget: QWidget) -> list[str]:
    """What is said about every label and button whose text does not fit into it."""
    told = []
    for one in visible_labels(widget):
        needed = one.heightForWidth(one.width()) if one.wordWrap() else one.sizeHint().height()
        narrow = not one.wordWrap() and one.width() < one.sizeHint().width()
        if narrow or one.height() < needed:
            told.append(f"{one.text()!r} has {one.width()}x{one.height()}, needs {one.sizeHint().width()}x{needed}")
    buttons = [one for one in widget.findChildren(QAbstractButton) if one.isVisible() and one.text()]
    narrow_ones = [one for one in buttons if one.width() < one.minimumSizeHint().width()]
    return told + [f"button {one.text()!r} has {one.width()}, needs {one.minimumSizeHint().width()}" for one in narrow_ones]


def overlapping(widget: QWidget) -> list[str]:
    """Every two labels of one widget that lie over each other."""
    places = [(one.text(), place(one, widget)) for one in visible_labels(widget)]
    return [
        f"{text!r} over {other!r}"
        for number, (text, here) in enumerate(places)
        for other, there in places[:number]
        if here.adjusted(1, 1, -1, -1).intersects(there.adjusted(1, 1, -1, -1))
    ]


def skin_pixels(widget: QWidget) -> int:
    """How many pixels show the drawn faces' skin."""
    picture = widget.grab().toImage()
    skin = QColor(SKIN).rgb()
    return sum(picture.pixel(x, y) == skin for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3))
