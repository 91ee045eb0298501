"""One portrait as it came, uncropped and unscaled, over the panel; beside it the same without its mesh, where it had one."""

from __future__ import annotations

import math

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QKeyEvent, QMouseEvent, QPixmap
from PyQt5.QtWidgets import QBoxLayout, QFrame, QLabel

from teller_assist.ui.frames import FrameImage
from teller_assist.ui.widgets.pieces import button, column, label, row, set_role, tell
from teller_assist.ui.words import Words
from teller_assist.workflow.view_portraits import PortraitView

_LARGEST_PX = 3  # screen pixels for one of the first picture's


class Original(QFrame):
    """As large as the room allows, never larger than three screen pixels for one of the picture's."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._images: list[FrameImage] = []
        set_role(self, "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._layout = layout = column(self, 12, 8)
        self.caption = label("strong", wrap=True)
        self.picture, self.restored = QLabel(), QLabel()
        for picture in (self.picture, self.restored):
            picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
            picture.setMinimumSize(1, 1)
        self.back = button(words.say("panel", "back"), "plain", self.close_picture)
        layout.addWidget(self.caption)
        self._pictures = row()
        self._pictures.addWidget(self.picture, 1)
        self._pictures.addWidget(self.restored, 1)
        layout.addLayout(self._pictures, 1)
        self.note = label("note", wrap=True)
        self.note.hide()
        layout.addWidget(self.note)
        layout.addWidget(self.back)
        self.hide()

    def show_original(self, view: PortraitView) -> None:
        """Show one portrait's original."""
        if view.original is None:
            return
        self._pictures.setDirection(QBoxLayout.Direction.LeftToRight)
        self._images = [FrameImage(pixels) for pixels in (view.original, view.restored_original) if pixels is not None]
        role = self._words.say("portrait", view.role)
        both = len(self._images) > 1
        tell(self.caption, self._words.say("panel", "original_and_restored" if both else "original", role=role))
        self.picture.setAccessibleName(self._words.say("panel", "original", role=role))
        self.restored.setAccessibleName(self._words.say("portrait", "restored"))
        self.note.hide()
        self._show(both=both)

    def show_marks(self, live: PortraitView, reference: PortraitView) -> None:
        """Show the live face above a reference's at one scale, to compare moles and scars, and say how small ones are seen there.

        One above the other: side by side they would be half as large.
        """
        if live.pixels is None or reference.pixels is None or reference.smallest_mark_mm is None:
            return
        self._pictures.setDirection(QBoxLayout.Direction.TopToBottom)
        self._images = [FrameImage(live.pixels), FrameImage(reference.pixels)]
        say, role = self._words.say, self._words.say("portrait", reference.role)
        tell(self.caption, say("panel", "marks", role=role))
        self.picture.setAccessibleName(say("portrait", "live"))
        self.restored.setAccessibleName(role)
        tell(self.note, say("panel", "marks_note", size=math.ceil(reference.smallest_mark_mm)))
        self.note.show()
        self._show(both=True)

    def _show(self, *, both: bool) -> None:
        self.restored.setVisible(both)
        self._layout.activate()  # the room of a picture that went or came is given away at once
        self.show()
        self.raise_()
        self.setFocus()
        self._fit()

    def close_picture(self) -> None:
        """Take it away."""
        if not self._images and self.isHidden():
            return
        self._images = []
        self.picture.clear()
        self.restored.clear()
        self.hide()

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
        # Both at one scale, whatever room the layout gives each.
        smooth, keep = Qt.TransformationMode.SmoothTransformation, Qt.AspectRatioMode.KeepAspectRatio
        for picture, image in zip((self.picture, self.restored), self._images, strict=False):
            room = picture.size().boundedTo(self._images[0].size() * _LARGEST_PX)
            picture.setPixmap(QPixmap.fromImage(image).scaled(room, keep, smooth))
