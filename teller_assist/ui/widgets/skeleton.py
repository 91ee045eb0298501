"""What the window shows while models and devices are being opened: still, because the import of models stops every animation."""

from __future__ import annotations

from PyQt5.QtCore import QRectF, Qt
from PyQt5.QtGui import QColor, QPainter
from PyQt5.QtWidgets import QWidget

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.pieces import column, label
from teller_assist.ui.words import Words

_BLOCKS_PX = (28, 46, 84, 207, 150, 96, 44)
_GAP_PX = 9


class Skeleton(QWidget):
    """The places of what will come, and one sentence."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        layout = column(self, 24, 0)
        self.text = label("strong", words.say("panel", "opening"), wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addSpacing(28 + 46 + 84 + 90)
        layout.addWidget(self.text)
        layout.addStretch(1)

    def paintEvent(self, _event: object) -> None:  # noqa: N802 (Qt's name)
        """Draw the empty places."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.well))
        top = _GAP_PX
        for height in _BLOCKS_PX:
            if top + height > self.height() - _GAP_PX:
                return
            painter.drawRoundedRect(QRectF(12, top, self.width() - 24, height), 8, 8)
            top += height + _GAP_PX
