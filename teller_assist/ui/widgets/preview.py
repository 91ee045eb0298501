"""The camera's picture, with what is said about it."""

from __future__ import annotations

from PyQt5.QtCore import QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPen, QPolygonF
from PyQt5.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from teller_assist.ui.frames import FrameImage
from teller_assist.ui.theme import DARK, Theme
from teller_assist.ui.widgets.pieces import MARKS, IconLine, clear, column, label, row, set_role, tell
from teller_assist.ui.words import Words
from teller_assist.workflow.preview_frame import PreviewFrame
from teller_assist.workflow.view import CaptureView, Chip

_GROUND = "#0a0f14"
_EDGE_PX = 8


class Preview(QWidget):
    """Newest frame, corner brackets round the face, quality chips and one hint."""

    pointed_at = pyqtSignal(float, float)  # a place of the picture, in shares of its width and height

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self._may_point = False
        self._frame: PreviewFrame | None = None
        self._image: FrameImage | None = None
        self._chips: tuple[Chip, ...] = ()
        self._may_show = False
        self._captured = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(words.say("panel", "preview"))
        self.quality = QWidget(self)
        self._quality_layout = column(self.quality, 0, 2)
        self.pad = _Pill(self)
        self.hint = label("hint_attention", wrap=True)
        self.hint.setParent(self)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.state = label("overlay_state", wrap=True)
        self.state.setParent(self)
        self.state.setAlignment(Qt.AlignmentFlag.AlignCenter)

    @property
    def shows_picture(self) -> bool:
        """Whether a frame of the camera is to be seen."""
        return self._image is not None

    def show_frame(self, frame: PreviewFrame) -> None:
        """Show a newer frame, unless the preview is blanked.

        Parameters
        ----------
        frame
            Its pixels are shown without a copy and kept alive until the next one.
        """
        if not self._may_show:
            return
        first = self._image is None
        self._frame = frame
        self._image = FrameImage(frame.pixels)
        told = self._words.say(
            "panel", "camera_source", width=frame.width_px, height=frame.height_px, rate=round(frame.frames_per_s)
        )
        if told != self.toolTip():
            self.setToolTip(told)
        if first:
            self._place()  # what stood in the middle makes room for the face
        self.update()

    def blank(self) -> None:
        """Take the picture away."""
        self._frame = self._image = None
        self.setToolTip("")
        self.update()

    def show_capture(self, capture: CaptureView, *, without_face: bool) -> None:
        """Show what the capture says; a stalled or blanked preview loses its picture."""
        self._may_show = not (capture.stalled or capture.blanked or without_face)
        self._captured = capture.captured
        self._may_point = self._may_show and capture.may_point
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._may_point else Qt.CursorShape.ArrowCursor)
        if not self._may_show:
            self.blank()
        tell(self.state, self._state_text(capture, without_face))
        self.state.setVisible(bool(self.state.text()))
        self._show_chips(capture)
        self._show_hint(capture)
        self._place()

    def _state_text(self, capture: CaptureView, without_face: bool) -> str:
        code = (
            "no_face_recognition"
            if without_face
            else "stalled"
            if capture.stalled
            else "blanked"
            if capture.blanked
            else ""
            if capture.permitted
            else "not_permitted"
        )
        return self._words.say("preview_state", code) if code else ""

    def _show_chips(self, capture: CaptureView) -> None:
        chips = capture.quality if capture.permitted and self._may_show else ()
        if chips != self._chips:
            self._chips = chips
            clear(self._quality_layout)
            for chip in chips:
                pill = _Pill(self.quality)
                pill.show_chip(self._words, "quality_chip", chip)
                self._quality_layout.addWidget(pill, 0, Qt.AlignmentFlag.AlignLeft)
                pill.show()
        self.quality.setVisible(bool(chips))
        self.pad.setVisible(capture.pad is not None and self._may_show)
        if capture.pad is not None:
            self.pad.show_chip(self._words, "pad_chip", capture.pad)

    def _show_hint(self, capture: CaptureView) -> None:
        text = self._words.of(capture.hint) if capture.hint is not None else ""
        if not text and capture.captured:
            text = self._words.say("panel", "imported" if capture.imported else "captured")
        set_role(
            self.hint, "hint_good" if capture.captured and capture.hint is None and not capture.imported else "hint_attention"
        )
        tell(self.hint, text if self._may_show else "")
        self.hint.setVisible(bool(self.hint.text()))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Point at a face."""
        if event is None or self._image is None or event.button() != Qt.MouseButton.LeftButton:
            return
        place = self._picture_place(self._image)
        x, y = (event.x() - place.x()) / place.width(), (event.y() - place.y()) / place.height()
        if self._may_point and 0 <= x <= 1 and 0 <= y <= 1:
            self.pointed_at.emit(x, y)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the size of a full 16:9 picture in the panel."""
        return QSize(368, 207)

    def resizeEvent(self, _event: object) -> None:  # noqa: N802 (Qt's name)
        """Put what lies over the picture in its place."""
        self._place()

    def _place(self) -> None:
        width, height = self.width(), self.height()
        for pill in (*self.quality.findChildren(_Pill), self.pad):
            pill.settle()
        self._quality_layout.invalidate()
        self.quality.adjustSize()
        self.quality.move(_EDGE_PX, _EDGE_PX)
        self.pad.adjustSize()
        self.pad.move(width - self.pad.width() - _EDGE_PX, _EDGE_PX)
        self._place_text(self.hint, QRect(_EDGE_PX, 0, width - 2 * _EDGE_PX, height - 6), at_bottom=True)
        room = QRect(_EDGE_PX, 0, width - 2 * _EDGE_PX, height - 6)
        self._place_text(self.state, room, at_bottom=self.shows_picture and not self.hint.text())

    def _place_text(self, one: QLabel, room: QRect, *, at_bottom: bool) -> None:
        wanted = one.fontMetrics().horizontalAdvance(one.text()) + 36
        text_width = min(wanted, room.width())
        text_height = one.heightForWidth(text_width)
        top = room.bottom() - text_height if at_bottom else (room.height() - text_height) // 2
        one.setGeometry(room.x() + (room.width() - text_width) // 2, top, text_width, text_height)

    def paintEvent(self, _event: object) -> None:  # noqa: N802 (Qt's name)
        """Draw the frame and the brackets."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rounded = QPainterPath()
        rounded.addRoundedRect(QRectF(self.rect()), 8, 8)
        painter.setClipPath(rounded)
        painter.fillRect(self.rect(), QColor(_GROUND))
        if self._image is None or self._frame is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = self._picture_place(self._image)
        painter.drawImage(place, self._image)
        if self._frame.box is not None:
            x, y, width, height = self._frame.box
            self._draw_brackets(
                painter,
                QRectF(
                    place.x() + x * place.width(), place.y() + y * place.height(), width * place.width(), height * place.height()
                ),
            )

    def _picture_place(self, image: FrameImage) -> QRectF:
        """Show the whole picture, whatever the height: a face is never cut."""
        scale = min(self.width() / image.width(), self.height() / image.height())
        width, height = image.width() * scale, image.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _draw_brackets(self, painter: QPainter, face: QRectF) -> None:
        tone = DARK.good if self._captured else DARK.attention
        arm = max(10.0, min(face.width(), face.height()) * 0.18)
        for stroke, colour in ((5.0, QColor(0, 0, 0, 110)), (2.6, QColor(tone.text))):
            painter.setPen(QPen(colour, stroke, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            for corner, right, down in (
                (face.topLeft(), 1, 1),
                (face.topRight(), -1, 1),
                (face.bottomLeft(), 1, -1),
                (face.bottomRight(), -1, -1),
            ):
                ends = (corner + QPointF(right * arm, 0), corner, corner + QPointF(0, down * arm))
                painter.drawPolyline(QPolygonF(list(ends)))


class _Pill(QFrame):
    """A chip on the picture: always light on dark, whatever the theme."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        set_role(self, "pill")
        layout = row(self, 0)
        layout.setContentsMargins(8, 2, 9, 2)
        self.line = IconLine(DARK, role="overlay", side_px=12)
        layout.addWidget(self.line)

    def settle(self) -> None:
        """Take the size of a new word at once: nothing above it is laid out by Qt."""
        for one in (self.line.layout(), self.layout()):
            if one is not None:
                one.invalidate()
                one.activate()

    def show_chip(self, words: Words, group: str, chip: Chip) -> None:
        tone, icon_name = MARKS[chip.mark]
        word = words.say(group, chip.code)
        named = words.say("panel", "named", name=word, what=words.say("mark", chip.mark))
        detail = words.of(chip.detail) if chip.detail is not None else ""
        self.line.show_line(icon_name, tone, word, name=named, detail=detail)
