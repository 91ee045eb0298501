"""Drawn faces: no person's picture is needed to show what a window looks like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from teller_assist.errors import BugError
from teller_assist.evidence.pictures import Pixels

SKIN = "#e8b996"


@dataclass(frozen=True)
class Look:
    """What makes one drawn person another than the next.

    Attributes
    ----------
    shirt, hair, ground
        Colours.
    """

    shirt: str = "#39506b"
    hair: str = "#2a211d"
    ground: str = "#8fa1b3"
    glasses: bool = False
    long_hair: bool = False


LOOKS = (
    Look(),
    Look(shirt="#7a3b3b", hair="#5a3a22", ground="#b3a68f", glasses=True),
    Look(shirt="#2f6650", hair="#1d1d22", ground="#9cb0a0", long_hair=True),
    Look(shirt="#6b4f8a", hair="#6e675f", ground="#a7a0b8", glasses=True, long_hair=True),
    Look(shirt="#8a6a2f", hair="#3b2a1e", ground="#a8b4bd"),
)


def drawn_person(width_px: int, height_px: int, look: Look, *, mesh: bool = False) -> Pixels:
    """Return one drawn person's portrait; see ``drawn_face``."""
    return _drawn(width_px, height_px, look, mesh=mesh)


def drawn_face(
    width_px: int,
    height_px: int,
    *,
    ground: str = "#8fa1b3",
    shirt: str = "#39506b",
    glasses: bool = False,
    mesh: bool = False,
) -> Pixels:
    """Return uint8, shape (height, width, 3), BGR, not writeable: one drawn face in the middle."""
    return _drawn(width_px, height_px, Look(shirt=shirt, ground=ground, glasses=glasses), mesh=mesh)


def _drawn(width_px: int, height_px: int, look: Look, *, mesh: bool) -> Pixels:
    image = QImage(width_px, height_px, QImage.Format_RGB888)
    image.fill(QColor(look.ground))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(width_px / 2, 0)
    painter.scale(height_px / 145, height_px / 145)
    painter.setPen(Qt.PenStyle.NoPen)
    _body(painter, look)
    _features(painter, glasses=look.glasses)
    if mesh:
        _mesh(painter, width_px * 145 / height_px)
    painter.end()
    bits = image.constBits()
    if bits is None:
        raise BugError("an image without pixels")
    rows = np.array(bits.asarray(image.sizeInBytes()), np.uint8).reshape(height_px, image.bytesPerLine())
    pixels: Pixels = rows[:, : width_px * 3].reshape(height_px, width_px, 3)[:, :, ::-1].copy()
    pixels.flags.writeable = False
    return pixels


def _body(painter: QPainter, look: Look) -> None:
    if look.long_hair:
        painter.setBrush(QColor(look.hair))
        painter.drawRoundedRect(QRectF(-40, 40, 80, 82), 26, 26)
    painter.setBrush(QColor(look.shirt))
    painter.drawRoundedRect(QRectF(-56, 112, 112, 60), 30, 30)
    painter.setBrush(QColor(SKIN).darker(110))
    painter.drawRect(QRectF(-13, 92, 26, 28))
    painter.setBrush(QColor(look.hair))
    painter.drawEllipse(QRectF(-36, 18, 72, 78))
    painter.setBrush(QColor(SKIN))
    face = QPainterPath()
    face.moveTo(-31, 52)
    face.cubicTo(-32, 90, -18, 106, 0, 106)
    face.cubicTo(18, 106, 32, 90, 31, 52)
    face.cubicTo(20, 44, 4, 44, -8, 40)
    face.cubicTo(-16, 46, -26, 48, -31, 52)
    painter.drawPath(face)


def _features(painter: QPainter, *, glasses: bool) -> None:
    for x in (-14, 14):
        painter.setBrush(QColor("#2a211d"))
        painter.drawRoundedRect(QRectF(x - 8, 58, 16, 3), 1.5, 1.5)
        painter.setBrush(QColor("#fbfbfb"))
        painter.drawEllipse(QPointF(x, 68), 6.2, 3.6)
        painter.setBrush(QColor("#2b1d14"))
        painter.drawEllipse(QPointF(x, 68), 3, 3.2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor("#a85a50"), 2.4))
    painter.drawArc(QRectF(-10, 84, 20, 10), 200 * 16, 140 * 16)
    if glasses:
        painter.setPen(QPen(QColor("#222222"), 1.8))
        for x in (-14, 14):
            painter.drawRoundedRect(QRectF(x - 10, 61, 20, 15), 5, 5)


def _mesh(painter: QPainter, width: float) -> None:
    painter.setPen(QPen(QColor(70, 90, 120, 110), 0.8))
    for step in range(-20, 40):
        painter.drawLine(QPointF(-width / 2, step * 8.0), QPointF(width / 2, step * 8.0 + width * 0.45))
