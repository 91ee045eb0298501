"""A scan with the documents that were found on it outlined; and a box that the teller draws there."""

from __future__ import annotations

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PyQt5.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from teller_assist.evidence.pictures import Pixels
from teller_assist.ui.frames import FrameImage
from teller_assist.ui.theme import Theme
from teller_assist.workflow.view_scan import Box, Outline

_HALO = QColor(255, 255, 255, 230)
_SHADE = QColor(8, 14, 20, 120)  # over what lies outside the box
SMALLEST_SHARE = 0.04  # of a side: a smaller box holds no card


class ScanImage:
    """The scan as it is painted: the whole of it, as large as a place allows, and the outlines over it."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._pixels: object = None
        self._outlines: tuple[Outline, ...] = ()
        self.image: FrameImage | None = None

    def take(self, pixels: Pixels | None, outlines: tuple[Outline, ...]) -> None:
        """Show another scan, or none."""
        if pixels is not self._pixels:
            self._pixels = pixels
            self.image = None if pixels is None else FrameImage(pixels)
        self._outlines = outlines if pixels is not None else ()

    def place(self, room: QRectF) -> QRectF:
        """Return where the scan lies in its room."""
        if self.image is None:
            return QRectF()
        scale = min(room.width() / self.image.width(), room.height() / self.image.height())
        width, height = self.image.width() * scale, self.image.height() * scale
        return QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)

    def paint(self, painter: QPainter, room: QRectF, stroke: float) -> None:
        """Draw it; the outline is light within dark, so that it is seen on every desk."""
        place = self.place(room)
        if self.image is None:
            return
        painter.drawImage(place, self.image)
        for outline in self._outlines:
            corners = [QPointF(place.x() + x * place.width(), place.y() + y * place.height()) for x, y in outline]
            for width, colour in ((stroke + 2.4, _HALO), (stroke, QColor(self._theme.good.mark))):
                painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPolygon(QPolygonF(corners))


class ScanPicture(QAbstractButton):
    """The small scan in the panel; a click enlarges it."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._scan = ScanImage(theme)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the button beside it does the same by keyboard
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    @property
    def shows_picture(self) -> bool:
        """Whether a scan is to be seen."""
        return self._scan.image is not None

    def show_scan(self, pixels: Pixels | None, outlines: tuple[Outline, ...]) -> None:
        """Show another scan, or an empty frame."""
        self._scan.take(pixels, outlines)
        self.setEnabled(self.shows_picture)
        self.setCursor(Qt.CursorShape.PointingHandCursor if self.shows_picture else Qt.CursorShape.ArrowCursor)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return its size beside the words."""
        return QSize(104, 72)

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Draw the scan in a rounded frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        rounded = QPainterPath()
        rounded.addRoundedRect(frame, 6, 6)
        painter.fillPath(rounded, QColor(self._theme.well))
        painter.save()
        painter.setClipPath(rounded)
        self._scan.paint(painter, frame, 2.0)
        painter.restore()
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.drawPath(rounded)


class CropPicture(QWidget):
    """One field as it stands on the card, as large as the room allows."""

    _MOST_PX, _LARGEST = 64, 1.6  # high; screen pixels for one of the card's

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._scan = ScanImage(theme)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_crop(self, pixels: Pixels | None) -> None:
        """Show another field's place, or nothing."""
        self._scan.take(pixels, ())
        self.setVisible(pixels is not None)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the crop's size in the panel's width."""
        image = self._scan.image
        if image is None:
            return QSize(0, 0)
        scale = min(self._LARGEST, 320 / image.width(), self._MOST_PX / image.height())
        return QSize(round(image.width() * scale), round(image.height() * scale) + 2)

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Draw it at the left."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self.sizeHint()
        self._scan.paint(painter, QRectF(0, 1, size.width(), size.height() - 2), 0)


class BoxCanvas(QWidget):
    """The enlarged scan and a box on it.

    Attributes
    ----------
    box
        In shares of the scan's sides.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._scan = ScanImage(theme)
        self._from: QPointF | None = None
        self.box: Box = (0.0, 0.0, 1.0, 1.0)
        self.setAccessibleName(name)
        self.setMinimumHeight(80)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_scan(self, pixels: Pixels | None, outlines: tuple[Outline, ...], box: Box) -> None:
        """Show a scan and a box to begin with."""
        self._scan.take(pixels, outlines)
        self.box = box
        self.update()

    def move_box(self, right: float, down: float, *, resize: bool) -> None:
        """Move the box, or its lower right corner, by shares of the scan; it never leaves the scan."""
        x, y, width, height = self.box
        if resize:
            width = min(max(width + right, SMALLEST_SHARE), 1 - x)
            height = min(max(height + down, SMALLEST_SHARE), 1 - y)
        else:
            x, y = min(max(x + right, 0), 1 - width), min(max(y + down, 0), 1 - height)
        self._set((x, y, width, height))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Begin a box."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._from = self._shares(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Drag its other corner."""
        if event is None or self._from is None:
            return
        to = self._shares(event)
        left, right = sorted((self._from.x(), to.x()))
        top, bottom = sorted((self._from.y(), to.y()))
        if min(right - left, bottom - top) >= SMALLEST_SHARE:
            self._set((left, top, right - left, bottom - top))

    def mouseReleaseEvent(self, _event: QMouseEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Leave the box as it is."""
        self._from = None

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Draw the scan, what was found on it, and the box; what lies outside it is darkened."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QRectF(self.rect())
        self._scan.paint(painter, room, 2.0)
        place = self._scan.place(room)
        x, y, width, height = self.box
        box = QRectF(
            place.x() + x * place.width(), place.y() + y * place.height(), width * place.width(), height * place.height()
        )
        outside = QPainterPath()
        outside.addRect(place)
        outside.addRect(box)  # odd-even: the box itself stays bright
        painter.fillPath(outside, _SHADE)
        for stroke, colour in ((4.6, _HALO), (2.4, QColor(self._theme.attention.mark))):
            painter.setPen(QPen(colour, stroke, Qt.PenStyle.DashLine if stroke < 4 else Qt.PenStyle.SolidLine))
            painter.drawRect(box)

    def _set(self, box: Box) -> None:
        self.box = box
        self.update()

    def _shares(self, event: QMouseEvent) -> QPointF:
        place = self._scan.place(QRectF(self.rect()))
        if place.isEmpty():
            return QPointF(0, 0)
        x, y = (event.x() - place.x()) / place.width(), (event.y() - place.y()) / place.height()
        return QPointF(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))
