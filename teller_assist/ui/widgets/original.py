"""One portrait as it came, uncropped and unscaled, over the panel."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent, QMouseEvent, QPixmap
from PyQt5.QtWidgets import QFrame, QLabel

from teller_assist.ui.frames import FrameImage
from teller_assist.ui.widgets.pieces import button, column, label, set_role, tell
from teller_assist.ui.words import Words
from teller_assist.workflow.view import PortraitView


class Original(QFrame):
    """As large as the room allows, never larger than three screen pixels for one of the picture's."""

    closed = pyqtSignal()

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._image: FrameImage | None = None
        set_role(self, "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = column(self, 12, 8)
        self.caption = label("strong")
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setMinimumSize(1, 1)
        self.back = button(words.say("panel", "back"), "plain", self.close_picture)
        layout.addWidget(self.caption)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.back)
        self.hide()

    def show_original(self, view: PortraitView) -> None:
        """Show one portrait's original."""
        if view.original is None:
            return
        self._image = FrameImage(view.original)
        role = self._words.say("portrait", view.role)
        tell(self.caption, self._words.say("panel", "original", role=role))
        self.picture.setAccessibleName(self.caption.text())
        self.show()
        self.raise_()
        self.setFocus()
        self._fit()

    def close_picture(self) -> None:
        """Take it away."""
        if self._image is None and self.isHidden():
            return
        self._image = None
        self.picture.clear()
        self.hide()
        self.closed.emit()

    def resizeEvent(self, _event: object) -> None:  # noqa: N802 (Qt's name)
        """Fit the picture into the new room."""
        self._fit()

    def mousePressEvent(self, _event: QMouseEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Close on a click anywhere."""
        self.close_picture()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Close on Esc."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.close_picture()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        if self._image is None:
            return
        room = self.picture.size().boundedTo(self._image.size() * 3)
        smooth, keep = Qt.TransformationMode.SmoothTransformation, Qt.AspectRatioMode.KeepAspectRatio
        self.picture.setPixmap(QPixmap.fromImage(self._image).scaled(room, keep, smooth))
