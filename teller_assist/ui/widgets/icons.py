"""The window's line icons, drawn on a grid of 24 units."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PyQt5.QtWidgets import QWidget

from teller_assist.errors import BugError

# Rounded rectangles (x, y, width, height, radius), circles (x, y, radius) and polylines (x, y, x, y ...).
_Shape = tuple[str, tuple[float, ...]]


def _rays(inner: float, outer: float) -> tuple[_Shape, ...]:
    angles = [step * math.pi / 4 for step in range(8)]
    ends = [(math.cos(angle), math.sin(angle)) for angle in angles]
    return tuple(("line", (12 + inner * x, 12 + inner * y, 12 + outer * x, 12 + outer * y)) for x, y in ends)


ICONS: Mapping[str, tuple[_Shape, ...]] = {
    "camera": (
        ("box", (2.5, 7, 19, 13, 2.5)),
        ("line", (8, 7, 9.5, 4, 14.5, 4, 16, 7)),
        ("circle", (12, 13, 3.6)),
    ),
    "id_card_reader": (
        ("box", (2.5, 5, 19, 14, 2)),
        ("circle", (8, 11, 2)),
        ("line", (5, 16, 6, 15, 10, 15, 11, 16)),
        ("line", (14, 10, 18.5, 10)),
        ("line", (14, 14, 18.5, 14)),
    ),
    "document_scanner": (
        ("line", (3, 8, 3, 3, 8, 3)),
        ("line", (16, 3, 21, 3, 21, 8)),
        ("line", (21, 16, 21, 21, 16, 21)),
        ("line", (8, 21, 3, 21, 3, 16)),
        ("line", (6, 12, 18, 12)),
    ),
    "travel_document_reader": (
        ("box", (5, 2.5, 14, 19, 2)),
        ("circle", (12, 10, 3.6)),
        ("line", (9, 17.5, 15, 17.5)),
    ),
    "bank_card_reader": (
        ("box", (2.5, 5, 19, 14, 2)),
        ("line", (2.5, 10, 21.5, 10)),
        ("line", (6, 15, 10, 15)),
    ),
    "branch_server": (
        ("box", (3, 4, 18, 6.5, 1.5)),
        ("box", (3, 13.5, 18, 6.5, 1.5)),
        ("circle", (6.8, 7.2, 0.4)),
        ("circle", (6.8, 16.7, 0.4)),
    ),
    "compare": (("circle", (8.5, 12, 5.5)), ("circle", (15.5, 12, 5.5))),
    "decide": (
        ("line", (5, 20, 5, 4, 15, 4, 19, 8, 19, 20, 5, 20)),
        ("line", (8.5, 13.5, 11, 16, 15.5, 10.5)),
    ),
    "check": (("line", (4.5, 12.5, 10, 18, 20, 6.5)),),
    "cross": (("line", (6, 6, 18, 18)), ("line", (18, 6, 6, 18))),
    "warning": (
        ("line", (12, 3.5, 22, 20.5, 2, 20.5, 12, 3.5)),
        ("line", (12, 10, 12, 14.5)),
        ("line", (12, 17.4, 12, 17.5)),
    ),
    "question": (
        ("circle", (12, 12, 9.5)),
        ("line", (9, 9.5, 9.6, 7.6, 12, 6.8, 14.4, 7.8, 14.8, 10, 12, 12.4, 12, 14)),
        ("line", (12, 17, 12, 17.1)),
    ),
    "waiting": (("circle", (5, 12, 1)), ("circle", (12, 12, 1)), ("circle", (19, 12, 1))),
    "ticked": (("box", (3, 3, 18, 18, 3)), ("line", (7, 12.5, 10.5, 16, 17, 8.5))),
    "unticked": (("box", (3, 3, 18, 18, 3)),),
    "dot": (("circle", (12, 12, 2)),),
    "minus": (("line", (5, 12, 19, 12)),),
    "about_equal": (
        ("line", (4, 10, 6.5, 8, 9.5, 8, 14.5, 10.5, 17.5, 10.5, 20, 8.5)),
        ("line", (4, 16, 6.5, 14, 9.5, 14, 14.5, 16.5, 17.5, 16.5, 20, 14.5)),
    ),
    "info": (("circle", (12, 12, 9.5)), ("line", (12, 11, 12, 17)), ("line", (12, 7, 12, 7.1))),
    "stop": (
        ("line", (8, 2.5, 16, 2.5, 21.5, 8, 21.5, 16, 16, 21.5, 8, 21.5, 2.5, 16, 2.5, 8, 8, 2.5)),
        ("line", (12, 7, 12, 13)),
        ("line", (12, 16.6, 12, 16.7)),
    ),
    "persons": (
        ("circle", (8, 8, 3.4)),
        ("circle", (16, 8, 3.4)),
        ("line", (2, 20, 3, 16, 6, 14, 10, 14, 12, 16.5, 14, 14, 18, 14, 21, 16, 22, 20)),
    ),
    "person": (("circle", (12, 8, 4)), ("line", (4, 21, 5, 17, 8.5, 14.5, 15.5, 14.5, 19, 17, 20, 21))),
    "lock": (("box", (4.5, 10.5, 15, 10.5, 2)), ("line", (8, 10, 8, 7, 9.5, 4.5, 12, 3.5, 14.5, 4.5, 16, 7, 16, 10))),
    "theme": (("circle", (12, 12, 4.2)), *_rays(7.2, 9.6)),
    "language": (
        ("circle", (12, 12, 9.5)),
        ("line", (2.5, 12, 21.5, 12)),
        ("line", (12, 2.5, 8.5, 7, 8, 12, 8.5, 17, 12, 21.5)),
        ("line", (12, 2.5, 15.5, 7, 16, 12, 15.5, 17, 12, 21.5)),
    ),
    "to_right": (("line", (9, 5, 16, 12, 9, 19)),),
    "to_left": (("line", (15, 5, 8, 12, 15, 19)),),
    "face": (
        ("circle", (12, 12, 9.5)),
        ("circle", (8.8, 10, 0.6)),
        ("circle", (15.2, 10, 0.6)),
        ("line", (8, 15, 10, 16.5, 14, 16.5, 16, 15)),
    ),
}


def draw_icon(painter: QPainter, name: str, place: QRectF, colour: str, stroke: float = 2.0) -> None:
    """Draw one icon.

    Parameters
    ----------
    place
        Square in the painter's own coordinates.
    stroke
        Width of the lines in grid units.

    Raises
    ------
    BugError
        No such icon.
    """
    shapes = _shapes(name)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(place.x(), place.y())
    painter.scale(place.width() / 24, place.height() / 24)
    painter.setPen(QPen(QColor(colour), stroke, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for kind, numbers in shapes:
        _draw_shape(painter, kind, numbers)
    painter.restore()


def _shapes(name: str) -> tuple[_Shape, ...]:
    if name not in ICONS:
        raise BugError(f"there is no icon {name!r}")
    return ICONS[name]


def _draw_shape(painter: QPainter, kind: str, numbers: tuple[float, ...]) -> None:
    if kind == "box":
        x, y, width, height, radius = numbers
        painter.drawRoundedRect(QRectF(x, y, width, height), radius, radius)
    elif kind == "circle":
        x, y, radius = numbers
        painter.drawEllipse(QPointF(x, y), radius, radius)
    else:
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]))


def icon(name: str, colour: str, side_px: int = 18, stroke: float = 2.0) -> QIcon:
    """Return an icon for a button, drawn at three times its size so that it stays sharp on any screen."""
    _shapes(name)  # an error under an open painter would take the process down
    picture = QPixmap(side_px * 3, side_px * 3)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    draw_icon(painter, name, QRectF(0, 0, side_px * 3, side_px * 3).adjusted(3, 3, -3, -3), colour, stroke)
    painter.end()
    return QIcon(picture)


class IconView(QWidget):
    """One icon, on a filled disc or bare. The word beside it carries the meaning, so it has no accessible name of its own."""

    def __init__(self, side_px: int, *, disc: bool = False, height_px: int = 0) -> None:
        super().__init__()
        self.setFixedSize(QSize(side_px, max(side_px, height_px)))  # a line's height puts it in the line's middle
        self._disc = disc
        self._name = ""
        self._colour = ""
        self._ground = ""

    @property
    def name(self) -> str:
        """Which icon stands there; "" for none."""
        return self._name

    def show_icon(self, name: str, colour: str, ground: str = "") -> None:
        """Show another icon, "" for none; ``ground`` is the disc's colour."""
        if name:
            _shapes(name)
        if (name, colour, ground) != (self._name, self._colour, self._ground):
            self._name, self._colour, self._ground = name, colour, ground
            self.update()

    def paintEvent(self, _event: object) -> None:  # noqa: N802 (Qt's name)
        """Draw it."""
        if not self._name:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(0, (self.height() - self.width()) / 2, self.width(), self.width())
        if self._disc:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._ground))
            painter.drawEllipse(place)
            inset = place.width() * 0.22
            place = place.adjusted(inset, inset, -inset, -inset)
        draw_icon(painter, self._name, place, self._colour, 2.6 if place.width() < 16 else 2.0)
